import { describe, expect, test } from 'vitest';
import { excludeFromBake, spreadSparseCounts } from '../../../src/core/judge/spread-sparse-counts.ts';
import type { CheckRule } from '../../../src/core/rules/rule-set.ts';
import type { Column, Stretch } from '../../../src/core/series/ticks.ts';
import { aCheck } from '../../support/builders.ts';

const raw = aCheck({ question: { kind: 'rate', count: { selector: 'orders_total' } } });

function judgedOn(rule: CheckRule, count: Column, rest: { readonly exposure?: Column } = {}): Column {
  const stretch: Stretch = { startAt: 0, stepMs: 15_000, ticks: { kind: 'rate', count, ...rest } };
  const { ticks } = spreadSparseCounts(rule, stretch);
  return ticks.kind === 'rate' ? ticks.count : [];
}

test.each<[string, Column, Column]>([
  ['scraped at each tick', [9, 8, 7], [null, 8, 7]],
  [
    'scraped at every fourth',
    [null, 60, null, null, null, 60, null, null, null, 40],
    [null, null, null, null, null, 15, null, null, null, 10],
  ],
  ['after one missing scrape', [5, 6, null, 14, 8], [null, 6, null, 7, 8]],
  [
    'after a silence longer than what is looked back',
    [1, ...new Array<null>(20).fill(null), 3, 4],
    [null, ...new Array<null>(21).fill(null), 4],
  ],
  ['that never answers', [null, null], [null, null]],
])('a raw counter %s', (_, counts, expected) => {
  expect(judgedOn(raw, counts)).toEqual(expected);
});

test('what comes after a tick changes nothing about it', () => {
  const counts: Column = [null, 60, null, null, null, 60, null, 30];
  for (let length = 0; length <= counts.length; length++) {
    expect(judgedOn(raw, counts.slice(0, length))).toEqual(judgedOn(raw, counts).slice(0, length));
  }
});

test('queries, exposures and other kinds are judged on as they are', () => {
  const counts: Column = [4, null, 8];
  expect(judgedOn(aCheck({ question: { kind: 'rate', count: { query: 'q' } } }), counts)).toEqual(counts);
  const exposed = aCheck({ question: { kind: 'rate', count: { selector: 'a' }, exposure: { selector: 'b' } } });
  expect(judgedOn(exposed, counts, { exposure: [1, null, 1] })).toEqual(counts);
  const ratio: Stretch = { startAt: 0, stepMs: 15_000, ticks: { kind: 'ratio', bad: [1, null], total: [2, null] } };
  expect(spreadSparseCounts(aCheck(), ratio)).toBe(ratio);
});

describe('what is left out of a bake', () => {
  const gap = [{ from: 2 * 15_000, to: 4 * 15_000 }];
  const counted = (rule: CheckRule, count: Column): Column => {
    const left = excludeFromBake(rule, { startAt: 0, stepMs: 15_000, ticks: { kind: 'rate', count } }, gap);
    const { ticks } = spreadSparseCounts(rule, left);
    return ticks.kind === 'rate' ? ticks.count : [];
  };

  test('is missing, and of a raw counter nothing is shared out over it', () => {
    expect(counted(raw, [9, 8, 700, 700, 7, 6])).toEqual([null, 8, null, null, 7, 6]);
  });

  test('a scrape that comes after it covers what was not scraped before it', () => {
    expect(counted(raw, [9, 8, 700, null, 14, 6])).toEqual([null, 8, null, null, 7, 6]);
  });

  test('events of a query are simply missing', () => {
    const query = aCheck({ question: { kind: 'rate', count: { query: 'orders' } } });
    expect(counted(query, [9, 8, 700, 700, 7, 6])).toEqual([9, 8, null, null, 7, 6]);
  });

  test('of any other kind is missing, too', () => {
    const stretch: Stretch = { startAt: 0, stepMs: 15_000, ticks: { kind: 'value', value: [1, 2, 3, 4, 5] } };
    expect(excludeFromBake(aCheck(), stretch, gap).ticks).toEqual({ kind: 'value', value: [1, 2, null, null, 5] });
  });
});
