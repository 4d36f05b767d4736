import { z } from 'zod';
import type { Json } from '../core/base/json.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { SourceSighting } from '../core/judge/source-sightings.ts';
import type { Stretch } from '../core/series/ticks.ts';
import { unpackStretch } from './pack-stretch.ts';
import { AnyNumber, read, StoredColumn } from './read.ts';

const bucketRow = StoredColumn.transform((column) => column.filter((count) => count !== null));
const columns = {
  ratio: { kind: z.literal('ratio'), bad: StoredColumn, total: StoredColumn },
  rate: { kind: z.literal('rate'), count: StoredColumn, exposure: StoredColumn.exactOptional() },
  latency: { kind: z.literal('latency'), le: bucketRow, buckets: z.array(bucketRow.nullable()) },
  value: { kind: z.literal('value'), value: StoredColumn },
} as const;
const { ratio, rate, latency, value } = columns;
const valueTicks = z.discriminatedUnion('kind', [z.object(ratio), z.object(rate), z.object(latency), z.object(value)]);
const split = {
  split: z
    .object({
      label: z.string(),
      values: z.array(z.string()),
      ticks: z.array(valueTicks),
      others: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
};
const ticks = z.discriminatedUnion('kind', [
  z.object({ ...ratio, ...split }),
  z.object({ ...rate, ...split }),
  z.object({ ...latency, ...split }),
  z.object({ ...value, ...split }),
]);

const StoredStretch = z.object({ startAt: z.number(), stepMs: z.number(), ticks }).nullable();

/** A frozen history; `null`: the provider had no data. */
export function readStretch(value: unknown): Stretch | null {
  return read(StoredStretch, unpackStretch(value), 'history');
}

/** What each analyzer of a check learned from its history. */
export function readCalibrations(value: unknown): readonly (Json | null)[] {
  return read(z.array(z.json()), value, 'calibrations');
}

const sighting = z.object({ source: z.string(), isMatched: z.boolean(), text: z.string() });

/** Which sources of a check have ever matched a series; empty in rows of versions that did not look. */
export function readSightings(value: unknown): readonly SourceSighting[] {
  return read(z.array(sighting), value, 'sightings');
}

const evidence = z.object({
  measured: AnyNumber.exactOptional(),
  expected: AnyNumber.exactOptional(),
  limit: AnyNumber.exactOptional(),
  samples: AnyNumber.exactOptional(),
  events: AnyNumber.exactOptional(),
  bound: AnyNumber.exactOptional(),
  strength: AnyNumber.exactOptional(),
  healthyBakes: AnyNumber.exactOptional(),
  smallestSeen: AnyNumber.exactOptional(),
  windowMs: AnyNumber.exactOptional(),
});
const explanation = z.object({ headline: z.string(), because: z.string(), notes: z.array(z.string()) });
const splitRow = evidence.pick({ measured: true, expected: true, samples: true, events: true }).extend({
  value: z.string().nullable(),
  outcome: z.enum(['pass', 'fail', 'inconclusive', 'unjudged']),
});
const table = z.object({ label: z.string(), rows: z.array(splitRow) });
const common = {
  reason: z.string(),
  explanation: explanation.exactOptional(),
  evidence: evidence.exactOptional(),
  split: table.exactOptional(),
};
const reservations = { unproven: z.string().exactOptional(), rulesOutOutage: z.literal(true).exactOptional() };
const result = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('pass'), ...common, ...reservations, settledAfterMs: z.number().exactOptional() }),
  z.object({ outcome: z.literal('fail'), ...common }),
  z.object({
    outcome: z.literal('inconclusive'),
    ...common,
    ...reservations,
    blocks: z.literal(false).exactOptional(),
    isSilent: z.literal(true).exactOptional(),
    leans: z.literal(true).exactOptional(),
    isExcused: z.literal(true).exactOptional(),
  }),
  z.object({
    outcome: z.literal('error'),
    kind: z.enum(['unavailable', 'timeout', 'rate_limited', 'unauthorized', 'bad_query', 'bad_response']),
    reason: z.string(),
  }),
]);
const StoredMeasurement = z.object({
  check: z.string(),
  phase: z.enum(['baking', 'verifying']),
  at: z.number(),
  window: z.object({ from: z.number(), to: z.number(), stepMs: z.number() }),
  query: z.string(),
  result,
  ticks: ticks.nullable(),
  control: ticks.nullable(),
});

/** The measurement of a row's JSON. */
export function readMeasurement(value: unknown): Measurement {
  return read(StoredMeasurement, value, 'measurement');
}
