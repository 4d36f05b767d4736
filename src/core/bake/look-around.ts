import { formatDuration } from '../base/duration.ts';
import { ceilTo } from '../base/window.ts';
import { joinMeasurements } from '../judge/join-measurements.ts';
import type { Measurement, MeasurementPhase } from '../judge/measurement.ts';
import { onsetOf } from '../judge/onset.ts';
import { unchangedTicks } from '../judge/unchanged-after.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { RatioTicks } from '../series/ticks.ts';
import type { Bake } from './bake.ts';
import type { Effect } from './effect.ts';
import type { BakeEvent } from './event.ts';

/** Which part of a neighbor's past is read: an hour, and then the minutes around the failure. */
const beforeMs = 3_600_000;
export const recentMs = 180_000;
const minStepMs = 15_000;

/** Requests of the bad release may end this long after its rollback. */
const minUnchangedMs = 60_000;

/** A failure that begins later than this after the deploy is worth a sentence. */
const lateMs = 600_000;

/** The look around after a judgement: once when a deploy is judged bad, and once when the watch over its rollback ends. */
export function lookAround(before: Bake, event: Extract<BakeEvent, { type: 'judged' }>, next: Bake): readonly Effect[] {
  const { at, until } = event;
  if (before.state === 'baking' && event.judgement.kind === 'unhealthy') return [{ kind: 'look_around', after: 'failure', at, until }];
  // What follows a roll forward says nothing about the rollback.
  const hasEnded =
    before.state === 'verifying' && before.order.replaces === undefined && next.state !== 'verifying' && next.state !== 'rolling_back';
  return hasEnded ? [{ kind: 'look_around', after: 'rollback', at, until }] : [];
}

/** The window in which a neighbor is asked, and how many of its ticks are recent. `until`: the last instant that was judged. */
export function neighborWindow(until: number, stepMs: number) {
  const step = ceilTo(Math.max(minStepMs, stepMs), stepMs);
  const recent = Math.ceil(recentMs / step);
  const to = Math.floor(until / step) * step;
  return { recent, window: { from: to - ceilTo(beforeMs, step) - recent * step, to, stepMs: step } };
}

type JudgedData = {
  readonly record: {
    readonly bake: Bake;
    readonly ruleSet: RuleSet;
    readonly plan: { readonly stepMs: number; readonly verifyMs: number };
  };
  readonly measurements: readonly Measurement[];
};

/** The names of the critical checks that failed during the bake. */
export function failedChecks({ record: { ruleSet }, measurements }: JudgedData): readonly string[] {
  const outcomeOf = (name: string) => measurements.findLast((m) => m.check === name && m.phase === 'baking')?.result.outcome;
  return ruleSet.checks.filter(({ name, critical }) => critical && outcomeOf(name) === 'fail').map(({ name }) => name);
}

/** A sentence if the failure began long after the deploy. `null` otherwise. */
export function lateOnset(data: JudgedData): string | null {
  const { bake, plan } = data.record;
  const begins = failedChecks(data).flatMap((check) => {
    const stretch = ratioOf(data, check, 'baking');
    const onset = stretch && onsetOf(stretch.ticks);
    return stretch === null || onset === null ? [] : [stretch.from + onset * plan.stepMs];
  });
  const sinceMs = Math.min(...begins) - (bake.deployedAt ?? bake.begunAt);
  return begins.length > 0 && sinceMs > lateMs ? `the failure began ${roundedDuration(sinceMs)} after the deploy` : null;
}

/** For how long a rollback changed nothing, at most over all failed checks, and how long that must be to say something. */
export function unchangedFor(data: JudgedData): { readonly ms: number; readonly isLong: boolean; readonly isShort: boolean } {
  const { stepMs, verifyMs } = data.record.plan;
  const times = failedChecks(data).map((check) => {
    const [failing, after] = [ratioOf(data, check, 'baking'), ratioOf(data, check, 'verifying')];
    return failing === null || after === null ? 0 : unchangedTicks(failing.ticks, after.ticks) * stepMs;
  });
  const ms = Math.max(0, ...times);
  const neededMs = Math.max(minUnchangedMs, Math.min(recentMs, verifyMs / 2));
  return { ms, isLong: ms > 0 && ms >= neededMs, isShort: ms < neededMs / 3 };
}

/** Names of neighbors, in one sentence. */
export function describeNeighbors(names: readonly string[]): string {
  const shown = names.slice(0, 5);
  const rest = names.length - shown.length;
  const list = rest > 0 ? [...shown, `${rest} more`] : shown;
  const last = list.at(-1) ?? '';
  return `${list.length === 1 ? last : `${list.slice(0, -1).join(', ')} and ${last}`} turned bad in the same minutes`;
}

/** A duration for people: whole seconds, and above ten minutes whole minutes. */
export function roundedDuration(ms: number): string {
  const unit = ms < 600_000 ? 1_000 : 60_000;
  return formatDuration(Math.round(ms / unit) * unit);
}

type RatioStretch = { readonly from: number; readonly ticks: RatioTicks };

function ratioOf({ record, measurements }: JudgedData, check: string, phase: MeasurementPhase): RatioStretch | null {
  const from = measurements.find((m) => m.check === check && m.phase === phase)?.window.from;
  if (from === undefined) return null;
  const { bake } = joinMeasurements(measurements, { check, phase, from, stepMs: record.plan.stepMs });
  return bake?.ticks.kind === 'ratio' ? { from, ticks: bake.ticks } : null;
}
