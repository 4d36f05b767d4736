import type { BoundCheck } from '../judge/check.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { Ticks } from '../series/ticks.ts';
import { inject } from './inject.ts';
import { familiesOf, type InjectedRegression } from './injected-regressions.ts';
import { followBake, type PastPseudoBake } from './pseudo-bake.ts';
import type { Random } from './random.ts';
import type { DetectionRate, Sensitivity } from './report.ts';

/** Maximum number of bakes per regression: enough to distinguish nine of ten from seven of ten. */
export const maxBakes = 60;

export type SensitivityInput = {
  readonly check: BoundCheck;
  readonly ruleSet: RuleSet;
  /** Healthy bakes that the check did not fail. */
  readonly bakes: readonly PastPseudoBake[];
  /** The whole past; it gives the normal share of bad events. */
  readonly past: Ticks;
};

/** Injects regressions of growing size into healthy bakes, and reports which of them the check finds, and how soon. */
export function sensitivityOf(input: SensitivityInput, random: Random): readonly Sensitivity[] {
  const { past, check } = input;
  const normalShare = pastShare(past);
  const bakes = evenly(input.bakes, maxBakes);
  return familiesOf(past, check.rule.direction, normalShare).map(({ name, effects }) => {
    const tried = effects.map((effect) => findings({ ...input, bakes }, { effect, normalShare, random }));
    return { family: name, nineOfTen: smallest(tried, 0.9), half: smallest(tried, 0.5), tried };
  });
}

type SensitivityTrial = { readonly effect: InjectedRegression; readonly normalShare: number; readonly random: Random };

function findings({ check, ruleSet, bakes }: SensitivityInput, injection: SensitivityTrial): DetectionRate {
  const delays: number[] = [];
  for (const { at, data } of bakes) {
    const bake = { ...data.bake, ticks: inject(data.bake.ticks, injection) };
    const { failedAfterMs } = followBake(check, { at, data: { ...data, bake } }, ruleSet);
    if (failedAfterMs !== null) delays.push(failedAfterMs);
  }
  return { effect: injection.effect.name, found: delays.length, of: bakes.length, medianDelayMs: median(delays) };
}

function smallest(tried: readonly DetectionRate[], share: number): DetectionRate | null {
  return tried.find(({ found, of }) => of > 0 && found >= share * of) ?? null;
}

/** The share of bad events over the whole past; 0 where the check has none. */
function pastShare(ticks: Ticks): number {
  if (ticks.kind !== 'ratio') return 0;
  let [bad, total] = [0, 0];
  for (const [i, of] of ticks.total.entries()) {
    const events = ticks.bad[i] ?? null;
    if (of !== null && events !== null && of >= events && Number.isFinite(of)) [bad, total] = [bad + events, total + of];
  }
  return total > 0 ? bad / total : 0;
}

/** At most `max` elements of a list, evenly spread over it. */
export function evenly<T>(list: readonly T[], max: number): readonly T[] {
  if (list.length <= max) return list;
  return list.filter((_, i) => Math.floor((i * max) / list.length) !== Math.floor(((i - 1) * max) / list.length));
}

/** For an even number of values, the larger of the two in the middle, so that delays are never understated. */
function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
