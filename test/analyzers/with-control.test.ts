import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { regression } from '../../analyzers/regression.ts';
import { createRandom } from '../../src/core/backtest/random.ts';
import { replay } from '../../src/core/recording/replay.ts';
import { aStretch, step, t0, times } from '../support/builders.ts';
import { overSeries, type SeriesInput } from '../support/over-series.ts';
import { runs } from '../support/runs.ts';

type Readings = readonly (number | null)[];
type Direction = 'up' | 'down' | 'both';
type Sides = { readonly canary: Readings; readonly control: Readings; readonly history?: Readings; readonly direction?: Direction };

function replayed({ canary, control, direction = 'both' }: Sides) {
  const check = { name: 'm', kind: 'value', direction, step: 60, control: { value: control }, bake: { value: canary } } as const;
  const line = { format: 'bakewatch.recording/1', id: 'm', service: 'shop', environment: 'production', version: 'v2', warmup: 0 } as const;
  return replay({ ...line, deployedAt: t0 / 1000, checks: [check] }, { analyzers, ruleSet: null });
}

function inputOf({ canary, control, history, direction = 'both' }: Sides): SeriesInput {
  const place = { startAt: t0, stepMs: step };
  const past = history ?? [];
  return {
    bake: aStretch({ kind: 'value', value: canary }, place),
    control: aStretch({ kind: 'value', value: control }, place),
    history: history ? aStretch({ kind: 'value', value: past }, { ...place, startAt: t0 - past.length * step }) : null,
    deployedAt: t0,
    direction,
    minSamples: 1,
    like: [],
    forMs: canary.length * step,
    timezone: 'UTC',
  };
}

function follow(sides: Sides, params: object = {}) {
  const context = { forMs: sides.canary.length * step, historyMs: 86_400_000, like: [], damping: { k: 1, n: 1 } };
  return overSeries(regression.bind(params, context)).follow(inputOf(sides));
}

function judged(sides: Sides, params: object = {}) {
  return follow(sides, params)(sides.canary.length);
}

const rollUp: Readings = [1, 2, 1, 2, 1].flatMap((errors) => [errors, ...times(4, null)]);
const calm: Readings = [10, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 17, 17.1, 17.2, 17.3, 17.4, 17.5, 17.6, 17.7];
const swinging: Readings = [1, 100, 4, 101, 5, 102, 6, 103, 7, 104, 8, 105, 9, 106, 17];
const sparse: Readings = [null, 0.048, null, 0.18, 0.089, null, 0.098, 0.035, null, null];

/** Figures that users of Kayenta complained of: each should have failed. */
const complaints: readonly (Sides & { readonly name: string; readonly says: RegExp })[] = [
  { name: 'other variability', canary: calm, control: swinging, says: /on average over .*, old release / },
  {
    name: '70 % of readings a hundred times higher',
    canary: [...times(7, 100), 1, 1, 1],
    control: times(10, 1),
    says: /above it /,
  },
  { name: '80 % of readings a hundred times higher', canary: [...times(8, 100), 1, 1], control: times(10, 1), says: /above it / },
  { name: 'few scores over a baseline of zero', canary: [0, 1, 2, 1, 0, 0], control: times(6, 0), says: /above it / },
  { name: 'errors in the canary alone', canary: sparse, control: times(10, null), direction: 'up', says: /old release has none/ },
  { name: 'errors rolled up', canary: rollUp, control: times(25, null), direction: 'up', says: /old release has none/ },
  {
    name: 'errors rolled up, gaps as no numbers',
    canary: rollUp.map((value) => value ?? Number.NaN),
    control: times(25, Number.NaN),
    direction: 'up',
    says: /old release has none/,
  },
  { name: 'errors all the time over zero', canary: [1, 4, 2, 3, 1], control: times(5, 0), direction: 'up', says: /above it / },
  { name: 'a control whose mean is zero', canary: [54.9, 54.5, 55.1, 55.6, 57.4], control: times(5, 0), says: /above it / },
];

test.for(complaints)('without a past, beside the control: $name fails', ({ says, ...sides }) => {
  const { verdict, checks } = replayed(sides);
  expect(verdict).toBe('fail');
  expect(checks[0]?.reason).toMatch(says);
});

describe('what is no fault of the new release', () => {
  const quiet = { outcome: 'inconclusive', blocks: false };

  test.for<{ readonly name: string } & Sides>([
    { name: 'a single wild reading', canary: [1, 1, 1, 1, 1000, 1, 1, 1, 1, 1], control: times(10, 1) },
    { name: 'two wild readings in a row', canary: [1, 1, 1, 1000, 1000, 1, 1, 1], control: times(8, 1) },
    { name: 'an improvement', canary: times(20, 1), control: times(20, 9), direction: 'up' },
    { name: 'what the tolerance covers', canary: times(30, 1.2), control: times(30, 1) },
    { name: 'a step that both take', canary: [...times(9, 5), ...times(9, 50)], control: [...times(9, 5), ...times(9, 50)] },
    {
      name: 'a step that the control takes a tick later',
      canary: [...times(9, 5), ...times(9, 50)],
      control: [...times(10, 5), ...times(8, 50)],
    },
  ])('$name never fails', (sides) => {
    expect(judged(sides).outcome).not.toBe('fail');
  });

  test('four readings, however far apart, are too few', () => {
    const { outcome, reason } = judged({ canary: [9, 8, 9, 8], control: [1, 2, 1, 2] });
    expect([outcome, reason]).toEqual(['inconclusive', expect.stringMatching(/: too few to tell; .*only 4 readings of both releases$/)]);
  });

  test.for<{ readonly name: string } & Sides>([
    { name: 'it always answers', canary: times(20, 7), control: times(20, null), direction: 'up' },
    { name: 'more is not worse', canary: rollUp, control: times(25, null), direction: 'both' },
    { name: 'it only ever says zero', canary: rollUp.map((value) => value && 0), control: times(25, null), direction: 'up' },
  ])('a control without any reading is no judge where $name', (sides) => {
    expect(judged(sides)).toMatchObject(quiet);
  });

  test('a control without any reading is no judge where the service had some before', () => {
    expect(judged({ canary: rollUp, control: times(25, null), history: times(3, 1), direction: 'up' }).outcome).not.toBe('fail');
  });

  test('a control that still says nothing leaves the past to judge', () => {
    const history = times(1500, 0).map((_, i) => 10 + (i % 7) / 10);
    const { outcome, reason } = judged({ canary: times(60, 500), control: times(60, null), history });
    expect([outcome, reason]).toEqual(['fail', expect.stringMatching(/expected |was /)]);
  });
});

describe('with a past', () => {
  const random = createRandom(5);
  const wander = times(1500, 0).map((_, i) => 100 + 40 * Math.sin(i / 90) + 4 * (random() - 0.5));

  test('what moved both away from it is the fault of neither', () => {
    const far = times(60, 0).map((_, i) => 900 + i);
    expect(judged({ canary: far, control: far, history: wander }).outcome).toBe('pass');
  });

  test('a lasting difference from the control fails, though both are where they usually are', () => {
    const control = times(120, 0).map(() => 70 + 4 * (random() - 0.5));
    const canary = control.map((value) => value + 65 + 4 * (random() - 0.5));
    const verdict = judged({ canary, control, history: wander });
    expect([verdict.outcome, verdict.reason]).toEqual([
      'fail',
      expect.stringMatching(/old release [\d.,]+; compared with the old release at the same time, tolerated up to/),
    ]);
  });

  test('a difference that the service shows by itself within so long does not', () => {
    const jumpy = times(1500, 0).map((_, i) => (Math.floor(i / 9) % 2 === 0 ? 10 : 30));
    expect(judged({ canary: times(9, 30), control: times(9, 10), history: jumpy }).outcome).not.toBe('fail');
    expect(judged({ canary: times(9, 30), control: times(9, 10) }).outcome).toBe('fail');
  });
});

const numbers = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, 1, 1e-300, 1e300),
  fc.integer({ min: 0, max: 3 }),
);
const someReadings = fc.array(fc.option(numbers, { freq: 5 }), { minLength: 1, maxLength: 40, size: 'max' });

describe('whatever is sent', () => {
  test('a canary that is its own control never fails', () => {
    fc.assert(
      fc.property(someReadings, fc.option(someReadings), fc.constantFrom<Direction>('up', 'down', 'both'), (canary, history, direction) => {
        expect(judged({ canary, control: canary, direction, ...(history && { history }) }, { tolerance: 0 }).outcome).not.toBe('fail');
      }),
    );
  });

  test('other units change no outcome', () => {
    const inUnit = (list: Readings, unit: number) => list.map((value) => value && value * unit);
    const sane = fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { freq: 8 }), { minLength: 5, maxLength: 30, size: 'max' });
    fc.assert(
      fc.property(sane, sane, fc.constantFrom(1 / 1024, 4096), (canary, control, unit) => {
        const other = judged({ canary: inUnit(canary, unit), control: inUnit(control, unit) });
        expect(other.outcome).toBe(judged({ canary, control }).outcome);
      }),
    );
  });

  test('what is up for one direction is down for its mirror image', () => {
    const mirrored = (list: Readings) => list.map((value) => value && -value);
    const far = fc.array(fc.integer({ min: 5, max: 50 }), { minLength: 8, maxLength: 30, size: 'max' });
    const near = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 8, maxLength: 30, size: 'max' });
    fc.assert(
      fc.property(far, near, (canary, control) => {
        const down = judged({ canary: mirrored(canary), control: mirrored(control), direction: 'down' });
        expect(down.outcome).toBe(judged({ canary, control, direction: 'up' }).outcome);
      }),
    );
  });

  test('each prefix is judged as if it were all there is, and a fail stays', () => {
    fc.assert(
      fc.property(someReadings, someReadings, fc.option(someReadings), (canary, control, history) => {
        const sides = { canary, control, ...(history && { history }) };
        const input = inputOf(sides);
        const whole = follow(sides);
        const bound = overSeries(regression.bind({}, { forMs: input.forMs, historyMs: 86_400_000, like: [], damping: { k: 1, n: 1 } }));
        let hasFailed = false;
        for (let ticks = 1; ticks <= canary.length; ticks++) {
          const bake = aStretch({ kind: 'value', value: canary.slice(0, ticks) }, { startAt: t0, stepMs: step });
          const verdict = bound.analyze({ ...input, bake });
          expect(whole(ticks)).toEqual(verdict);
          expect(hasFailed && verdict.outcome !== 'fail').toBe(false);
          hasFailed ||= verdict.outcome === 'fail';
        }
      }),
      runs(40),
    );
  });
});

describe('false alarms and what is found, by simulation', () => {
  const random = createRandom(11);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const wandering = (phi: number) => {
    let at = normal();
    return () => {
      const value = at;
      at = phi * at + Math.sqrt(1 - phi * phi) * normal();
      return value;
    };
  };
  const series = (draw: () => number, shift = 0) => times(24, 0).map(() => draw() + shift);
  const { numRuns: bakes } = runs(400);
  const failed = (make: () => Sides) => times(bakes, 0).filter(() => judged(make()).outcome === 'fail').length;

  // At 1 %, more than 11 of 400 have a probability of 0.1 %, and more than 5 of 80 less.
  const maxFailed = bakes < 400 ? 5 : 11;
  test.for([
    { name: 'independent noise around zero', draw: () => normal },
    { name: 'noise that wanders', draw: () => wandering(0.8) },
    { name: 'heavy tails', draw: () => () => normal() / normal() },
    { name: 'skewed numbers', draw: () => () => Math.exp(1.5 * normal()) },
    { name: 'now and then a one', draw: () => () => (random() < 0.3 ? 1 : 0) },
    { name: 'whole numbers', draw: () => () => Math.round(normal()) },
  ])('$name: at most one healthy bake in a hundred fails', ({ draw }) => {
    expect(failed(() => ({ canary: series(draw()), control: series(draw()) }))).toBeLessThanOrEqual(maxFailed);
  });

  // The larger a shift, the surer it is found.
  test.for([
    { shift: 5, share: 0.7 },
    { shift: 20, share: 0.9 },
    { shift: 100, share: 1 },
    { shift: 1e6, share: 1 },
  ])('a shift of $shift standard deviations is found in 24 ticks, in at least a share of $share', ({ shift, share }) => {
    const found = failed(() => ({ canary: series(normal, shift), control: series(normal), direction: 'up' }));
    expect(found).toBeGreaterThanOrEqual(share * bakes);
  });
});

test('a rate without exposure is not judged beside a control: how the two share the traffic is not known', () => {
  const place = { startAt: t0, stepMs: step };
  const rate = (count: number) => aStretch({ kind: 'rate', count: new Array<number>(40).fill(count) }, place);
  const past = aStretch({ kind: 'rate', count: new Array<number>(4_000).fill(100) }, { ...place, startAt: t0 - 4_000 * step });
  const bound = overSeries(regression.bind({}, { forMs: 40 * step, historyMs: 86_400_000, like: [], damping: { k: 1, n: 1 } }));
  const input = { ...inputOf({ canary: [1], control: [1] }), bake: rate(10), control: rate(90), history: past };
  expect(bound.analyze(input)).toMatchObject({ outcome: 'inconclusive', blocks: false, reason: expect.stringContaining('exposure') });
});
