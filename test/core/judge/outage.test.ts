import { describe, expect, test } from 'vitest';
import { rulesOutOutage } from '../../../src/core/judge/outage.ts';
import type { Direction } from '../../../src/core/rules/rule-set.ts';
import { shapeOf } from '../../../src/core/series/tick.ts';
import type { Ticks } from '../../../src/core/series/ticks.ts';
import { tallyOf } from '../../support/tally-of.ts';

const rulesOut = (ticks: Ticks, end: number, direction: Direction) => rulesOutOutage(tallyOf(ticks, end), shapeOf(ticks), direction);

const ratio = (bad: number, total: number): Ticks => ({ kind: 'ratio', bad: [bad], total: [total] });
const latency = (within: number, total: number): Ticks => ({
  kind: 'latency',
  le: [1, Number.POSITIVE_INFINITY],
  buckets: [[within, total]],
});
const rows: readonly { name: string; ticks: Ticks; expected: boolean }[] = [
  { name: 'four requests without an error leave half of them open', ticks: ratio(0, 4), expected: false },
  { name: 'five requests without an error rule it out', ticks: ratio(0, 5), expected: true },
  { name: 'one error of six does not', ticks: ratio(1, 6), expected: false },
  { name: 'one error of eight rules it out', ticks: ratio(1, 8), expected: true },
  { name: 'half of many requests is an outage', ticks: ratio(500_000, 1_000_000), expected: false },
  { name: 'most of many requests that succeed rule it out', ticks: ratio(480_000, 1_000_000), expected: true },
  { name: 'fractions of errors are rounded up', ticks: ratio(5e-324, 5), expected: false },
  { name: 'no request says nothing', ticks: ratio(0, 0), expected: false },
  { name: 'one slow answer says nothing', ticks: latency(0, 1), expected: false },
  { name: 'two answers in time rule it out', ticks: latency(2, 2), expected: true },
  { name: 'answers that are all slower than the largest bound do not', ticks: latency(0, 100), expected: false },
  {
    name: 'of a histogram without a bound, any answer rules it out',
    ticks: { kind: 'latency', le: [Number.POSITIVE_INFINITY], buckets: [[1]] },
    expected: true,
  },
  { name: 'a number rules it out', ticks: { kind: 'value', value: [null, 3] }, expected: true },
  { name: 'no number does not', ticks: { kind: 'value', value: [null, Number.NaN] }, expected: false },
];

describe('total failure of a service', () => {
  test.for(rows)('$name', ({ ticks, expected }) => expect(rulesOut(ticks, 2, 'up')).toBe(expected));

  test('events that should not become less must not be zero', () => {
    const none: Ticks = { kind: 'rate', count: [0, 0] };
    const some: Ticks = { kind: 'rate', count: [0, 1] };
    expect([none, some].map((ticks) => rulesOut(ticks, 2, 'down'))).toEqual([false, true]);
    expect(rulesOut(none, 2, 'up')).toBe(true);
  });

  test('only the ticks so far count', () => {
    const ticks: Ticks = { kind: 'ratio', bad: [1, 0], total: [1, 50] };
    expect([1, 2].map((end) => rulesOut(ticks, end, 'up'))).toEqual([false, true]);
  });
});
