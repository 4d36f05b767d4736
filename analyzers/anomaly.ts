import { z } from 'zod';
import { formatNumber } from '../src/core/base/format-number.ts';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { type Reading, readings } from '../src/core/judge/readings.ts';
import { formatMeasured } from '../src/core/series/format-measured.ts';
import { spreadOf, type Usual, usualOf } from './anomaly/usual.ts';
import { defineAnalyzer } from './define.ts';
import { judgeReadings, type ReadingRule } from './judge-readings.ts';
import { slowBound } from './slow-bound.ts';

const AnomalyParams = z.strictObject({
  /** How many robust standard deviations a reading may lie from the median of the past. */
  sensitivity: z.number().min(1).max(100).default(5),
  direction: z.enum(['up', 'down', 'both']).optional(),
  slower_than: z.number().positive().optional(),
});
type AnomalyParams = z.output<typeof AnomalyParams>;

/** With fewer readings nobody knows what is usual. */
const fewestReadings = 20;

/** Holds each reading against the median of the metric's own past, in units of how much that past varies; a wild past does not blind it. */
export const anomaly = defineAnalyzer({
  type: 'anomaly',
  summary: "Each reading lies near the median of the metric's own past, measured by how much that varies (robust z).",
  kinds: ['ratio', 'rate', 'latency', 'value'],
  params: AnomalyParams,
  example: { sensitivity: 5 },
  needs: (_params, { historyMs }) => ({ control: false, historyMs }),
  analyze(input, params, { damping }) {
    const past = pastOf(input, params);
    const { kind } = input.bake.ticks;
    const slower = typeof past === 'string' || past.slowerThanSec === undefined ? '' : ` slower than ${formatNumber(past.slowerThanSec)} s`;
    const measured = ({ value }: Reading) => `${formatMeasured(kind, value)}${slower}`;
    if (typeof past === 'string') {
      // Nothing to compare with may be overlooked; nothing to compare may not.
      const rule: ReadingRule = { damping, measured, isBreach: () => false, limitOf: () => undefined, compared: () => past };
      const alone = judgeReadings(input, { ...rule, slowerThanSec: Number.MIN_VALUE });
      return alone.outcome === 'inconclusive' ? alone : { outcome: 'inconclusive', blocks: false, reason: past };
    }
    const direction = params.direction ?? input.direction;
    return judgeReadings(input, {
      damping,
      slowerThanSec: past.slowerThanSec,
      measured,
      isBreach: (reading) => isBeyond(reading.value, limitsOf(reading, { ...past, input, params }), direction),
      limitOf: (reading) => limitNear(reading.value, limitsOf(reading, { ...past, input, params }), direction),
      compared: (reading) => words(reading, { ...past, input, params }),
    });
  },
});

type AnomalyPast = { readonly usual: Usual; readonly slowerThanSec: number | undefined };
type AnomalyModel = AnomalyPast & { readonly input: AnalyzerInput; readonly params: AnomalyParams };

/** What is usual, or in words why nobody knows. */
function pastOf({ bake, history, minSamples }: AnalyzerInput, { slower_than }: AnomalyParams): AnomalyPast | string {
  if (history === null) return 'no history yet: not compared with the past';
  const bound = slowBound(bake.ticks, history.ticks, slower_than === undefined ? undefined : slower_than / 1000);
  if (typeof bound === 'string') return bound;
  const list = readings(history, { minSamples, slowerThanSec: bound });
  if (list.length < fewestReadings) return `no history yet: ${list.length} readings of the past, ${fewestReadings} needed`;
  return { usual: usualOf(list, history), slowerThanSec: bound };
}

type AnomalyLimits = { readonly low: number; readonly high: number };

function limitsOf(reading: Reading, { usual, input, params }: AnomalyModel): AnomalyLimits {
  const reach = params.sensitivity * spreadOf(reading, input.bake, usual);
  return { low: usual.median - reach, high: usual.median + reach };
}

function isBeyond(value: number, { low, high }: AnomalyLimits, direction: 'up' | 'down' | 'both'): boolean {
  return (direction !== 'down' && value > high) || (direction !== 'up' && value < low);
}

function limitNear(value: number, { low, high }: AnomalyLimits, direction: 'up' | 'down' | 'both'): number {
  return direction === 'up' || (direction === 'both' && value >= (low + high) / 2) ? high : low;
}

function words(reading: Reading, known: AnomalyModel): string {
  const { usual, input, params } = known;
  const show = (value: number) => formatMeasured(input.bake.ticks.kind, value);
  const spread = spreadOf(reading, input.bake, usual);
  const median = `usual is ${show(usual.median)} ± ${show(spread)} (${formatNumber(usual.count)} readings)`;
  if (spread === 0) return `${median}, allowed no change`;
  const off = Math.min(1e9, Math.abs(reading.value - usual.median) / spread);
  return `${median}, ${formatNumber(off)} deviations off, allowed ${formatNumber(params.sensitivity)}`;
}
