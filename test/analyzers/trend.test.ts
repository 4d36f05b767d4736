import { describe, expect, test } from 'vitest';
import { fitLine, noSums, studentQuantile } from '../../analyzers/trend/fit-line.ts';
import { trend } from '../../analyzers/trend.ts';
import type { Verdict } from '../../src/core/judge/verdict.ts';
import type { Column, Stretch, Ticks } from '../../src/core/series/ticks.ts';
import { describeAnalyzerContract } from '../contracts/analyzer.ts';
import { step, t0, times } from '../support/builders.ts';
import { overSeries } from '../support/over-series.ts';

const params = [{}, { tolerance: 0 }, { tolerance: 0.5, direction: 'up' }, { direction: 'both' }];
describeAnalyzerContract(trend, { params: { rate: params, value: params } });

const bakeTicks = 60;
const pastTicks = 24 * bakeTicks;
type Shape = (i: number) => number;

/** Even noise between -1 and 1 that is the same in each run. */
const noise = (i: number) => 2 * (Math.abs(Math.sin((i + 1) * 12.9898) * 43_758.5453) % 1) - 1;

/** Noise that forgets a tenth in each tick. */
const slowNoise = (() => {
  const values: number[] = [];
  for (let i = 0; i < pastTicks + bakeTicks; i++) values.push(0.9 * (values.at(-1) ?? 0) + noise(i));
  return (i: number) => values[i + pastTicks] ?? 0;
})();

type Bake = {
  readonly params?: unknown;
  readonly past?: Shape | null;
  readonly bake: Shape;
  readonly isMissing?: (i: number) => boolean;
  readonly direction?: 'up' | 'down' | 'both';
  readonly ticks?: number;
  readonly pastLength?: number;
  readonly toTicks?: (column: Column) => Ticks;
};

const value = (column: Column): Ticks => ({ kind: 'value', value: column });

/** Judges a bake of 15 minutes with six hours of past; tick 0 is the first of the bake. */
function judge(given: Bake): Verdict {
  const { past = given.bake, bake, isMissing = () => false, direction = 'up', ticks = bakeTicks } = given;
  const { pastLength = pastTicks, toTicks = value } = given;
  const forMs = bakeTicks * step;
  const columns = {
    bake: Array.from({ length: ticks }, (_, i) => (isMissing(i) ? null : bake(i))),
    past: Array.from({ length: pastLength }, (_, i) => past?.(i - pastLength) ?? null),
  };
  const bound = trend.bind(given.params ?? {}, { forMs, historyMs: pastLength * step, like: [], damping: { k: 1, n: 1 } });
  return overSeries(bound).analyze({
    bake: { startAt: t0, stepMs: step, ticks: toTicks(columns.bake) },
    control: null,
    history: past === null ? null : { startAt: t0 - pastLength * step, stepMs: step, ticks: toTicks(columns.past) },
    deployedAt: t0,
    direction,
    minSamples: 1,
    like: [],
    forMs,
    timezone: 'UTC',
  });
}

/** A past of ticks of five minutes. */
function ofKind(kind: 'value' | 'rate', shape: Shape, length: number): Stretch {
  const column = Array.from({ length }, (_, i) => shape(i));
  const stepMs = 20 * step;
  return { startAt: t0 - length * stepMs, stepMs, ticks: kind === 'value' ? { kind, value: column } : { kind, count: column } };
}

const flat: Shape = (i) => 100 + 3 * noise(i);
const leak =
  (share: number): Shape =>
  (i) =>
    flat(i) + (share * 100 * Math.max(0, i)) / bakeTicks;
/** A day that is as short as the past. */
const season: Shape = (i) => 100 + 40 * Math.sin((2 * Math.PI * i) / pastTicks) + noise(i);

describe('a line through a bake', () => {
  test.for<Bake & { readonly given: string; readonly outcome: Verdict['outcome'] }>([
    { given: 'flat noise', bake: flat, outcome: 'pass' },
    { given: 'a leak in a noisy gauge', past: flat, bake: leak(0.5), outcome: 'fail' },
    { given: 'a leak below the tolerance', past: flat, bake: leak(0.08), outcome: 'pass' },
    { given: 'a leak below a larger tolerance', past: flat, bake: leak(0.5), params: { tolerance: 0.8 }, outcome: 'pass' },
    { given: 'a leak where nothing is tolerated', past: flat, bake: leak(0.08), params: { tolerance: 0 }, outcome: 'fail' },
    { given: 'a fall with direction up', past: flat, bake: leak(-0.5), outcome: 'pass' },
    { given: 'a fall with direction down', past: flat, bake: leak(-0.5), direction: 'down', outcome: 'fail' },
    { given: 'a fall with direction both', past: flat, bake: leak(-0.5), params: { direction: 'both' }, outcome: 'fail' },
    { given: 'a season that the past holds', bake: season, outcome: 'pass' },
    { given: 'the rise of a season where the past has none', past: flat, bake: (i) => season(i) + 1.5 * Math.max(0, i), outcome: 'fail' },
    { given: 'a ramp that levels off', past: flat, bake: (i) => flat(i) + 40 * (1 - Math.exp(-i / 6)), outcome: 'pass' },
    { given: 'a step', past: flat, bake: (i) => flat(i) + (i < 30 ? 0 : 40), outcome: 'pass' },
    { given: 'autocorrelated noise', bake: (i) => 100 + 3 * slowNoise(i), outcome: 'pass' },
    { given: 'a leak of which a third is missing', past: flat, bake: leak(0.8), isMissing: (i) => i % 3 === 1, outcome: 'fail' },
    { given: 'a leak of which two thirds are missing', past: flat, bake: leak(0.8), isMissing: (i) => i % 3 > 0, outcome: 'inconclusive' },
    { given: 'data that ends', bake: flat, isMissing: (i) => i > 40, outcome: 'inconclusive' },
    { given: 'a leak before a third of the bake', past: flat, bake: leak(5), ticks: 19, outcome: 'inconclusive' },
    { given: 'a leak at a third of the bake', past: flat, bake: leak(5), ticks: 20, outcome: 'fail' },
    { given: 'a bake that is extended', bake: flat, ticks: 3 * bakeTicks, outcome: 'pass' },
    { given: 'a leak from zero on', past: () => 0, bake: (i) => Math.max(0, i), outcome: 'fail' },
    { given: 'a number that never changes', bake: () => 7, params: { tolerance: 0, direction: 'both' }, outcome: 'pass' },
    { given: 'a past of leaks that restarts end', bake: (i) => 100 + ((i + pastTicks) % 90), outcome: 'pass' },
  ])('$given: $outcome', ({ outcome, ...bake }) => {
    expect(judge(bake).outcome).toBe(outcome);
  });

  test('of events counts those of a tick', () => {
    const toTicks = (count: Column): Ticks => ({ kind: 'rate', count });
    const events: Shape = (i) => Math.round(flat(i));
    expect(judge({ bake: events, toTicks }).outcome).toBe('pass');
    const rising = judge({ past: events, bake: (i) => events(i) + i, toTicks });
    expect([rising.outcome, rising.evidence?.windowMs]).toEqual(['fail', step]);
  });

  test.for([
    { kind: 'value', scale: 1 },
    { kind: 'rate', scale: 20 },
  ] as const)('of kind $kind is compared with a past of longer ticks', ({ kind, scale }) => {
    const bound = trend.bind({}, { forMs: 3_600_000, historyMs: 86_400_000, like: [], damping: { k: 1, n: 1 } });
    const learned = bound.calibrate?.({
      history: ofKind(kind, (i) => scale * (100 + (i % 12)), 288),
      deployedAt: t0,
      direction: 'up',
      like: [],
      forMs: 3_600_000,
      timezone: 'UTC',
      stepMs: step,
    });
    expect(learned).toMatchObject({ level: expect.closeTo(105.5), up: { largest: expect.closeTo(12) } });
  });
});

describe('a reason', () => {
  const steps: Shape = (i) => 100 + (i % 2);

  test.for<Bake & { readonly given: string; readonly reason: string | RegExp }>([
    {
      given: 'a pass',
      bake: steps,
      reason:
        /^rose by 0\.\d+ \(0\.\d+ %\) over 15m; as expected: healthy bakes rise up to \d\.?\d* %; a rise of 11 % would have been seen$/,
    },
    {
      given: 'a fall that is no rise',
      past: steps,
      bake: (i) => steps(i) - i,
      reason:
        /^fell from 100 to 4\d(\.\d)? \(60 %\) over 15m; as expected: healthy bakes rise up to \d\.?\d* %; a rise of 11 % would have been seen$/,
    },
    {
      given: 'a failure',
      past: steps,
      bake: (i) => steps(i) + i,
      reason:
        /^rose from 100 to 12\d \(20 %\) over 5m; tolerated 10 %, healthy bakes rise up to \d\.?\d* %; sure: more than all \d+ healthy bakes of the same length$/,
    },
    {
      given: 'no change',
      bake: () => 7,
      reason: 'steady at 7 over 15m; as expected: healthy bakes rise up to 0 %; a rise of 10 % would have been seen',
    },
    { given: 'a start', bake: flat, ticks: 3, reason: 'too early for a trend: judged from 5m on' },
    { given: 'silence', bake: flat, isMissing: () => true, reason: 'no data in the 15m since the bake began' },
    { given: 'an end of the data', bake: flat, isMissing: (i) => i > 40, reason: 'no data for the last 1m15s' },
    { given: 'few readings', bake: flat, isMissing: (i) => i % 3 > 0, reason: 'only 20 readings in 15m: too few to tell' },
    {
      given: 'no past',
      bake: flat,
      past: null,
      reason: 'not judged: no history to compare with yet; there is no data from before this deploy',
    },
    {
      given: 'a past of three bakes',
      bake: flat,
      pastLength: 3 * bakeTicks,
      reason: 'not judged: no history to compare with yet; there is no data from before this deploy',
    },
  ])('of $given', ({ reason, ...bake }) => {
    expect(judge(bake).reason).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });

  test('comes with the line at both ends of the bake, and where it would fail', () => {
    const { evidence } = judge({ past: () => 100, bake: (i) => 100 + 0.1 * i });
    expect(evidence).toMatchObject({
      expected: expect.closeTo(100),
      measured: expect.closeTo(106),
      limit: expect.closeTo(110),
      samples: 60,
    });
    expect(judge({ past: () => 100, bake: (i) => 100 - i, direction: 'down' }).evidence).toMatchObject({ limit: expect.closeTo(90) });
  });

  test('of huge numbers stays readable', () => {
    for (const size of [1e99, 1e-300]) {
      const verdict = judge({ past: (i) => size * noise(i), bake: (i) => size * i * i, direction: 'both' });
      expect(JSON.stringify(verdict)).not.toMatch(/NaN|Infinity|null/);
    }
  });
});

describe('a stored calibration', () => {
  const bound = trend.bind({}, { forMs: bakeTicks * step, historyMs: pastTicks * step, like: [], damping: { k: 1, n: 1 } });
  const learned = bound.calibrate?.({
    history: { startAt: t0 - 600 * step, stepMs: step, ticks: value(times(600, 100)) },
    deployedAt: t0,
    direction: 'up',
    like: [],
    forMs: bakeTicks * step,
    timezone: 'UTC',
    stepMs: step,
  });

  test('says what healthy bakes showed', () => {
    expect(learned).toMatchObject({
      level: 100,
      up: { largest: 0, usual: 0 },
      down: { largest: 0, usual: 0 },
      replayed: 55,
      independent: 10,
    });
    expect(bound.readCalibration?.(JSON.parse(JSON.stringify(learned)))).toEqual(learned);
  });

  test.for([7, {}, { ...(learned as object), version: 2 }])('of another version is not used: %j', (stored) => {
    expect(bound.readCalibration?.(stored)).toBeNull();
  });
});

describe('the statistics', () => {
  test.for([
    { tail: 0.025, freedom: 10, quantile: 2.2281 },
    { tail: 0.005, freedom: 1, quantile: 63.6567 },
    { tail: 0.05, freedom: 1e6, quantile: 1.6449 },
  ])("Student's t with $freedom degrees of freedom exceeds $quantile with probability $tail", ({ tail, freedom, quantile }) => {
    expect(studentQuantile(tail, freedom)).toBeCloseTo(quantile, 3);
  });

  test('a line needs three points', () => {
    expect(fitLine(noSums)).toBeNull();
  });
});

test('harm is ruled out at the planned end, and not before', () => {
  const level: Shape = (i) => 100 + noise(i);
  const early = judge({ bake: level, ticks: bakeTicks - 1 });
  expect(early).toMatchObject({ outcome: 'pass' });
  expect(early).not.toHaveProperty('settledAfterMs');
  expect(judge({ bake: level })).toMatchObject({ outcome: 'pass', settledAfterMs: bakeTicks * step });
});
