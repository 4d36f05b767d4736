import { describe, expect, test } from 'vitest';
import { threshold } from '../../analyzers/threshold.ts';
import type { Ticks } from '../../src/core/series/ticks.ts';
import { type Asked, analyze } from '../support/analyze.ts';
import { ratio, times } from '../support/builders.ts';

const tenth = { above: 0.1 };
const twice = { k: 2, n: 3 };
const value = (...numbers: readonly (number | null)[]): Ticks => ({ kind: 'value', value: numbers });
const one = { minSamples: 1 };

type Row = { name: string; given: Asked; expected: [outcome: string, reason?: string] };
const rows: readonly Row[] = [
  {
    name: 'within the limit passes',
    given: { params: tenth, bake: ratio([5]) },
    expected: ['pass', '5 % of requests failed (5 of 100), allowed 10 %; within the limit'],
  },
  { name: 'at the limit passes', given: { params: tenth, bake: ratio([10]) }, expected: ['pass'] },
  {
    name: 'above it fails',
    given: { params: tenth, bake: ratio([11]) },
    expected: ['fail', '11 % of requests failed (11 of 100), allowed 10 %; the limit is 10 %, exceeded'],
  },
  {
    name: 'below a least fails',
    given: { params: { below: 5 }, bake: value(4), ...one },
    expected: ['fail', '4, allowed at least 5; the limit is 5, not reached'],
  },
  {
    name: 'between two bounds passes',
    given: { params: { above: 9, below: 5 }, bake: value(7), ...one },
    expected: ['pass', '7, allowed 5 to 9; within the limit'],
  },
  { name: 'a failure is not undone by what follows', given: { params: tenth, bake: ratio([50, 0, 0, 0, 0]) }, expected: ['fail'] },
  {
    name: 'too few samples cannot tell',
    given: { params: tenth, bake: ratio([9], 42) },
    expected: ['inconclusive', 'too few requests: 42 of the 100 needed, in 15s'],
  },
  {
    name: 'no data cannot tell',
    given: { params: tenth, bake: ratio([null, null]) },
    expected: ['inconclusive', 'no data in the 30s since the bake began'],
  },
  {
    name: 'no traffic cannot tell',
    given: { params: tenth, bake: ratio([0, 0], 0) },
    expected: ['inconclusive', 'no data in the 30s since the bake began'],
  },
  {
    name: 'slow traffic adds up',
    given: { params: tenth, bake: ratio([9, 9, 9], 40) },
    expected: ['fail', '22.5 % of requests failed (27 of 120), allowed 10 %; the limit is 10 %, exceeded'],
  },
  {
    name: 'one breach of two of three cannot tell yet',
    given: { params: tenth, bake: ratio([0, 50]), damping: twice },
    expected: [
      'inconclusive',
      '50 % of requests failed, allowed 10 %: fails if it lasts; the limit is 10 %, exceeded in 1 of the last 3 readings; fails at 2 of 3',
    ],
  },
  {
    name: 'two of three fail',
    given: { params: tenth, bake: ratio([50, 0, 50]), damping: twice },
    expected: ['fail', '50 % of requests failed (50 of 100), allowed 10 %; the limit is 10 %, exceeded in 2 of the last 3 readings'],
  },
  { name: 'a flap that is over passes', given: { params: tenth, bake: ratio([50, 0]), damping: twice }, expected: ['pass'] },
  {
    name: 'traffic that trickles is neither good nor bad',
    given: { params: tenth, bake: ratio([0, 0, ...times(5, 0)], [100, 100, ...times(5, 1)]) },
    expected: ['inconclusive', 'too little data for the last 1m15s; before that none of 100 requests failed, allowed 10 %'],
  },
  {
    name: 'a little traffic after a reading may be the beginning of the next one',
    given: { params: tenth, bake: ratio([0, 0, ...times(4, 0)], [100, 100, ...times(4, 1)]) },
    expected: ['pass'],
  },
  { name: 'readings that take long may be old', given: { params: tenth, bake: ratio(times(17, 0), 10) }, expected: ['pass'] },
  {
    name: 'what was bad before traffic stopped stays bad',
    given: { params: tenth, bake: ratio([50, ...times(9, null)]) },
    expected: ['fail'],
  },
];

test.for(rows)('$name', ({ given, expected: [outcome, reason] }) => {
  const verdict = analyze(threshold, given);
  expect(verdict.outcome).toBe(outcome);
  if (reason !== undefined) expect(verdict.reason).toBe(reason);
});

test('the numbers behind a verdict are kept', () => {
  expect(analyze(threshold, { params: tenth, bake: ratio([20]) }).evidence).toEqual({
    measured: 0.2,
    limit: 0.1,
    samples: 100,
    events: 20,
  });
});

test('a number has the unit of its check, and never a number of readings', () => {
  const unit = { value: 'bytes', samples: 'readings', bound: '' };
  const { explanation } = analyze(threshold, { params: { above: 100_000_000 }, bake: value(121_751_670), unit, ...one });
  expect(explanation?.headline).toBe('122 MB, allowed at most 100 MB');
});

describe('latency', () => {
  const slow = (slower_than: number, for_more_than = 0.05) => ({ slower_than, for_more_than });
  /** Of 100 requests, so many are slower than 0.1 s, and so many than 0.5 s. */
  const latency = (over100: number, over500: number): Ticks => ({
    kind: 'latency',
    le: [0.1, 0.5, Infinity],
    buckets: [[100 - over100, 100 - over500, 100]],
  });
  const latencies: readonly Row[] = [
    {
      name: 'few slow requests pass',
      given: { params: slow(500), bake: latency(40, 5) },
      expected: ['pass', '5 % of requests slower than 500 ms (5 of 100), allowed 5 %; within the limit'],
    },
    {
      name: 'many fail',
      given: { params: slow(500), bake: latency(40, 6) },
      expected: ['fail', '6 % of requests slower than 500 ms (6 of 100), allowed 5 %; the limit is 5 %, exceeded'],
    },
    {
      name: 'bounds in milliseconds are compared in milliseconds',
      given: {
        params: slow(500),
        bake: { kind: 'latency', le: [100, 500, Infinity], buckets: [[60, 94, 100]] },
        unit: { value: 'share', samples: 'requests', bound: 'milliseconds' },
      },
      expected: ['fail', '6 % of requests slower than 500 ms (6 of 100), allowed 5 %; the limit is 5 %, exceeded'],
    },
    {
      name: 'between bounds the next one is read, and said',
      given: { params: slow(300), bake: latency(40, 6) },
      expected: [
        'fail',
        '6 % of requests slower than 500 ms (6 of 100), allowed 5 %; the limit is 5 %, exceeded; the histogram has no bound at 300ms: the next one above is used',
      ],
    },
    {
      name: 'a limit above every bound cannot be judged',
      given: { params: slow(900), bake: latency(90, 90) },
      expected: ['inconclusive', 'no bucket bound at or above 900ms; the histogram cannot show what is slower: add a bucket there'],
    },
    {
      name: 'bounds need a limit in time',
      given: { params: tenth, bake: latency(90, 90) },
      expected: ['inconclusive', 'a latency check needs slower_than and for_more_than'],
    },
    {
      name: 'a histogram without requests cannot be judged',
      given: { params: slow(900), bake: { kind: 'latency', le: [], buckets: [[], null] } },
      expected: ['inconclusive', 'no data in the 30s since the bake began'],
    },
  ];
  test.for(latencies)('$name', ({ given, expected: [outcome, reason] }) => {
    expect([analyze(threshold, given).outcome, analyze(threshold, given).reason]).toEqual([outcome, reason]);
  });
});
