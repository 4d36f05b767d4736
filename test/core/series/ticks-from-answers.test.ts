import { describe, expect, test } from 'vitest';
import type { Answer, Answers, Series } from '../../../src/core/series/answer.ts';
import type { Ticks, TicksKind } from '../../../src/core/series/ticks.ts';
import { ticksFromAnswers } from '../../../src/core/series/ticks-from-answers.ts';

const asked = { window: { from: 100, to: 130, stepMs: 10 }, lookbackMs: 50 };

type Values = Readonly<Record<number, number>>;

function series(values: Values, labels: Readonly<Record<string, string>> = {}): Series {
  return { labels, instance: labels.instance ?? 'a', samples: Object.entries(values).map(([at, value]) => [Number(at), value]) };
}

const delta = (...list: readonly Series[]): Answer => ({ shape: 'delta', series: list });
const gauge = (...list: readonly Series[]): Answer => ({ shape: 'gauge', series: list });
const cumulative = (...list: readonly Series[]): Answer => ({ shape: 'cumulative', series: list, instances: [] });
const bucket = (le: string, values: Values, rest: Readonly<Record<string, string>> = {}): Series => series(values, { le, ...rest });

describe('ticks of a window (100, 130] in steps of 10', () => {
  test.for<{ name: string; given: readonly [TicksKind, Answers]; then: Ticks }>([
    {
      name: 'a ratio without an answer about errors had none where there was traffic',
      given: ['ratio', { bad: delta(series({ 120: 3 })), total: delta(series({ 110: 10, 120: 20 })) }],
      then: { kind: 'ratio', bad: [0, 3, null], total: [10, 20, null] },
    },
    {
      name: 'there are never more errors than requests',
      given: ['ratio', { bad: delta(series({ 110: 10.4 })), total: delta(series({ 110: 10 })) }],
      then: { kind: 'ratio', bad: [10, null, null], total: [10, null, null] },
    },
    {
      name: 'errors without requests are not known',
      given: ['ratio', { bad: delta(series({ 110: 3 })), total: delta() }],
      then: { kind: 'ratio', bad: [null, null, null], total: [null, null, null] },
    },
    {
      name: 'an instance that only the total shows had no errors, and its first one counts',
      given: ['ratio', { bad: cumulative(series({ 125: 1 })), total: cumulative(series({ 95: 5, 105: 6, 115: 7, 125: 9 })) }],
      then: { kind: 'ratio', bad: [0, 0, 1], total: [1, 1, 2] },
    },
    {
      name: 'events of several series are added up, and what is no number is left out',
      given: ['rate', { count: delta(series({ 110: 1, 120: Number.NaN, 130: -2 }), series({ 110: 2 })) }],
      then: { kind: 'rate', count: [3, null, 0] },
    },
    {
      name: 'a rate by exposure is 0 where there was exposure but no answer',
      given: ['rate', { count: delta(series({ 110: 1 })), exposure: delta(series({ 110: 4, 120: 5 })) }],
      then: { kind: 'rate', count: [1, 0, null], exposure: [4, 5, null] },
    },
    {
      name: 'a value is the last number of its tick, whatever it is',
      given: ['value', { value: gauge(series({ 105: 1, 110: 2, 120: Number.NaN })) }],
      then: { kind: 'value', value: [2, Number.NaN, null] },
    },
    {
      name: 'a value that nobody has is missing',
      given: ['value', { value: gauge() }],
      then: { kind: 'value', value: [null, null, null] },
    },
    {
      name: 'latency has its bounds in order, and counts that never fall from one bound to the next',
      given: ['latency', { buckets: delta(bucket('+Inf', { 110: 9 }), bucket('0.5', { 110: 7 }), bucket('0.1', { 110: 8 })) }],
      then: { kind: 'latency', le: [0.1, 0.5, Infinity], buckets: [[8, 8, 9], null, null] },
    },
    {
      name: 'latency of raw counters is counted bound by bound, over all instances',
      given: [
        'latency',
        {
          buckets: cumulative(
            bucket('1', { 95: 1, 105: 3 }),
            bucket('+Inf', { 95: 2, 105: 6 }),
            bucket('1.0', { 95: 4, 105: 4 }, { instance: 'b' }),
            bucket('+Inf', { 95: 4, 105: 5 }, { instance: 'b' }),
          ),
        },
      ],
      then: { kind: 'latency', le: [1, Infinity], buckets: [[2, 5], null, null] },
    },
    {
      name: 'only bounds that all histograms of the window share are kept',
      given: [
        'latency',
        {
          buckets: cumulative(
            ...['0.1', '1', '+Inf'].map((le) => bucket(le, { 95: 1, 105: 3 })),
            ...['0.2', '1', '+Inf'].map((le) => bucket(le, { 95: 1, 105: 3 }, { instance: 'b' })),
            ...['7', '+Inf'].map((le) => bucket(le, { 60: 1, 70: 3 }, { instance: 'gone' })),
          ),
        },
      ],
      then: { kind: 'latency', le: [1, Infinity], buckets: [[4, 4], null, null] },
    },
    {
      name: 'a histogram that has fallen silent has no data',
      given: ['latency', { buckets: cumulative(bucket('1', { 60: 1, 95: 3 }), bucket('+Inf', { 60: 1, 95: 3 })) }],
      then: { kind: 'latency', le: [], buckets: [null, null, null] },
    },
    {
      name: 'latency without any series has no bounds',
      given: ['latency', { buckets: delta() }],
      then: { kind: 'latency', le: [], buckets: [null, null, null] },
    },
  ])('$name', ({ given: [kind, answers], then }) => {
    expect(ticksFromAnswers(kind, answers, asked)).toEqual(then);
  });

  test.for<{ name: string; given: readonly [TicksKind, Answers]; then: RegExp }>([
    {
      name: 'several series are no value',
      given: ['value', { value: gauge(series({ 110: 1 }), series({ 110: 2 })) }],
      then: /^the query returns 2 series/,
    },
    {
      name: 'a counter without bounds is no latency',
      given: ['latency', { buckets: cumulative(series({ 110: 1 })) }],
      then: /no.* label "le"/,
    },
    {
      name: 'a histogram without its total is no latency',
      given: ['latency', { buckets: delta(bucket('0.5', { 110: 7 })) }],
      then: /\+Inf/,
    },
  ])('$name: a bad query', ({ given: [kind, answers], then }) => {
    expect(() => ticksFromAnswers(kind, answers, asked)).toThrow(
      expect.objectContaining({ kind: 'bad_query', message: expect.stringMatching(then) }),
    );
  });

  test.for<readonly [TicksKind, Answers]>([
    ['value', { value: delta() }],
    ['rate', { count: gauge() }],
    ['latency', { buckets: gauge() }],
  ])('a %s answered in another shape is a bad response', ([kind, answers]) => {
    expect(() => ticksFromAnswers(kind, answers, asked)).toThrow(expect.objectContaining({ kind: 'bad_response' }));
  });
});
