import { describe, expect, test } from 'vitest';
import type { Answer, Series } from '../../../src/core/series/answer.ts';
import { GrowingTicks } from '../../../src/core/series/growing-ticks.ts';
import { restAt, restOf, selectValues } from '../../../src/core/series/split.ts';
import { tickAt } from '../../../src/core/series/tick.ts';
import { appendTicks, sliceTicks, type Ticks, valueTicks } from '../../../src/core/series/ticks.ts';
import { ticksFromAnswers } from '../../../src/core/series/ticks-from-answers.ts';

const range = { window: { from: 100, to: 130, stepMs: 10 }, lookbackMs: 50 };
const by = { label: 'endpoint', values: [] as readonly string[] };

/** A counter that is scraped at 95, 105, 115 and 125. */
function counter(labels: Readonly<Record<string, string>>, values: readonly number[]): Series {
  return { labels, instance: 'shop\na', samples: values.map((value, i) => [95 + 10 * i, value] as const) };
}
const cumulative = (...series: readonly Series[]): Answer => ({
  shape: 'cumulative',
  series,
  instances: [{ instance: 'shop\na', seenAt: [95, 105, 115, 125], starts: [1] }],
});
const split = (
  total: Answer,
  bad: Answer = cumulative(),
  request: Partial<typeof by> & { except?: readonly string[]; max?: number } = {},
) => ticksFromAnswers('ratio', { bad, total }, range, { ...by, ...request });

describe('ticks that are split by a label', () => {
  test('hold the exact increments of each value, over restarts, and the sum of all', () => {
    const ticks = split(
      cumulative(
        counter({ endpoint: '/a', code: '200' }, [10, 15, 25, 30]),
        counter({ endpoint: '/a', code: '500' }, [1, 2, 3, 5]),
        counter({ endpoint: '/b' }, [100, 3, 5, 9]),
      ),
      cumulative(counter({ endpoint: '/a', code: '500' }, [1, 2, 3, 5])),
    );
    expect(ticks).toEqual({
      kind: 'ratio',
      bad: [1, 1, 2],
      total: [9, 13, 11],
      split: {
        label: 'endpoint',
        values: ['/a', '/b'],
        ticks: [
          { kind: 'ratio', bad: [1, 1, 2], total: [6, 11, 7] },
          { kind: 'ratio', bad: [0, 0, 0], total: [3, 2, 4] },
        ],
      },
    });
  });

  test('keep a value whose series are gone: nothing came of it, while the instance was seen', () => {
    const ticks = split(cumulative(counter({ endpoint: '/a' }, [1, 2, 3, 4])), cumulative(), { values: ['/gone'] });
    expect(ticks.split?.values).toEqual(['/gone', '/a']);
    expect(valueTicks(ticks, '/gone')).toEqual({ kind: 'ratio', bad: [0, 0, 0], total: [0, 0, 0] });
  });

  test('hold the busiest values, none that is excepted, and the names of the others', () => {
    const series = Array.from({ length: 70 }, (_, i) => counter({ endpoint: `/e${i}` }, [0, i, i, i]));
    const ticks = split(cumulative(...series), cumulative(), { except: ['/e69'], max: 3 });
    expect(ticks.split?.values).toEqual(['/e68', '/e67', '/e66']);
    expect(ticks.split?.others).toHaveLength(66);
    expect(split(cumulative(...series)).split?.values).toHaveLength(60);
  });

  test('count a series without the label in the whole alone', () => {
    const ticks = split(cumulative(counter({ endpoint: '/a' }, [0, 1, 2, 3]), counter({}, [0, 5, 10, 15])));
    expect(ticks).toMatchObject({ total: [6, 6, 6], split: { values: ['/a'] } });
    expect(restOf(ticks, ['/a'])).toEqual({ kind: 'ratio', bad: [0, 0, 0], total: [5, 5, 5] });
  });

  test('are refused where no series has the label, or it has too many values', () => {
    expect(() => split(cumulative(counter({ path: '/a' }, [0, 1])))).toThrow('no series has the label "endpoint" of `by`');
    const many = Array.from({ length: 1_001 }, (_, i) => counter({ endpoint: `${i}` }, [0, 1]));
    expect(() => split(cumulative(...many))).toThrow('the label "endpoint" of `by` has 1001 values, at most 1000 are read');
    expect(split(cumulative()).split).toEqual({ label: 'endpoint', values: [], ticks: [] });
  });

  test('hold the buckets of each value, on the bounds that all of them have', () => {
    const buckets = (endpoint: string, le: Readonly<Record<string, readonly number[]>>) =>
      Object.entries(le).map(([bound, values]) => counter({ endpoint, le: bound }, values));
    const answer = cumulative(
      ...buckets('/a', { '0.1': [0, 1, 2, 3], '0.5': [0, 2, 4, 6], '+Inf': [0, 3, 6, 9] }),
      ...buckets('/b', { '0.5': [0, 1, 2, 3], '+Inf': [0, 4, 8, 12] }),
    );
    const ticks = ticksFromAnswers('latency', { buckets: answer }, range, by);
    expect(ticks).toMatchObject({
      le: [0.5, Infinity],
      buckets: [
        [3, 7],
        [3, 7],
        [3, 7],
      ],
    });
    expect(valueTicks(ticks, '/b')).toEqual({
      kind: 'latency',
      le: [0.5, Infinity],
      buckets: [
        [1, 4],
        [1, 4],
        [1, 4],
      ],
    });
  });

  test('hold one number of each value; two are too many', () => {
    const gauge = (...series: readonly Series[]): Answer => ({ shape: 'gauge', series });
    const ticks = ticksFromAnswers(
      'value',
      { value: gauge(counter({ pod: 'a' }, [1, 2, 3, 4]), counter({ pod: 'b' }, [5, 6, 7, 8])) },
      range,
      { label: 'pod', values: [] },
    );
    expect(ticks).toMatchObject({ value: [4, 5, 6], split: { ticks: [{ value: [2, 3, 4] }, { value: [6, 7, 8] }] } });
    const twice = gauge(counter({ pod: 'a', x: '1' }, [1]), counter({ pod: 'a', x: '2' }, [1]));
    expect(() => ticksFromAnswers('value', { value: twice }, range, { label: 'pod', values: [] })).toThrow('returns 2 series');
  });

  const one = (value: string, count: number): Ticks => {
    const own: Ticks = { kind: 'rate', count: [count] };
    return { ...own, split: { label: 'zone', values: [value], ticks: [own] } };
  };

  test('grow and are joined: a value is missing where an answer did not have it', () => {
    const joined = {
      kind: 'rate',
      count: [1, 2, 3],
      split: { label: 'zone', values: ['a', 'b'], ticks: [{ count: [1, null, 3] }, { count: [null, 2, null] }] },
    };
    const grown = new GrowingTicks();
    for (const ticks of [one('a', 1), one('b', 2), one('a', 3)]) expect(grown.grow(ticks)).toBe(true);
    expect(grown.whole()).toMatchObject(joined);
    const appended = appendTicks(appendTicks(one('a', 1), one('b', 2)) ?? one('a', 0), one('a', 3));
    expect(appended).toMatchObject(joined);
    expect(sliceTicks(grown.whole() ?? one('a', 0), 1)).toMatchObject({
      count: [2, 3],
      split: { ticks: [{ count: [null, 3] }, { count: [2, null] }] },
    });
  });

  test('keep of a past the values with enough traffic for a bake', () => {
    const past = split(cumulative(counter({ endpoint: '/busy' }, [0, 60, 120, 180]), counter({ endpoint: '/quiet' }, [0, 1, 2, 3])));
    const { ticks } = selectValues({ startAt: 100, stepMs: 10, ticks: past }, 10);
    expect(ticks.split).toMatchObject({ values: ['/busy'], others: ['/quiet'] });
    expect(restAt(tickAt(ticks, 0), ['/busy'])).toEqual({ kind: 'ratio', bad: 0, total: 1 });
  });
});
