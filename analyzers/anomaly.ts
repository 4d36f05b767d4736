import { z } from 'zod';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { foldOf } from '../src/core/judge/fold.ts';
import { type Reading, readings } from '../src/core/judge/readings.ts';
import type { Direction } from '../src/core/rules/rule-set.ts';
import { inUnitOfBounds } from '../src/core/series/check-unit.ts';
import { formatCount } from '../src/core/series/format-value.ts';
import type { TicksKind } from '../src/core/series/ticks.ts';
import { type Normal, normalOf, spreadOf } from './anomaly/normal.ts';
import { defineAnalyzer } from './define.ts';
import { isHalfOver } from './half-of-bake.ts';
import { type ComparisonWords, judgeReadings, notCompared } from './judge-readings.ts';
import { loosenFrom, loosenWritten, multiples } from './loosen.ts';
import { directionField, readDirection, readField, readSlowerThan, slowerThanField } from './read-fields.ts';
import { slowBound } from './slow-bound.ts';
import { amountOf, formOf, type MetricForm } from './words.ts';

const AnomalyParams = z.strictObject({
  /** How many robust standard deviations a reading may lie from the median of the past. */
  sensitivity: z.number().min(1).max(100).default(5),
  direction: z.enum(['up', 'down', 'both']).optional(),
  slower_than: z.number().positive().optional(),
});
type AnomalyParams = z.output<typeof AnomalyParams>;

const fields = {
  sensitivity: z
    .number()
    .min(1)
    .max(100)
    .optional()
    .describe('How many robust standard deviations off a reading may be; less finds more, and cries wolf more often. Default: 5.'),
  direction: directionField,
  slower_than: slowerThanField,
};

/** The minimum number of past readings to learn what is normal. */
const minReadings = 20;

/** More deviations than this measure nothing. */
const maxSensitivity = 100;

/** Compares each reading with the median of the metric's own past, in units of the past's robust standard deviation, which outliers hardly change. */
export const anomaly = defineAnalyzer({
  type: 'anomaly',
  summary: "Each reading lies near the median of the metric's own past, measured by how much that varies (robust z).",
  kinds: ['ratio', 'rate', 'latency', 'value'],
  params: AnomalyParams,
  example: { sensitivity: 5 },
  conditions: [
    {
      name: 'anomaly',
      fields: {
        anomaly: z
          .strictObject(fields)
          .optional()
          .describe("Fails on a reading far from the median of the metric's own past, measured by how much that varies."),
      },
      map: fields,
      isBare: true,
      // One reading far off is not rare: undamped, one healthy bake in seven, or more, would fail.
      damping: (ticks) => {
        const n = Math.max(1, Math.min(4, ticks));
        return { k: Math.min(3, n), n };
      },
      read: (cursor, context) => ({
        ...readField(cursor, 'sensitivity', fields.sensitivity),
        ...readDirection(cursor, context),
        ...readSlowerThan(cursor, context),
      }),
    },
  ],
  loosen: (params) =>
    loosenWritten(params, 'sensitivity', { looser: multiples, max: maxSensitivity }) ??
    loosenFrom(params, 'sensitivity', { list: [6, 7, 8, 10, 12, 15, 20, 30, 50, maxSensitivity] }),
  needs: (_params, { historyMs }) => ({ control: false, historyMs }),
  start(input, params, { damping }) {
    const past = pastOf(input, params);
    if (typeof past === 'string') return foldOf(notCompared(input, past));
    const form = formOf(input, past.slowerThan);
    const direction = params.direction ?? input.direction;
    const model = { ...past, kind: form.kind, sensitivity: params.sensitivity };
    return foldOf(
      judgeReadings(input, {
        damping,
        slowerThan: past.slowerThan,
        form,
        isBreach: (reading) => isBeyond(reading.value, limitsOf(reading, model), direction),
        limitOf: (reading) => limitNear(reading.value, limitsOf(reading, model), direction),
        compared: (reading) => describe(reading, model, form),
        rulesOutHarm: (_all, ticks) => isHalfOver(input, ticks),
      }),
    );
  },
});

type AnomalyPast = { readonly normal: Normal; readonly slowerThan: number | undefined };
type AnomalyModel = AnomalyPast & { readonly kind: TicksKind; readonly sensitivity: number };

/** What is normal, or in words why it is not known. */
function pastOf({ bake, history, minSamples, unit }: AnalyzerInput, { slower_than }: AnomalyParams): AnomalyPast | string {
  if (history === null) return 'not compared: no history yet';
  const bound = slowBound(bake.shape, history.ticks, slower_than === undefined ? undefined : inUnitOfBounds(slower_than, unit));
  if (typeof bound === 'string') return bound;
  const list = readings(history, { minSamples, slowerThan: bound });
  if (list.length < minReadings) return `not compared: only ${list.length} past readings, ${minReadings} needed`;
  return { normal: normalOf(list), slowerThan: bound };
}

type AnomalyLimits = { readonly low: number; readonly high: number };

function limitsOf(reading: Reading, { normal, kind, sensitivity }: AnomalyModel): AnomalyLimits {
  const reach = sensitivity * spreadOf(reading, kind, normal);
  return { low: normal.median - reach, high: normal.median + reach };
}

function isBeyond(value: number, { low, high }: AnomalyLimits, direction: Direction): boolean {
  return (direction !== 'down' && value > high) || (direction !== 'up' && value < low);
}

function limitNear(value: number, { low, high }: AnomalyLimits, direction: Direction): number {
  return direction === 'up' || (direction === 'both' && value >= (low + high) / 2) ? high : low;
}

function describe(reading: Reading, { normal, kind, sensitivity }: AnomalyModel, form: MetricForm): ComparisonWords {
  const spread = spreadOf(reading, kind, normal);
  const ending = `, normal is ${amountOf(form, normal.median)}`;
  const compared = `compared with the median of ${formatCount(normal.count)} past readings`;
  if (spread === 0) return { ending, because: `${compared}, which never changed` };
  const off = Math.min(1e9, Math.abs(reading.value - normal.median) / spread);
  const because = `${compared}: ${formatCount(off)} standard deviations off, allowed ${formatCount(sensitivity)}`;
  return { ending, because };
}
