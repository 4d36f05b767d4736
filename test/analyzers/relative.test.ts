import { describe, expect, test } from 'vitest';
import { relative } from '../../analyzers/relative.ts';
import type { Ticks } from '../../src/core/series/ticks.ts';
import { type Asked, analyze } from '../support/analyze.ts';
import { ratio, times } from '../support/builders.ts';

const before = { kind: 'before' };
const half = { to: before, more_than: 0.5 };
const less = { to: before, less_than: 0.5 };
const control = { to: { kind: 'control' }, more_than: 0.5 };
const past = ratio(times(8, 2));
const value = (...numbers: readonly number[]): Ticks => ({ kind: 'value', value: numbers });
const one = { minSamples: 1 };

type Row = { name: string; given: Asked; expected: [outcome: string, reason?: string] };
const rows: readonly Row[] = [
  {
    name: 'as before passes',
    given: { params: half, bake: ratio([2]), before: past },
    expected: [
      'pass',
      '2 % of requests failed (2 of 100), was 2 %; compared with the time just before, allowed 50 % more (up to 3 %): as allowed',
    ],
  },
  { name: 'as much more as is allowed passes', given: { params: half, bake: ratio([3]), before: past }, expected: ['pass'] },
  {
    name: 'more than that fails',
    given: { params: half, bake: ratio([4]), before: past },
    expected: [
      'fail',
      '4 % of requests failed (4 of 100), was 2 %; compared with the time just before, allowed 50 % more (up to 3 %), exceeded',
    ],
  },
  { name: 'less is not worse where more is', given: { params: half, bake: ratio([0]), before: past }, expected: ['pass'] },
  {
    name: 'less than is allowed fails',
    given: { params: less, bake: value(4), before: value(10), ...one },
    expected: ['fail', '4, was 10; compared with the time just before, allowed 50 % less (down to 5), not reached'],
  },
  { name: 'nothing is not less than nothing', given: { params: less, bake: ratio([0]), before: ratio(times(8, 0)) }, expected: ['pass'] },
  {
    name: 'no event in 300 is no proof of none: one in 100 is not worse',
    given: { params: half, bake: ratio([1]), before: ratio([0, 0, 0]) },
    expected: [
      'pass',
      '1 % of requests failed (1 of 100), was 1 %; compared with the time just before, allowed 50 % more (up to 1.5 %): as allowed',
    ],
  },
  {
    name: 'no event in 300 before: two in 100 are worse',
    given: { params: half, bake: ratio([2]), before: ratio([0, 0, 0]) },
    expected: ['fail'],
  },
  {
    name: 'a negative value may grow by a share of its size',
    given: { params: half, bake: value(-5), before: value(-10), ...one },
    expected: ['pass'],
  },
  {
    name: 'a negative value that grows by more fails',
    given: { params: half, bake: value(-4), before: value(-10), ...one },
    expected: ['fail'],
  },
  {
    name: 'without history it is not compared, and does not block',
    given: { params: half, bake: ratio([90]) },
    expected: ['inconclusive', 'not compared: no history yet'],
  },
  {
    name: 'with too little history it is not compared',
    given: { params: half, bake: ratio([90]), before: ratio([1], 40) },
    expected: ['inconclusive', 'not compared: the past has 40 of 100 requests needed'],
  },
  {
    name: 'too few samples cannot tell',
    given: { params: half, bake: ratio([9], 42), before: past },
    expected: ['inconclusive', 'too few requests: 42 of the 100 needed, in 15s'],
  },
  { name: 'damping applies', given: { params: half, bake: ratio([9]), before: past, damping: { k: 2, n: 3 } }, expected: ['inconclusive'] },
];

test.for(rows)('$name', ({ given, expected: [outcome, reason] }) => {
  const verdict = analyze(relative, given);
  expect(verdict.outcome).toBe(outcome);
  if (reason !== undefined) expect(verdict.reason).toBe(reason);
});

describe('beside a control', () => {
  const quiet = 'not compared; too few requests of the old release to compare';
  const beside: readonly Row[] = [
    {
      name: 'as good as the control passes',
      given: { params: control, bake: ratio([2]), control: ratio([2]) },
      expected: [
        'pass',
        '2 % of requests failed (2 of 100), old release 2 %; compared with the old release at the same time, allowed 50 % more (up to 3 %): as allowed',
      ],
    },
    { name: 'worse than the control fails', given: { params: control, bake: ratio([4]), control: ratio([2]) }, expected: ['fail'] },
    {
      name: 'as bad as a control that went bad, too, passes',
      given: { params: control, bake: ratio([50, 50]), control: ratio([50, 50]) },
      expected: ['pass'],
    },
    {
      name: 'a control that goes bad later does not undo a failure',
      given: { params: control, bake: ratio([4, 4]), control: ratio([2, 99]) },
      expected: ['fail'],
    },
    {
      name: 'a control too quiet to compare with is no pass',
      given: { params: control, bake: ratio([0]), control: ratio([0], 5) },
      expected: ['inconclusive', `none of 100 requests failed: ${quiet}`],
    },
    {
      name: 'a control too quiet to compare with is no failure',
      given: { params: control, bake: ratio([99]), control: ratio([0], 5) },
      expected: ['inconclusive', `99 % of requests failed (99 of 100): ${quiet}`],
    },
    {
      name: 'a control that wakes up after the newest reading was not compared with',
      given: { params: control, bake: ratio([0, 0], [100, 50]), control: ratio([0, 0], [5, 500]) },
      expected: ['inconclusive'],
    },
    {
      name: 'without a control it is not compared',
      given: { params: control, bake: ratio([99]) },
      expected: ['inconclusive', 'not compared: no old release runs with this deploy'],
    },
  ];
  test.for(beside)('$name', ({ given, expected: [outcome, reason] }) => {
    const verdict = analyze(relative, given);
    expect(verdict.outcome).toBe(outcome);
    if (reason !== undefined) expect(verdict.reason).toBe(reason);
  });
});

test.for([
  { name: 'what has no history yet', given: { params: half, bake: ratio([90]) }, expected: false },
  { name: 'what has no control', given: { params: control, bake: ratio([90]) }, expected: false },
  { name: 'no data and no history', given: { params: half, bake: ratio([null]) }, expected: undefined },
  { name: 'a control that is too quiet', given: { params: control, bake: ratio([0]), control: ratio([0], 5) }, expected: undefined },
  { name: 'too little data', given: { params: half, bake: ratio([0], 5), before: past }, expected: undefined },
] as { name: string; given: Asked; expected: false | undefined }[])('$name: `blocks` is $expected', ({ given, expected }) => {
  expect(analyze(relative, given)).toHaveProperty('outcome', 'inconclusive');
  expect('blocks' in analyze(relative, given) ? false : undefined).toBe(expected);
});

describe('latency', () => {
  const params = { ...half, slower_than: 300 };
  const latency = (le: readonly number[], ...row: readonly number[]): Ticks => ({ kind: 'latency', le, buckets: [row] });
  const usual = [0.1, 0.5, Infinity];
  const rows: readonly Row[] = [
    {
      name: 'the share above the bound is compared',
      given: { params, bake: latency(usual, 50, 80, 100), before: latency(usual, 50, 90, 100) },
      expected: [
        'fail',
        '20 % of requests slower than 500 ms (20 of 100), was 10 %; compared with the time just before, allowed 50 % more (up to 15 %), exceeded',
      ],
    },
    {
      name: 'a finer histogram than before is not compared with it',
      given: { params, bake: latency([0.3, ...usual.slice(1)], 50, 90, 100), before: latency(usual, 50, 90, 100) },
      expected: ['inconclusive', 'not compared: other bucket bounds than before'],
    },
    {
      name: 'a new bound that is not asked about changes nothing',
      given: { params, bake: latency([0.01, ...usual], 1, 50, 90, 100), before: latency(usual, 50, 90, 100) },
      expected: ['pass'],
    },
    {
      name: 'a limit above every bound cannot be judged',
      given: { params: { ...half, slower_than: 900 }, bake: latency(usual, 0, 0, 100) },
      expected: ['inconclusive', 'no bucket bound at or above slower_than; the histogram cannot show what is slower: add a bucket there'],
    },
  ];
  test.for(rows)('$name', ({ given, expected: [outcome, reason] }) => {
    const verdict = analyze(relative, given);
    expect(verdict.outcome).toBe(outcome);
    if (reason !== undefined) expect(verdict.reason).toBe(reason);
  });
});

test.for([
  { to: before },
  { to: before, more_than: 1, less_than: 1 },
  { to: before, more_than: -1 },
  { to: before, less_than: 2 },
  { to: { kind: 'days_ago', days: 0 }, more_than: 1 },
])('refuses %j', (params) => {
  expect(() => analyze(relative, { params, bake: ratio([1]) })).toThrow();
});
