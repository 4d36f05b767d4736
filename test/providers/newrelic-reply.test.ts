import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ReplyShape, readSeries } from '../../providers/newrelic/reply.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import { readNerdGraph } from '../../src/net/nerdgraph.ts';
import { runs } from '../support/runs.ts';

const window = { from: 1_700_000_100_000, to: 1_700_000_160_000, stepMs: 15_000 };
const buckets = [
  { seconds: 1, alias: 'b0', isOver: false },
  { seconds: Infinity, alias: 'b1', isOver: false },
];

const value = fc.oneof(
  fc.double(),
  fc.constantFrom(null, 'NaN', 'a text', true, [1], {}),
  fc.dictionary(fc.constantFrom('50', '95'), fc.jsonValue()),
);
const tick = fc.integer({ min: -2, max: 6 }).map((i) => window.from / 1_000 + i * 15);
const row = fc.record(
  {
    beginTimeSeconds: fc.oneof(tick, fc.jsonValue()),
    endTimeSeconds: fc.oneof(tick, fc.jsonValue()),
    facet: fc.jsonValue(),
    count: value,
    b0: value,
    b1: value,
    comparison: fc.string(),
  },
  { requiredKeys: [] },
);
const answer = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      results: fc.oneof(fc.array(row, { maxLength: 30, size: 'max' }), fc.jsonValue()),
      otherResult: fc.oneof(row, fc.array(row), fc.jsonValue()),
      metadata: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
);

test('any answer becomes sorted series inside the window, or an error with a kind', () => {
  fc.assert(
    fc.property(answer, fc.boolean(), fc.boolean(), (nrql, hasBuckets, other) => {
      const expected: ReplyShape = { window, facets: other ? ['facet'] : [], buckets: hasBuckets ? buckets : null, other };
      try {
        for (const { samples } of readSeries({ actor: { account: { nrql } } }, expected)) {
          const times = samples.map(([at]) => at);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          expect(times.every((at) => at > window.from && at <= window.to)).toBe(true);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ProviderError);
      }
    }),
    runs(1_000),
  );
});

test('a facet that is an object is a label', () => {
  const nrql = {
    results: [
      { facet: { toString: 0 }, beginTimeSeconds: (window.to - window.stepMs) / 1_000, endTimeSeconds: window.to / 1_000, count: 1 },
    ],
  };
  const shape: ReplyShape = { window, facets: [], buckets: null, other: false };
  expect(readSeries({ actor: { account: { nrql } } }, shape).map(({ labels }) => labels)).toEqual([{ facet: '{"toString":0}' }]);
});

test('any text is a GraphQL answer or null', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.record({ data: fc.jsonValue(), errors: fc.jsonValue() }).map((body) => JSON.stringify(body)),
      ),
      (text) => {
        const reply = readNerdGraph(text);
        if (reply !== null) expect(reply.data !== null || reply.fault !== null || text.includes('deprecated')).toBe(true);
      },
    ),
    runs(2_000),
  );
});
