import type { Json } from '../base/json.ts';
import { ceilTo, floorTo } from '../base/window.ts';
import { assessByTick } from '../judge/assess.ts';
import { type BoundCheck, type CheckData, calibrateCheck } from '../judge/check.ts';
import { dataRhythm } from '../judge/data-rhythm.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { binarySearch } from '../series/binary-search.ts';
import { lengthOf, type Stretch, sliceTicks } from '../series/ticks.ts';
import { cut } from './cut.ts';

/** A check and the past that it is tried on. `fine`: in ticks of a bake. `coarse`: in ticks of a history. */
export type Trial = {
  readonly check: BoundCheck;
  readonly ruleSet: RuleSet;
  readonly fine: Stretch;
  readonly coarse: Stretch;
  /** The check's share of the false-alarm budget (`shareOfBudget`). */
  readonly alpha: number;
};

/** The verdict of a check on a pseudo bake. `failedAfterMs`: from the deploy to the end of the tick at which it failed. */
export type PseudoBakeResult = { readonly verdict: Verdict; readonly failedAfterMs: number | null };

/** A pseudo deploy as one check sees it: its bake, and everything before it. */
export type PastPseudoBake = { readonly at: number; readonly data: CheckData };

/** Cuts a pseudo deploy out of the past; the check learns only from the data before it. */
export function pseudoBakeAt(trial: Trial, at: number): PastPseudoBake {
  const { check, ruleSet, fine, coarse, alpha } = trial;
  const { warmupMs, forMs } = ruleSet.bake;
  const from = ceilTo(at + warmupMs, fine.stepMs);
  const historyMs = Math.min(check.historyMs, ruleSet.baseline.historyMs);
  const until = floorTo(at, coarse.stepMs);
  const history = historyMs > 0 ? cut(coarse, { from: until - ceilTo(historyMs, coarse.stepMs), to: until }) : null;
  const bake = cut(fine, { from, to: from + Math.max(fine.stepMs, ceilTo(forMs, fine.stepMs)) }) ?? {
    ...fine,
    startAt: from,
    ticks: sliceTicks(fine.ticks, 0, 0),
  };
  const known = { control: null, history, deployedAt: at, alpha, rhythm: dataRhythm(history, forMs) };
  return { at, data: { ...known, bake, calibrations: calibrateCheck(check, { ...known, stepMs: fine.stepMs }, ruleSet) } };
}

/** The verdict at the end of a pseudo bake (or of other ticks in its place), and when it failed. */
export function followBake(check: BoundCheck, { at, data }: PastPseudoBake, ruleSet: RuleSet): PseudoBakeResult {
  const { bake } = data;
  const length = lengthOf(bake.ticks);
  const verdictAt = assessByTick(check, data, ruleSet);
  const verdict = verdictAt(length);
  if (verdict.outcome !== 'fail') return { verdict, failedAfterMs: null };
  const ticks = binarySearch(length, (n) => verdictAt(n).outcome === 'fail');
  return { verdict: verdictAt(ticks), failedAfterMs: bake.startAt + ticks * bake.stepMs - at };
}

/** Returns the pseudo bake with the calibrations of a check that has other conditions. */
export function recalibrate(check: BoundCheck, { at, data }: PastPseudoBake, ruleSet: RuleSet): PastPseudoBake {
  const calibrations: readonly (Json | null)[] = calibrateCheck(check, { ...data, stepMs: data.bake.stepMs }, ruleSet);
  return { at, data: { ...data, calibrations } };
}
