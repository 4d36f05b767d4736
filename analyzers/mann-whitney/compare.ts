import { formatNumber, formatShare } from '../../src/core/base/format-number.ts';
import type { Verdict } from '../../src/core/judge/verdict.ts';
import type { Direction } from '../../src/core/rules/rule-set.ts';
import { formatMeasured } from '../../src/core/series/format-measured.ts';
import type { TicksKind } from '../../src/core/series/ticks.ts';
import type { Comparison } from './comparison.ts';
import { effectSize } from './effect-size.ts';
import { type LocationShift, shiftBetween } from './shift.ts';

/** Two samples, and what the second is called. */
export type Samples = { readonly canary: readonly number[]; readonly baseline: readonly number[]; readonly name: string };
export type CompareOptions = {
  readonly kind: TicksKind;
  readonly direction: Direction;
  readonly params: Comparison;
  readonly bound?: number | undefined;
};

/** With a smaller baseline the check does not block the bake: waiting adds no readings. */
const minReadings = 5;

/** Judges all readings of a bake together against those of its baseline. A canary without readings passes: here missing readings mean that nothing happened. */
export function compareSamples(samples: Samples, how: CompareOptions): Verdict {
  const { canary, baseline, name } = samples;
  if (baseline.length === 0) return { outcome: 'inconclusive', blocks: false, reason: `no readings of ${name}: not compared` };
  if (canary.length === 0) return { outcome: 'pass', reason: 'no readings, and where there are none nothing happened' };
  const [first] = canary;
  if (first !== undefined && [...canary, ...baseline].every((value) => value === first)) {
    return {
      outcome: 'pass',
      reason: `always ${formatMeasured(how.kind, first)}, as in all ${formatNumber(baseline.length)} readings of ${name}`,
    };
  }
  const { tolerance, confidence } = how.params;
  const shift = shiftBetween(canary, baseline, confidence);
  if (shift === null) {
    const counts = `${formatNumber(canary.length)} readings against ${formatNumber(baseline.length)} of ${name}`;
    const reason = `${counts} are too few to tell with ${formatShare(confidence)} confidence`;
    return baseline.length < minReadings ? { outcome: 'inconclusive', blocks: false, reason } : { outcome: 'inconclusive', reason };
  }
  const effect = effectSize(canary, baseline, how.params.effect_size);
  const side = shiftedTo(shift, effect, how);
  const { shown, evidence } = words(samples, { shift, effect }, how);
  if (side !== null)
    return { outcome: 'fail', reason: `${shown}: ${side === 'up' ? 'higher' : 'lower'}, tolerance ${formatShare(tolerance)}`, evidence };
  return { outcome: 'pass', reason: shown, evidence };
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

type ShiftEstimate = { readonly shift: LocationShift; readonly effect: number | null };

function words({ canary, baseline, name }: Samples, { shift, effect }: ShiftEstimate, { kind, params, bound }: CompareOptions) {
  const [own, other] = [median(canary), median(baseline)];
  const show = (value: number) => formatMeasured(kind, value);
  const slow = bound === undefined ? '' : ` slower than ${formatNumber(bound)} s`;
  const sides = `median ${show(own)}${slow} of ${formatNumber(canary.length)} readings, ${name} ${show(other)} of ${formatNumber(baseline.length)}`;
  const interval = `shifted by ${show(shift.estimate)} (${show(shift.lower)} to ${show(shift.upper)} with ${formatShare(params.confidence)} confidence)`;
  const size =
    effect === null ? '' : `, ${params.effect_size === 'cles' ? 'probability of superiority' : 'mean ratio'} ${formatNumber(effect)}`;
  return { shown: `${sides}, ${interval}${size}`, evidence: { measured: own, expected: other, samples: canary.length } };
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle] ?? 0, sorted[middle] ?? 0];
  return low / 2 + high / 2;
}
