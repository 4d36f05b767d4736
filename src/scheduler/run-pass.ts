import { isFinal } from '../core/bake/bake.ts';
import { settledUntil } from '../core/bake/tick-schedule.ts';
import { hasBadSign } from '../core/bake/urgency.ts';
import { ProviderError } from '../core/base/errors.ts';
import { assess, assessNow } from '../core/judge/assess.ts';
import type { BoundCheck, CheckData } from '../core/judge/check.ts';
import type { CheckColumns, JoinedTicks } from '../core/judge/join-measurements.ts';
import { judge } from '../core/judge/judge.ts';
import type { Judgement } from '../core/judge/judgement.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import { excludeFromBake } from '../core/judge/spread-sparse-counts.ts';
import type { Verdict } from '../core/judge/verdict.ts';
import { maxProbeMs } from '../core/rules/probe.ts';
import type { Stretch, Ticks } from '../core/series/ticks.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import { type AskTicks, createAsker, questionFor, type SplitValues } from './ask.ts';
import { beforeDeploy } from './before.ts';
import { commitPass, type PassEvent } from './commit-pass.ts';
import { withDeadline } from './deadline.ts';
import { type MeasureTask, measure, notYet } from './measure.ts';
import { beginPass, type Pass, type PassDeps, rememberPass } from './pass.ts';
import { urgencyOf } from './question-urgency.ts';

// A pass must end before its lease does, with an error where a provider hangs. Reading the history has its own limit, so that time for the ticks is left.
const historyMs = 10_000;
const askMs = 12_000;
const beforeMs = 2_000;
// A probe may take longer than a metrics server should.
const probeMs = maxProbeMs + 2_000;

/**
 * One pass of the scheduler over one claimed bake: measures what is new, judges everything, and commits state, measurements and effects in one
 * transaction. `now` is read once and passed down. Where another process changed the bake during the pass, nothing is written.
 */
export async function runPass(
  deps: PassDeps,
  { record, now }: { readonly record: DeployRecord; readonly now: number },
  signal: AbortSignal,
): Promise<void> {
  const { bake } = record;
  if (bake.state !== 'baking' && bake.state !== 'verifying') {
    await commitPass(deps, record, { event: { type: 'elapsed', at: now }, measurements: [] });
    return;
  }
  try {
    await watch(deps, { record, bake, now }, signal);
  } catch (error) {
    deps.memory.forget(record.deploy.id);
    throw error;
  }
}

async function watch(deps: PassDeps, { record, bake, now }: Pick<Pass, 'record' | 'bake' | 'now'>, signal: AbortSignal): Promise<void> {
  const pass = await withDeadline(historyMs, signal, (limited) => beginPass(deps, { record, bake, now }, limited));
  const measurements = await withDeadline(askMs, signal, (asking) =>
    withDeadline(probeMs, signal, (probing) =>
      measureAll(pass, (check, after) => measureCheck(deps, pass, { check, after }, 'probe' in check.rule.question ? probing : asking)),
    ),
  );
  for (const m of measurements) deps.meter.measured({ provider: providerOf(record, m), outcome: m.result.outcome });
  const judgement = judge(measurements.map((m) => ({ name: m.check, critical: isCritical(record, m), result: m.result })));
  const event = await eventOf(deps, pass, { judgement, measurements }, signal);
  const after = await commitPass(deps, record, { event, measurements });
  if (after === null || isFinal(after.bake)) deps.memory.forget(record.deploy.id);
  else rememberPass(deps, pass, { version: after.version, hasBadSign: hasBadSign(measurements) });
}

type CheckInTurn = {
  readonly check: BoundCheck;
  /** What must be over before the check is judged. It is asked at once. */
  readonly after: Promise<unknown>;
};

/** Measures all checks. All are asked at once. Those that excuse others are judged first, because the others are judged with what they show. */
async function measureAll(
  { checks, excuses }: Pass,
  one: (check: BoundCheck, after: Promise<unknown>) => Promise<Measurement>,
): Promise<readonly Measurement[]> {
  const excusing = new Map(checks.filter(excuses.isExcusing).map((check) => [check, one(check, Promise.resolve())]));
  const after = Promise.allSettled(excusing.values());
  return await Promise.all(checks.map((check) => excusing.get(check) ?? one(check, after)));
}

async function measureCheck(deps: PassDeps, pass: Pass, { check, after }: CheckInTurn, signal: AbortSignal): Promise<Measurement> {
  const { record, bake, now, excuses } = pass;
  const { ruleSet, plan } = record;
  const columns = columnsOf(pass, check);
  const stored = columns.joined();
  const dataOf = (bakeTicks: Stretch, control: Stretch | null): CheckData => {
    const past = pass.pasts.histories.get(check.rule.name);
    return {
      bake: bakeTicks,
      control,
      history: past?.stretch ?? null,
      deployedAt: record.bake.deployedAt ?? record.bake.begunAt,
      calibrations: past?.calibrations ?? null,
      rhythm: past?.rhythm ?? null,
      sightings: past?.sightings,
      alpha: pass.alpha,
      aloneFrom: bake.aloneFrom ?? null,
    };
  };
  // Where the provider does not answer now, what it answered before still excuses.
  if (excuses.isExcusing(check) && stored.bake !== null) excuses.note(check, dataOf(stored.bake, stored.control));
  const judgeTicks = (bakeTicks: Stretch, control: Stretch | null): Verdict => {
    const data = dataOf(bakeTicks, control);
    if (excuses.isExcusing(check)) excuses.note(check, data);
    return excuses.apply(verdictOf(pass, check, data), { check, data, ruleSet, isRecovery: bake.state === 'verifying' });
  };
  const task: MeasureTask = {
    question: { ...questionFor(record, check, bake.state), urgency: urgencyOf(pass, check), split: valuesOf(pass, check, stored) },
    phase: bake.state,
    at: now,
    window: { from: stored.askedUntil, to: Math.max(stored.askedUntil, pass.to.get(check.rule.name) ?? 0), stepMs: plan.stepMs },
    after,
    judge: (ticks, control) => {
      if (!columns.grow(ticks, control, task.window.to))
        throw new ProviderError('bad_response', 'the histogram has no bucket bound in common with its earlier answers');
      const grown = columns.joined();
      return judgeTicks(grown.bake ?? { startAt: bake.from, stepMs: plan.stepMs, ticks }, control && grown.control);
    },
  };
  // A recovery needs new ticks: the same ones must not count twice.
  const known = bake.state === 'verifying' ? null : stored.bake;
  const measurement =
    task.window.to > task.window.from
      ? await measure(askWithoutExcluded(deps, pass), task, signal)
      : await notYet(task, () => known && judgeTicks(known, stored.control));
  const historyError = pass.pasts.errors.get(check.rule.name);
  return historyError === undefined || measurement.result.outcome === 'fail' ? measurement : { ...measurement, result: historyError };
}

/** The values that a split check asks for: those of its past, and those that the bake had so far. */
function valuesOf({ pasts }: Pass, { rule }: BoundCheck, { bake }: JoinedTicks): SplitValues {
  const known = pasts.histories.get(rule.name)?.split;
  return { ...known, values: [...new Set([...(known?.values ?? []), ...(bake?.ticks.split?.values ?? [])])] };
}

function verdictOf({ record, bake, progress: known }: Pass, check: BoundCheck, data: CheckData): Verdict {
  if (bake.state === 'verifying') return assessNow(check, data, record.ruleSet);
  const { verdict, progress } = assess(check, data, record.ruleSet, known.get(check.rule.name));
  known.set(check.rule.name, progress);
  return verdict;
}

/** Asks for the ticks of the bake. Excluded intervals are removed from the answer before it is judged or stored. */
function askWithoutExcluded({ providers }: PassDeps, { bake }: Pass): AskTicks {
  const ask = createAsker(providers);
  const intervals = bake.state === 'baking' ? (bake.stage?.leftOut ?? []) : [];
  if (intervals.length === 0) return ask;
  return async (question, window, signal) => {
    const answer = await ask(question, window, signal);
    const { from: startAt, stepMs } = window;
    const without = (ticks: Ticks): Ticks => excludeFromBake(question.rule, { startAt, stepMs, ticks }, intervals).ticks;
    return { ...answer, ticks: without(answer.ticks), control: answer.control && without(answer.control) };
  };
}

function columnsOf({ columns }: Pass, { rule }: BoundCheck): CheckColumns {
  const known = columns.get(rule.name);
  if (known === undefined) throw new Error(`the pass has no ticks of the check ${rule.name}`);
  return known;
}

/** The event that the judgement causes. An unhealthy bake is compared once more with the time before the deploy. */
async function eventOf(
  deps: PassDeps,
  { record, bake, now, to, checks, pasts, alpha }: Pass,
  { judgement, measurements }: { readonly judgement: Judgement; readonly measurements: readonly Measurement[] },
  signal: AbortSignal,
): Promise<PassEvent> {
  const base = { type: 'judged', at: now, until: Math.min(settledUntil(now, record.plan), ...to.values()) } as const;
  if (judgement.kind !== 'unhealthy') return { ...base, judgement };
  if (bake.state === 'verifying') return { ...base, judgement, before: null };
  const failed = measurements.filter((m) => m.result.outcome === 'fail' && isCritical(record, m)).map((m) => m.check);
  const failing = checks.filter(({ rule }) => failed.includes(rule.name));
  const before = await withDeadline(beforeMs, signal, (limited) => beforeDeploy(deps, { record, failing, pasts, alpha, now }, limited));
  return { ...base, judgement, before };
}

function isCritical({ ruleSet }: DeployRecord, { check }: Measurement): boolean {
  return ruleSet.checks.find((rule) => rule.name === check)?.critical ?? true;
}

function providerOf({ ruleSet }: DeployRecord, { check }: Measurement): string {
  return ruleSet.checks.find((rule) => rule.name === check)?.provider ?? 'unknown';
}
