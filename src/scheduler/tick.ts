import { type Bake, isFinal } from '../core/bake/bake.ts';
import { decide } from '../core/bake/decide.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import type { Facts } from '../core/bake/facts.ts';
import { settledUntil } from '../core/bake/tick-schedule.ts';
import { ProviderError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { Window } from '../core/base/window.ts';
import type { Analyzer } from '../core/judge/analyzer.ts';
import { assess, assessNow, type BoundCheck, bindChecks, shareOfBudget } from '../core/judge/check.ts';
import { joinMeasurements } from '../core/judge/join-measurements.ts';
import { judge } from '../core/judge/judge.ts';
import type { Judgement } from '../core/judge/judgement.ts';
import { countOfParts } from '../core/judge/last-stage.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import { leaveOutOfBake } from '../core/judge/spread-sparse-counts.ts';
import { maxProbeMs } from '../core/rules/probe.ts';
import { appendTicks, type Stretch, type Ticks } from '../core/series/ticks.ts';
import type { Providers } from '../ports/providers.ts';
import type { DeployRecord, Store } from '../ports/store.ts';
import { type AskTicks, createAsker, questionFor } from './ask.ts';
import { beforeDeploy } from './before.ts';
import { isLearned, type Pasts, pastsOf } from './history.ts';
import { type MeasureTask, measure } from './measure.ts';
import type { Memory } from './memory.ts';
import type { Turn } from './turns.ts';

export type TickDeps = {
  readonly store: Store;
  readonly providers: Providers;
  readonly analyzers: ReadonlyMap<string, Analyzer>;
  readonly log: Log;
  readonly meter: Meter;
  readonly memory: Memory;
  readonly turn: Turn;
};

type WatchedBake = Extract<Bake, { state: 'baking' | 'verifying' }>;
/** One pass over one bake: what is known before anything is asked. */
type Pass = {
  readonly record: DeployRecord;
  readonly bake: WatchedBake;
  readonly now: number;
  readonly window: Omit<Window, 'from'>;
  readonly past: readonly Measurement[];
  readonly pasts: Pasts;
  readonly checks: readonly BoundCheck[];
  /** Each check's share of the false-alarm budget. */
  readonly alpha: number;
};

// A provider that hangs must leave time to say so: a pass ends, with errors, before its lease does. The past may not eat up the present's time.
const historyMs = 10_000;
const askMs = 12_000;
const beforeMs = 2_000;
// Probes may take longer than any metrics server should.
const probeMs = maxProbeMs + 2_000;

/**
 * One pass of the scheduler over one claimed bake: measure what is new, judge everything, commit state, measurements and effects in one
 * transaction. `now` was read once and is handed down. A bake that someone else moved in the meantime is left alone.
 */
export async function tick(
  deps: TickDeps,
  claim: { readonly record: DeployRecord; readonly now: number },
  signal: AbortSignal,
): Promise<void> {
  const { record, now } = claim;
  const { bake } = record;
  if (bake.state !== 'baking' && bake.state !== 'verifying') {
    await commit(deps, claim, [], { type: 'elapsed', at: now });
    return;
  }
  const pass = await begin(deps, { record, bake, now }, AbortSignal.any([signal, AbortSignal.timeout(historyMs)]));
  const asking = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
  const probing = AbortSignal.any([signal, AbortSignal.timeout(probeMs)]);
  const measurements = await Promise.all(
    pass.checks.map((check) => measureCheck(deps, pass, check, 'probe' in check.rule.question ? probing : asking)),
  );
  for (const m of measurements) deps.meter.measured({ provider: providerOf(record, m), outcome: m.result.outcome });
  const judgement = judge(measurements.map((m) => ({ name: m.check, critical: isCritical(record, m), result: m.result })));
  const after = await commit(deps, claim, measurements, await happenedAfter(deps, pass, { judgement, measurements }, signal));
  if (after === null || isFinal(after.bake)) deps.memory.forget(record.deploy.id);
  else remember(deps, pass, { version: after.version, measurements });
}

async function begin(deps: TickDeps, { record, bake, now }: Pick<Pass, 'record' | 'bake' | 'now'>, signal: AbortSignal): Promise<Pass> {
  const settled = settledUntil(now, record.plan);
  const to = bake.state === 'baking' ? Math.min(settled, bake.limitAt) : settled;
  const { id } = record.deploy;
  const remembered = deps.memory.recall(id, record.version);
  const past = remembered?.measurements ?? (await deps.store.measurements(id));
  const known = remembered?.histories ?? (await deps.store.histories(id));
  const checks = bindChecks(record.ruleSet, deps.analyzers);
  const alpha = shareOfBudget(checks, record.ruleSet.falseAlarms / countOfParts(record.ruleSet));
  const pasts = await pastsOf(deps, { record, checks, known, alpha, now }, signal);
  return { record, bake, now, window: { to, stepMs: record.plan.stepMs }, past, pasts, checks, alpha };
}

/** What the next tick need not ask the store for. A history that could not be asked for is not among it, and is asked for again. */
function remember(
  { memory }: TickDeps,
  pass: Pass,
  committed: { readonly version: number; readonly measurements: readonly Measurement[] },
): void {
  const histories = pass.checks.flatMap((check) => {
    const history = pass.pasts.histories.get(check.rule.name);
    return history ? [isLearned(check, history) ? { ...history, stretch: null } : history] : [];
  });
  memory.keep(pass.record.deploy.id, { version: committed.version, measurements: [...pass.past, ...committed.measurements], histories });
}

async function measureCheck(deps: TickDeps, pass: Pass, check: BoundCheck, signal: AbortSignal): Promise<Measurement> {
  const { record, bake, now } = pass;
  const { stepMs } = record.plan;
  const stored = joinMeasurements(pass.past, { check: check.rule.name, phase: bake.state, from: bake.from, stepMs });
  const task: MeasureTask = {
    question: questionFor(record, check, bake.state),
    phase: bake.state,
    at: now,
    window: { from: stored.askedUntil, ...pass.window },
    judge: (ticks, control) => {
      const bakeTicks = joined(stored.bake, ticks, bake.from, stepMs);
      const controlTicks = control && joined(stored.control, control, bake.from, stepMs);
      const past = pass.pasts.histories.get(check.rule.name);
      const data = {
        bake: bakeTicks,
        control: controlTicks,
        history: past?.stretch ?? null,
        deployedAt: record.bake.deployedAt ?? record.bake.begunAt,
        calibrations: past?.calibrations ?? null,
        alpha: pass.alpha,
        aloneFrom: bake.aloneFrom ?? null,
      };
      return (bake.state === 'verifying' ? assessNow : assess)(check, data, record.ruleSet);
    },
  };
  const measurement = await measure(watched(deps, pass), task, signal);
  const blind = pass.pasts.errors.get(check.rule.name);
  return blind === undefined || measurement.result.outcome === 'fail' ? measurement : { ...measurement, result: blind };
}

/** Asks for the bake's ticks; what was not to be judged is missing in them, before anything is judged or stored. */
function watched({ providers }: TickDeps, { bake }: Pass): AskTicks {
  const ask = createAsker(providers);
  const intervals = bake.state === 'baking' ? (bake.stage?.leftOut ?? []) : [];
  if (intervals.length === 0) return ask;
  return async (question, window, signal) => {
    const asked = await ask(question, window, signal);
    const { from: startAt, stepMs } = window;
    const without = (ticks: Ticks): Ticks => leaveOutOfBake(question.rule, { startAt, stepMs, ticks }, intervals).ticks;
    return { ...asked, ticks: without(asked.ticks), control: asked.control && without(asked.control) };
  };
}

function joined(before: Stretch | null, more: Ticks, from: number, stepMs: number): Stretch {
  const ticks = before === null ? more : appendTicks(before.ticks, more);
  if (ticks === null) throw new ProviderError('bad_response', 'the histogram shares no bucket bound with what it had before');
  return { startAt: from, stepMs, ticks };
}

type JudgedPass = Extract<BakeEvent, { type: 'judged' }>;
type FailedPass = Extract<JudgedPass, { before: string | null }>;
/** What a pass came to; the facts of a failure are read when it is committed. */
type PassEvent = Extract<BakeEvent, { type: 'elapsed' }> | Exclude<JudgedPass, FailedPass> | Omit<FailedPass, 'facts'>;

/** A bake that is found bad is asked once more: was it so before the deploy? */
async function happenedAfter(
  deps: TickDeps,
  { record, bake, now, window, checks, pasts, alpha }: Pass,
  { judgement, measurements }: { readonly judgement: Judgement; readonly measurements: readonly Measurement[] },
  signal: AbortSignal,
): Promise<PassEvent> {
  const base = { type: 'judged', at: now, until: window.to } as const;
  if (judgement.kind !== 'unhealthy') return { ...base, judgement };
  if (bake.state === 'verifying') return { ...base, judgement, before: null };
  const failed = measurements.filter((m) => m.result.outcome === 'fail' && isCritical(record, m)).map((m) => m.check);
  const found = { record, failing: checks.filter(({ rule }) => failed.includes(rule.name)), pasts, alpha, now };
  return { ...base, judgement, before: await beforeDeploy(deps, found, AbortSignal.any([signal, AbortSignal.timeout(beforeMs)])) };
}

async function commit(
  deps: TickDeps,
  claim: { readonly record: DeployRecord; readonly now: number },
  measurements: readonly Measurement[],
  happened: PassEvent,
): Promise<DeployRecord | null> {
  const { store, log } = deps;
  const { deploy, bake, version } = claim.record;
  const result = await store.update(deploy.id, version, async (record, facts) => {
    const decided = decide(record, await withFacts(happened, record, facts), 'bakewatch');
    return decided.ok ? { ...decided, measurements } : decided;
  });
  const after = result.kind === 'committed' ? result.record.bake.state : result.kind;
  const outcomes = measurements.map((m) => `${m.check}:${m.result.outcome}`).join(' ');
  const fields = {
    service: deploy.service,
    environment: deploy.environment,
    release: deploy.release.version,
    deploy: deploy.id,
    before: bake.state,
    after,
    outcomes,
  };
  if (result.kind === 'committed' && after !== bake.state) log.info(fields, 'bake moved');
  else log.debug(fields, 'bake ticked');
  return result.kind === 'committed' ? result.record : null;
}

/** Reads what the decision rests on: all the guards' facts for a failure, and for a bake that may want to shift traffic, whether that is frozen. */
async function withFacts(happened: PassEvent, record: DeployRecord, facts: () => Promise<Facts>): Promise<BakeEvent> {
  if ('before' in happened) return { ...happened, facts: await facts() };
  return mayShift(record, happened) ? { ...happened, freeze: (await facts()).freeze } : happened;
}

function mayShift({ bake, plan }: DeployRecord, happened: PassEvent): boolean {
  if (plan.traffic === null) return false;
  return bake.state === 'baking' ? happened.type === 'judged' && happened.until >= bake.endsAt : bake.state === 'warming';
}

function isCritical({ ruleSet }: DeployRecord, { check }: Measurement): boolean {
  return ruleSet.checks.find((rule) => rule.name === check)?.critical ?? true;
}

function providerOf({ ruleSet }: DeployRecord, { check }: Measurement): string {
  return ruleSet.checks.find((rule) => rule.name === check)?.provider ?? 'unknown';
}
