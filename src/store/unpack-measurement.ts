import { z } from 'zod';
import { joinExplanation } from '../core/judge/explanation.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { AskError, SplitRow, Verdict } from '../core/judge/verdict.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import { questionText } from '../core/rules/sources.ts';
import type { SplitTicks, Ticks } from '../core/series/ticks.ts';
import { evidenceKeys, markLetters, rowKeys, rowLetters } from './pack-measurement.ts';
import { AnyNumber, read, StoredColumn } from './read.ts';
import { readMeasurement } from './read-measurement.ts';

const row = StoredColumn.transform((column) => column.filter((count) => count !== null));
const ticks = z.union([
  z.tuple([z.literal('ratio'), StoredColumn, StoredColumn]).transform(([kind, bad, total]): Ticks => ({ kind, bad, total })),
  z
    .tuple([z.literal('rate'), StoredColumn, StoredColumn.optional()])
    .transform(([kind, count, exposure]): Ticks => ({ kind, count, ...(exposure && { exposure }) })),
  z.tuple([z.literal('latency'), row, z.array(row.nullable())]).transform(([kind, le, buckets]): Ticks => ({ kind, le, buckets })),
  z.tuple([z.literal('value'), StoredColumn]).transform(([kind, value]): Ticks => ({ kind, value })),
]);

const split = z
  .tuple([z.string(), z.array(z.string()), z.array(ticks)])
  .transform(([label, values, own]): SplitTicks => ({ label, values, ticks: own }));
const tableRow = z
  .tuple([z.string().nullable(), z.enum(['p', 'f', 'i', 'u'])], AnyNumber.nullable())
  .transform(([value, letter, ...numbers]): SplitRow => {
    const [outcome] = outcomesOfRows.filter((one) => rowLetters[one] === letter);
    return {
      value,
      outcome: outcome ?? 'unjudged',
      ...Object.fromEntries(rowKeys.flatMap((key, i) => (numbers[i] == null ? [] : [[key, numbers[i]]]))),
    };
  });
const outcomesOfRows = ['pass', 'fail', 'inconclusive', 'unjudged'] as const;

const common = {
  n: z.number(),
  step: z.number().optional(),
  query: z.string().optional(),
  ticks: ticks.nullable(),
  control: ticks.nullable().optional(),
  split: split.optional(),
  controlSplit: split.optional(),
};
const errorKinds = ['unavailable', 'timeout', 'rate_limited', 'unauthorized', 'bad_query', 'bad_response'] as const;
const PackedMeasurement = z.discriminatedUnion('o', [
  z.object({ ...common, o: z.literal('error'), r: z.string(), kind: z.enum(errorKinds) }),
  z.object({
    ...common,
    o: z.enum(['pass', 'fail', 'inconclusive']),
    r: z.string().optional(),
    x: z.tuple([z.string(), z.string()], z.string()).optional(),
    e: z.array(AnyNumber.nullable()).optional(),
    t: z.tuple([z.string()], tableRow).optional(),
    u: z.string().optional(),
    a: z.number().optional(),
    m: z.string().optional(),
  }),
]);
type MeasurementBody = z.output<typeof PackedMeasurement>;

/** The row of a measurement, by its columns. */
export type MeasurementRow = {
  readonly phase: string;
  readonly check: string;
  readonly windowTo: number;
  readonly at: number;
  readonly body: unknown;
};

/** The measurement of a row; rows of older versions too, whose body is the whole measurement. */
export function unpackMeasurement({ phase, check, windowTo: to, at, body }: MeasurementRow, { checks, bake }: RuleSet): Measurement {
  if (typeof body === 'object' && body !== null && 'result' in body) return readMeasurement(body);
  const packed = read(PackedMeasurement, body, 'measurement');
  const stepMs = packed.step ?? bake.everyMs;
  const rule = checks.find(({ name }) => name === check);
  return {
    check,
    phase: phase === 'verifying' ? 'verifying' : 'baking',
    at,
    window: { from: to - Math.round(packed.n * stepMs), to, stepMs },
    query: packed.query ?? (rule === undefined ? '' : questionText(rule.question)),
    result: unpackResult(packed),
    ticks: withSplit(packed.ticks, packed.split),
    control: withSplit(packed.control ?? null, packed.controlSplit),
  };
}

/** The answer of a check from the body of its measurement, which may be without its ticks. */
export function unpackAnswer(body: unknown): Verdict | AskError {
  const isPlain = typeof body === 'object' && body !== null && 'result' in body;
  return isPlain ? readMeasurement(body).result : unpackResult(read(PackedMeasurement, body, 'measurement'));
}

function withSplit(whole: Ticks | null, own: SplitTicks | undefined): Ticks | null {
  return whole === null || own === undefined ? whole : { ...whole, split: own };
}

function unpackResult(packed: MeasurementBody): Verdict | AskError {
  if (packed.o === 'error') return { outcome: packed.o, kind: packed.kind, reason: packed.r };
  const [headline, because, ...notes] = packed.x ?? [];
  const explanation = headline === undefined || because === undefined ? undefined : { headline, because, notes };
  const words = {
    reason: packed.r ?? (explanation === undefined ? '' : joinExplanation(explanation)),
    ...(explanation && { explanation }),
    ...(packed.e && { evidence: unpackEvidence(packed.e) }),
    ...(packed.t && { split: { label: packed.t[0], rows: packed.t.slice(1).filter((one) => typeof one !== 'string') } }),
  };
  if (packed.o === 'fail') return { outcome: packed.o, ...words };
  const has = (letter: string) => packed.m?.includes(letter) === true;
  const reserved = {
    ...words,
    ...(packed.u !== undefined && { unproven: packed.u }),
    ...(has(markLetters.rulesOutOutage) && { rulesOutOutage: true as const }),
  };
  if (packed.o === 'pass') return { outcome: packed.o, ...reserved, ...(packed.a !== undefined && { settledAfterMs: packed.a }) };
  return {
    outcome: packed.o,
    ...reserved,
    ...(has(markLetters.blocks) && { blocks: false as const }),
    ...(has(markLetters.isSilent) && { isSilent: true as const }),
    ...(has(markLetters.leans) && { leans: true as const }),
    ...(has(markLetters.isExcused) && { isExcused: true as const }),
  };
}

function unpackEvidence(list: readonly (number | null)[]) {
  return Object.fromEntries(evidenceKeys.flatMap((key, i) => (list[i] == null ? [] : [[key, list[i]]])));
}
