import { explain, fitHeadline } from '../../src/core/judge/explanation.ts';
import type { Verdict } from '../../src/core/judge/verdict.ts';
import type { Direction } from '../../src/core/rules/rule-set.ts';
import { formatCount, formatValue } from '../../src/core/series/format-value.ts';
import { amountMeasured, amountOf, type MetricForm } from '../words.ts';
import type { Comparison } from './comparison.ts';
import { effectSize } from './effect-size.ts';
import { type LocationShift, shiftBetween } from './shift.ts';

/** Two samples, and what the second is called. */
export type Samples = { readonly canary: readonly number[]; readonly baseline: readonly number[]; readonly name: string };
export type CompareOptions = {
  readonly form: MetricForm;
  readonly direction: Direction;
  readonly params: Comparison;
};

/** With a smaller baseline the check does not block the bake: waiting adds no readings. */
const minReadings = 5;

/** Judges all readings of a bake together against those of its baseline. A canary without readings passes: here missing readings mean that nothing happened. */
export function compareSamples(samples: Samples, how: CompareOptions): Verdict {
  const { canary, baseline, name } = samples;
  if (baseline.length === 0) return { outcome: 'inconclusive', blocks: false, ...explain(`not compared: no readings of ${name}`) };
  if (canary.length === 0) return { outcome: 'pass', ...explain('no readings', 'where there are none, nothing happened') };
  const [first] = canary;
  if (first !== undefined && [...canary, ...baseline].every((value) => value === first)) {
    const because = `as in all ${formatCount(baseline.length)} readings of ${name}`;
    return { outcome: 'pass', ...explain(`always ${amountMeasured(how.form, first)}`, because) };
  }
  const { confidence } = how.params;
  const shift = shiftBetween(canary, baseline, confidence);
  if (shift === null) {
    const counts = `${formatCount(canary.length)} readings compared with ${formatCount(baseline.length)} of ${name}`;
    const words = explain(`only ${formatCount(canary.length)} readings: too few to tell`, `${counts}, ${sure(confidence)} is needed`);
    return baseline.length < minReadings ? { outcome: 'inconclusive', blocks: false, ...words } : { outcome: 'inconclusive', ...words };
  }
  const effect = effectSize(canary, baseline, how.params.effect_size);
  const side = shiftedTo(shift, effect, how);
  return { outcome: side === null ? 'pass' : 'fail', ...words(samples, { shift, effect, side }, how) };
}

/** Which way the canary has moved by more than is allowed: its interval lies beyond the tolerance, and the effect is large enough. */
function shiftedTo(
  { estimate, lower, upper, isBeyondZero }: LocationShift,
  effect: number | null,
  { direction, params }: CompareOptions,
): 'up' | 'down' | null {
  const slack = params.tolerance * Math.abs(estimate);
  const neutral = params.effect_size === 'cles' ? 0.5 : 1;
  const isUp = lower > slack || (estimate === 0 && isBeyondZero === 'above');
  const isDown = upper < -slack || (estimate === 0 && isBeyondZero === 'below');
  if (direction !== 'down' && isUp && (effect === null || effect >= (params.allowed_increase ?? neutral))) return 'up';
  if (direction !== 'up' && isDown && (effect === null || effect <= (params.allowed_decrease ?? neutral))) return 'down';
  return null;
}

type ShiftEstimate = { readonly shift: LocationShift; readonly effect: number | null; readonly side: 'up' | 'down' | null };

function words({ canary, baseline, name }: Samples, { shift, effect, side }: ShiftEstimate, { form, params }: CompareOptions) {
  const [own, other] = [median(canary), median(baseline)];
  const was = `${name === 'the old release' ? 'old release' : 'was'} ${amountOf(form, other)}`;
  const what = amountMeasured(form, own);
  const headline = fitHeadline(`median ${what}, ${was}`, `${what}, ${was}`, `${amountOf(form, own)}, ${was}`);
  const compared = `all ${formatCount(canary.length)} readings compared with ${formatCount(baseline.length)} of ${name}`;
  const interval = `${intervalWords(form, shift)} with ${sure(params.confidence)}`;
  const found = side === null ? 'no lasting difference' : `${side === 'up' ? 'higher' : 'lower'} than is tolerated`;
  const size = params.effect_size === 'cles' ? 'probability of superiority' : 'mean ratio';
  const notes = effect === null ? [] : [`${size} ${formatCount(effect)}`];
  const { bound } = form;
  return {
    ...explain(headline, `${compared}: ${found}, ${interval}`, notes),
    evidence: { measured: own, expected: other, samples: canary.length, ...(bound !== undefined && { bound }) },
  };
}

/** "by 18 to 22", or where it is not certain which way: "between 4 less and 4 more". */
function intervalWords(form: MetricForm, { lower, upper }: LocationShift): string {
  if (lower >= 0 || upper <= 0) {
    const [small, large] = [Math.min(Math.abs(lower), Math.abs(upper)), Math.max(Math.abs(lower), Math.abs(upper))];
    return `by ${amountOf(form, small)} to ${amountOf(form, large)}`;
  }
  return `between ${amountOf(form, -lower)} less and ${amountOf(form, upper)} more`;
}

function sure(confidence: number): string {
  return `${formatValue('share', confidence)} confidence`;
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle] ?? 0, sorted[middle] ?? 0];
  return low / 2 + high / 2;
}
