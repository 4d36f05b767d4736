import { type Bake, isFinal } from '../core/bake/bake.ts';
import { settledUntil } from '../core/bake/tick-schedule.ts';
import { ProviderError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { Analyzer } from '../core/judge/analyzer.ts';
import { assess, assessNow, type CheckProgress } from '../core/judge/assess.ts';
import { type BoundCheck, bindChecks, type CheckData, shareOfBudget } from '../core/judge/check.ts';
import { joinMeasurements } from '../core/judge/join-measurements.ts';
import { judge } from '../core/judge/judge.ts';
import type { Judgement } from '../core/judge/judgement.ts';
import { countOfParts } from '../core/judge/last-stage.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import { excludeFromBake } from '../core/judge/spread-sparse-counts.ts';
import type { Verdict } from '../core/judge/verdict.ts';
import { maxProbeMs } from '../core/rules/probe.ts';
import { appendTicks, type Stretch, type Ticks } from '../core/series/ticks.ts';
import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { MeasurementStore } from '../ports/measurement-store.ts';
import type { Providers } from '../ports/providers.ts';
import { type AskTicks, createAsker, questionFor } from './ask.ts';
import { beforeDeploy } from './before.ts';
import { commitPass, type PassEvent } from './commit-pass.ts';
import { isLearned, type Pasts, pastsOf, readStoredHistories } from './history.ts';
import { type MeasureTask, measure, notYet } from './measure.ts';
import type { Memory } from './memory.ts';
import { createPassExcuses, type PassExcuses } from './pass-excuses.ts';
import { askableUntil } from './provider-time.ts';
import type { PassDelay } from './spread.ts';
import type { Turn } from './turns.ts';

export type PassDeps = {
  readonly store: BakeStore & DeployCatalog & MeasurementStore;
  readonly providers: Providers;
  readonly analyzers: ReadonlyMap<string, Analyzer>;
  readonly log: Log;
  readonly meter: Meter;
  readonly memory: Memory;
  readonly turn: Turn;
  readonly spread: PassDelay;
};

type WatchedBake = Extract<Bake, { state: 'baking' | 'verifying' }>;
/** One pass over one bake, with what is known before a provider is asked. */
type Pass = {
  readonly record: DeployRecord;
  readonly bake: WatchedBake;
  readonly now: number;
  /** Up to when each check is asked. */
  readonly to: ReadonlyMap<string, number>;
  readonly past: readonly Measurement[];
  readonly pasts: Pasts;
  readonly checks: readonly BoundCheck[];
  /** The share of the false-alarm budget of each check. */
  readonly alpha: number;
  readonly excuses: PassExcuses;
  /** How far each check's folds have come: those of the last pass, replaced by those of this one. */
  readonly progress: Map<string, CheckProgress>;
};

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
  const pass = await begin(deps, { record, bake, now }, AbortSignal.any([signal, AbortSignal.timeout(historyMs)]));
  const asking = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
  const probing = AbortSignal.any([signal, AbortSignal.timeout(probeMs)]);
  const measurements = await measureAll(pass, (check, after) =>
    measureCheck(deps, pass, { check, after }, 'probe' in check.rule.question ? probing : asking),
  );
  for (const m of measurements) deps.meter.measured({ provider: providerOf(record, m), outcome: m.result.outcome });
  const judgement = judge(measurements.map((m) => ({ name: m.check, critical: isCritical(record, m), result: m.result })));
  const event = await eventOf(deps, pass, { judgement, measurements }, signal);
  const after = await commitPass(deps, record, { event, measurements });
  if (after === null || isFinal(after.bake)) deps.memory.forget(record.deploy.id);
  else remember(deps, pass, { version: after.version, measurements });
}

async function begin(deps: PassDeps, { record, bake, now }: Pick<Pass, 'record' | 'bake' | 'now'>, signal: AbortSignal): Promise<Pass> {
  const to = await askableUntil(deps.providers, { record, now }, signal);
  const { id } = record.deploy;
  const remembered = deps.memory.recall(id, record.version);
  const past = remembered?.measurements ?? (await deps.store.measurements(id));
  const checks = bindChecks(record.ruleSet, deps.analyzers);
  const known = remembered?.histories ?? readStoredHistories(checks, await deps.store.histories(id), record.ruleSet.bake.forMs);
  const alpha = shareOfBudget(checks, record.ruleSet.falseAlarms / countOfParts(record.ruleSet));
  const pasts = await pastsOf(deps, { record, checks, known, alpha, now }, signal);
  return {
    record,
    bake,
    now,
    to,
    past,
    pasts,
    checks,
    alpha,
    excuses: createPassExcuses(record.ruleSet),
    progress: new Map(remembered?.progress),
  };
}

/** Keeps what the next pass then need not read from the store. A history that could not be read is not kept: the next pass asks for it again. */
function remember(
  { memory }: PassDeps,
  pass: Pass,
  committed: { readonly version: number; readonly measurements: readonly Measurement[] },
): void {
  const histories = pass.checks.flatMap((check) => {
    const history = pass.pasts.histories.get(check.rule.name);
    return history ? [isLearned(check, history) ? { ...history, stretch: null } : history] : [];
  });
  memory.keep(pass.record.deploy.id, {
    version: committed.version,
    measurements: [...pass.past, ...committed.measurements],
    histories,
    progress: pass.progress,
  });
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
  const stored = joinMeasurements(pass.past, { check: check.rule.name, phase: bake.state, from: bake.from, stepMs: plan.stepMs });
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
    question: questionFor(record, check, bake.state),
    phase: bake.state,
    at: now,
    window: { from: stored.askedUntil, to: Math.max(stored.askedUntil, pass.to.get(check.rule.name) ?? 0), stepMs: plan.stepMs },
    after,
    judge: (ticks, control) => {
      const bakeTicks = joinTicks(stored.bake, ticks, bake.from, plan.stepMs);
      return judgeTicks(bakeTicks, control && joinTicks(stored.control, control, bake.from, plan.stepMs));
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

function joinTicks(before: Stretch | null, more: Ticks, from: number, stepMs: number): Stretch {
  const ticks = before === null ? more : appendTicks(before.ticks, more);
  if (ticks === null) throw new ProviderError('bad_response', 'the histogram has no bucket bound in common with its earlier answers');
  return { startAt: from, stepMs, ticks };
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
  const limited = AbortSignal.any([signal, AbortSignal.timeout(beforeMs)]);
  return { ...base, judgement, before: await beforeDeploy(deps, { record, failing, pasts, alpha, now }, limited) };
}

function isCritical({ ruleSet }: DeployRecord, { check }: Measurement): boolean {
  return ruleSet.checks.find((rule) => rule.name === check)?.critical ?? true;
}

function providerOf({ ruleSet }: DeployRecord, { check }: Measurement): string {
  return ruleSet.checks.find((rule) => rule.name === check)?.provider ?? 'unknown';
}
