import { describe, expect, test } from 'vitest';
import { anomaly } from '../../analyzers/anomaly.ts';
import type { Ticks } from '../../src/core/series/ticks.ts';
import { analyze } from '../support/analyze.ts';
import { ratio, times } from '../support/builders.ts';

const value = (list: readonly (number | null)[]): Ticks => ({ kind: 'value', value: list });
const rate = (list: readonly number[]): Ticks => ({ kind: 'rate', count: list });
/** 95 to 105 by turns: the median is 100, and half of the readings lie within 3 of it. */
const wavy = Array.from({ length: 110 }, (_, i) => 95 + ((i * 4) % 11));
const asked = { before: value(wavy), minSamples: 1 };

describe('a reading of a number', () => {
  test.for([
    { given: 'within five robust deviations', reading: 122, params: {}, outcome: 'pass' },
    { given: 'further off', reading: 123, params: {}, outcome: 'fail' },
    { given: 'further off below', reading: 77, params: {}, outcome: 'fail' },
    { given: 'further off, where more sensitive', reading: 110, params: { sensitivity: 2 }, outcome: 'fail' },
    { given: 'further off, where less sensitive', reading: 130, params: { sensitivity: 8 }, outcome: 'pass' },
    { given: 'further off, the way that is not worse', reading: 150, params: { direction: 'down' }, outcome: 'pass' },
    { given: 'further off below, the way that is not worse', reading: 50, params: { direction: 'up' }, outcome: 'pass' },
  ] as const)('$given: $outcome', ({ reading, params, outcome }) => {
    expect(analyze(anomaly, { ...asked, params, bake: value([100, reading]) }).outcome).toBe(outcome);
  });

  test('says how far off it is', () => {
    const verdict = analyze(anomaly, { ...asked, params: {}, bake: value([200]) });
    expect(verdict.reason).toBe(
      '200, normal is 100; compared with the median of 110 past readings: 22.5 standard deviations off, allowed 5, exceeded',
    );
    expect(verdict.evidence).toMatchObject({ measured: 200, limit: expect.closeTo(122.2, 1) });
  });

  test('is damped', () => {
    const damping = { k: 2, n: 3 };
    const outcomes = [[200], [200, 100], [200, 100, 200]].map(
      (list) => analyze(anomaly, { ...asked, params: {}, bake: value(list), damping }).outcome,
    );
    expect(outcomes).toEqual(['inconclusive', 'pass', 'fail']);
  });
});

describe('a past', () => {
  test('with wild outliers hides nothing', () => {
    const wild = [...wavy, ...times(20, 1e6)];
    expect(analyze(anomaly, { ...asked, params: {}, before: value(wild), bake: value([200]) }).outcome).toBe('fail');
  });

  test('that is mostly one number has the spread of the rest', () => {
    const mostly = [...times(60, 10), ...times(40, 12)];
    const outcomes = [13, 17].map((one) => analyze(anomaly, { ...asked, params: {}, before: value(mostly), bake: value([one]) }).outcome);
    expect(outcomes).toEqual(['pass', 'fail']);
  });

  test.for([
    { always: 100, reading: 104, outcome: 'pass' },
    { always: 100, reading: 106, outcome: 'fail' },
    { always: 0, reading: 0, outcome: 'pass' },
    { always: 0, reading: 0.1, outcome: 'fail' },
  ])('that was always $always leaves $reading a $outcome', ({ always, reading, outcome }) => {
    const verdict = analyze(anomaly, { ...asked, params: {}, before: value(times(50, always)), bake: value([reading]) });
    expect(verdict.outcome).toBe(outcome);
  });

  test('of few readings is no history', () => {
    const verdict = analyze(anomaly, { ...asked, params: {}, before: value(wavy.slice(0, 19)), bake: value([200]) });
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      blocks: false,
      reason: expect.stringMatching(/only 19 past readings, 20 needed/),
    });
  });
});

describe('counts', () => {
  test.for([
    { given: 'the first error', bad: 1, outcome: 'pass' },
    { given: 'several first errors', bad: 12, outcome: 'fail' },
  ])('$given of a service that never had any: $outcome', ({ bad, outcome }) => {
    expect(analyze(anomaly, { params: {}, before: ratio(times(50, 0)), bake: ratio([bad]), minSamples: 20 }).outcome).toBe(outcome);
  });

  test.for([
    { total: 20, outcome: 'pass' },
    { total: 2000, outcome: 'fail' },
  ])('a tenth of $total requests, where a twentieth of many is usual: $outcome', ({ total, outcome }) => {
    const past = ratio(
      Array.from({ length: 50 }, (_, i) => 95 + (i % 11)),
      2000,
    );
    expect(analyze(anomaly, { params: {}, before: past, bake: ratio([total / 10], total), minSamples: 20 }).outcome).toBe(outcome);
  });

  test.for([
    { events: 3, outcome: 'pass' },
    { events: 9, outcome: 'fail' },
  ])('$events events where one in four ticks is usual: $outcome', ({ events, outcome }) => {
    const rare = Array.from({ length: 60 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    expect(analyze(anomaly, { params: {}, before: rate(rare), bake: rate([events]), minSamples: 1 }).outcome).toBe(outcome);
  });

  test('against an exposure are held against the usual rate', () => {
    const visits = times(50, 1000);
    const past: Ticks = { kind: 'rate', count: visits.map((_, i) => 18 + (i % 5)), exposure: visits };
    const bake = (count: number): Ticks => ({ kind: 'rate', count: [count], exposure: [1000] });
    expect([30, 90].map((count) => analyze(anomaly, { params: {}, before: past, bake: bake(count), minSamples: 1 }).outcome)).toEqual([
      'pass',
      'fail',
    ]);
  });

  test('of slow requests name the bound', () => {
    const latency = (slow: number): Ticks => ({
      kind: 'latency',
      le: [0.1, 0.5, Number.POSITIVE_INFINITY],
      buckets: times(50, [500, 1000 - slow, 1000]),
    });
    const verdict = analyze(anomaly, { params: {}, before: latency(20), bake: latency(200) });
    expect(verdict).toMatchObject({
      outcome: 'fail',
      reason: expect.stringMatching(/^20 % of requests slower than 500 ms, normal is 2 %/),
    });
  });
});
