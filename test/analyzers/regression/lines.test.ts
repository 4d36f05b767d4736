import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../bench/accuracy/random.ts';
import { lengthOf, type Ticks, upTo } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import type { SeriesInput } from '../../support/over-series.ts';
import { runs } from '../../support/runs.ts';
import { deployedAt, input, regression } from './build.ts';

const [minute, day] = [60_000, 86_400_000];
const pastStep = 5 * minute;
const bakeStep = minute;

type Wave = { readonly kind: 'value' | 'rate'; readonly level: number; readonly noise: number; readonly seed: number };
type Change = { readonly times?: number; readonly from?: number; readonly days?: number; readonly minutes?: number };

/** A metric that follows the day, a past of it in ticks of five minutes, and a bake in ticks of one minute in which its level changes. */
function watched(wave: Wave, { times = 1, from = 0, days = 4, minutes = 30 }: Change = {}): SeriesInput {
  const random = createRandom(wave.seed);
  const at = (ms: number, level: number, share: number) => {
    const mean = level * (1 + 0.4 * Math.sin((2 * Math.PI * ms) / day));
    return wave.kind === 'value' ? mean * (1 + wave.noise * random.normal()) : random.poisson(mean * share);
  };
  const length = Math.round((days * day) / pastStep);
  const past = Array.from({ length }, (_, i) => at((i - length) * pastStep, wave.level, 1));
  const bake = Array.from({ length: minutes }, (_, i) => at(i * bakeStep, wave.level * (i < from ? 1 : times), bakeStep / pastStep));
  return placed(ticks(wave.kind, bake), ticks(wave.kind, past));
}

function ticks(kind: 'value' | 'rate', numbers: readonly (number | null)[]): Ticks {
  return kind === 'value' ? { kind, value: numbers } : { kind, count: numbers };
}

function placed(bake: Ticks, past: Ticks): SeriesInput {
  return {
    ...input(bake, null),
    bake: { startAt: deployedAt, stepMs: bakeStep, ticks: bake },
    history: { startAt: deployedAt - lengthOf(past) * pastStep, stepMs: pastStep, ticks: past },
    direction: 'both',
  };
}

function mapped(asked: SeriesInput, change: (value: number, i: number) => number | null): SeriesInput {
  const over = (all: Ticks, offset: number): Ticks => {
    const each = (column: readonly (number | null)[]) => column.map((value, i) => (value === null ? null : change(value, i + offset)));
    if (all.kind === 'value') return { ...all, value: each(all.value) };
    return all.kind === 'rate' ? { ...all, count: each(all.count) } : all;
  };
  const { history, bake } = asked;
  return { ...asked, bake: { ...bake, ticks: over(bake.ticks, 0) }, history: history && { ...history, ticks: over(history.ticks, -1e6) } };
}

function outcomes(asked: SeriesInput): readonly string[] {
  const follow = regression().follow?.(asked);
  return Array.from({ length: lengthOf(asked.bake.ticks) + 1 }, (_, i) => follow?.(i).outcome ?? '');
}

const gauge: Wave = { kind: 'value', level: 200, noise: 0.03, seed: 1 };
const sales: Wave = { kind: 'rate', level: 300, noise: 0, seed: 2 };
const anyBake = fc
  .record({
    wave: fc.record({
      kind: fc.constantFrom('value' as const, 'rate' as const),
      level: fc.constantFrom(20, 300),
      noise: fc.constantFrom(0.01, 0.1),
      seed: fc.nat(500),
    }),
    times: fc.constantFrom(0.1, 0.6, 1, 1.3, 3),
    from: fc.constantFrom(0, 12),
  })
  .map(({ wave, ...change }) => watched(wave, change));
const few = runs(12);

describe('a gauge or a business rate', () => {
  test.for([
    { name: 'a gauge that goes on as it was passes', asked: watched(gauge), outcome: 'pass' },
    { name: 'a gauge that rises by half fails', asked: watched(gauge, { times: 1.5 }), outcome: 'fail' },
    { name: 'a gauge that falls by half fails', asked: watched(gauge, { times: 0.5 }), outcome: 'fail' },
    { name: 'a change after ten minutes is found as well', asked: watched(gauge, { times: 1.5, from: 10 }), outcome: 'fail' },
    { name: 'sales that go on as they were pass', asked: watched(sales), outcome: 'pass' },
    { name: 'sales that fall by 80 % fail', asked: watched(sales, { times: 0.2 }), outcome: 'fail' },
    { name: 'sales that fall by 30 % fail', asked: watched(sales, { times: 0.7 }), outcome: 'fail' },
    { name: 'sales that stop fail', asked: watched(sales, { times: 0 }), outcome: 'fail' },
  ])('$name', ({ asked, outcome }) => {
    expect(regression().analyze(asked)).toMatchObject({ outcome });
  });

  test('says what was measured, expected and tolerated, and against how many healthy bakes', () => {
    const verdict = regression().analyze(watched(gauge, { times: 1.5 }));
    expect(verdict.reason).toMatch(
      /^[\d.]+ on average over 10m, (was|expected) [\d.]+; compared with .+, tolerated up to [\d.]+; sure: further off than all \d+ healthy bakes of the same length$/,
    );
    expect(verdict.evidence?.measured).toBeGreaterThan(verdict.evidence?.limit ?? Number.POSITIVE_INFINITY);
    expect(verdict.evidence?.limit).toBeGreaterThan(verdict.evidence?.expected ?? Number.POSITIVE_INFINITY);
  });

  test('says of events how many there were and how many were expected', () => {
    const { reason, evidence } = regression().analyze(watched(sales, { times: 0.2 }));
    expect(evidence?.windowMs).toBe(600_000);
    expect(reason).toMatch(/^[\d.,]+ events in 10m, expected [\d.,]+; compared with .+, tolerated [\d.,]+ events to [\d.,]+ events; /);
  });

  test.for([
    { wave: gauge, seen: /; a rise of [\d.]+ % or a fall of [\d.]+ % would have been seen$/ },
    { wave: sales, seen: /; a change of [\d.]+ % would have been seen$/ },
  ])('says what change it could have seen where it did not fail ($wave.kind)', ({ wave, seen }) => {
    expect(regression().analyze(watched(wave)).reason).toMatch(seen);
  });

  test('says of a fall what was typical, and how far down was tolerated', () => {
    const { reason, evidence } = regression().analyze(watched(gauge, { times: 0.5 }));
    expect(reason).toMatch(/^[\d.]+ typically over 10m, (was|expected) [\d.]+; compared with .+, tolerated down to [\d.]+; sure/);
    expect(evidence?.measured).toBeLessThan(evidence?.limit ?? 0);
    expect(evidence?.limit).toBeLessThan(evidence?.expected ?? 0);
  });

  test('with less than two days of the past it judges, and says that its confidence is low', () => {
    expect(regression().analyze(watched(gauge, { days: 1 })).reason).toMatch(/; low confidence: the history is only 1d long$/);
    expect(regression().analyze(watched(gauge, { days: 1, times: 3 })).outcome).toBe('fail');
  });

  test.for([
    { direction: 'up', times: 0.3, outcome: 'pass' },
    { direction: 'up', times: 2, outcome: 'fail' },
    { direction: 'down', times: 2, outcome: 'pass' },
    { direction: 'down', times: 0.3, outcome: 'fail' },
  ])('where $direction is worse, $times times the level is a $outcome', ({ direction, times, outcome }) => {
    expect(regression({ direction }).analyze(watched(gauge, { times }))).toMatchObject({ outcome });
    expect(regression({ direction }).analyze(watched(sales, { times }))).toMatchObject({ outcome });
  });

  test("the owner's tolerance is taken off", () => {
    const worse = watched(gauge, { times: 1.4 });
    expect([{}, { tolerance: 0.1 }, { tolerance: 0.8 }].map((params) => regression(params).analyze(worse).outcome)).toEqual([
      'fail',
      'fail',
      'pass',
    ]);
  });

  test('one wild tick is a glitch, and two are not', () => {
    const [steady, most] = [watched(gauge), 2e4];
    const glitch = mapped(steady, (value, i) => (i === 7 ? most : value));
    const fineHistory = {
      ...glitch,
      history: glitch.history && { ...glitch.history, stepMs: bakeStep, startAt: deployedAt - lengthOf(glitch.history.ticks) * bakeStep },
    };
    expect(regression().analyze(fineHistory).outcome).not.toBe('fail');
    const twice = mapped(fineHistory, (value, i) => (i === 8 ? most : value));
    expect(regression().analyze(twice).outcome).toBe('fail');
  });

  test('an incident in the past does not blind it', () => {
    const asked = mapped(watched(gauge, { times: 2 }), (value, i) => (i < -1e6 + 700 && i >= -1e6 + 690 ? 10 * value : value));
    expect(regression().analyze(asked).outcome).toBe('fail');
  });

  test('missing ticks say nothing: holes are bridged, and without any answer there is no data', () => {
    const holes = mapped(watched(gauge, { times: 1.5 }), (value, i) => (i % 4 === 1 ? null : value));
    expect(regression().analyze(holes).outcome).toBe('fail');
    const silent = mapped(watched(gauge), (value, i) => (i >= 0 ? null : value));
    expect(regression().analyze(silent)).toMatchObject({ outcome: 'inconclusive', reason: 'no data in the 30m since the bake began' });
  });

  test.for([0, 1, 3])('with a past of %d ticks it is not judged, and does not stand in the way', (length) => {
    for (const kind of ['value', 'rate'] as const) {
      const asked = placed(ticks(kind, Array(30).fill(900)), ticks(kind, Array(length).fill(3)));
      expect(regression().analyze(asked)).toMatchObject({ outcome: 'inconclusive', blocks: false });
    }
  });

  test('a bake longer than the past is judged as far as its forecast reaches', () => {
    for (const wave of [gauge, sales]) {
      const found = outcomes(watched(wave, { days: 0.1, minutes: 600 }));
      expect(found).not.toContain('fail');
    }
  });

  test.for([0, 5, -5])('what was always %d and still is passes; what then is something else fails', (level) => {
    const always = ticks('value', Array(1000).fill(level));
    expect(regression().analyze(placed(ticks('value', Array(30).fill(level)), always)).outcome).toBe('pass');
    expect(regression().analyze(placed(ticks('value', Array(30).fill(level + 3)), always)).outcome).toBe('fail');
  });

  test('events that never happened are not judged', () => {
    const never = ticks('rate', Array(1000).fill(0));
    expect(regression().analyze(placed(ticks('rate', Array(30).fill(2)), never))).toMatchObject({ outcome: 'inconclusive', blocks: false });
  });
});

describe('on any gauge or business rate', () => {
  test('following a bake gives the verdicts of looking at each prefix, and what has failed stays failed', () => {
    fc.assert(
      fc.property(anyBake, fc.integer({ min: 0, max: 30 }), (asked, length) => {
        const follow = regression().follow?.(asked);
        expect(regression().analyze({ ...asked, bake: upTo(asked.bake, length) })).toEqual(follow?.(length));
        const found = outcomes(asked);
        const first = found.indexOf('fail');
        expect(first < 0 ? [] : found.slice(first).filter((outcome) => outcome !== 'fail')).toEqual([]);
      }),
      few,
    );
  });

  test('a frozen calibration, after a trip through JSON, gives the verdict of one worked out anew, and is small', () => {
    fc.assert(
      fc.property(anyBake, (asked) => {
        const learned = regression().calibrate?.({ ...asked, stepMs: bakeStep }) ?? null;
        expect(learned).not.toBeNull();
        const text = JSON.stringify(learned);
        expect(text.length).toBeLessThan(3000);
        expect(regression().analyze({ ...asked, history: null, calibration: JSON.parse(text) })).toEqual(regression().analyze(asked));
      }),
      few,
    );
  });

  test('the unit that numbers are given in changes no verdict', () => {
    fc.assert(
      fc.property(anyBake, fc.constantFrom(1000, 0.001, 2 ** 20), (asked, unit) => {
        expect(outcomes(mapped(asked, (value) => value * unit))).toEqual(outcomes(asked));
      }),
      few,
    );
  });

  test('no numbers make it throw, and its reason names none that is no number', () => {
    fc.assert(
      fc.property(fc.constantFrom('value' as const, 'rate' as const), fc.integer({ min: 1, max: 40 }), fc.nat(), (kind, repeat, seed) => {
        const [bake, past] = fc.sample(anyTicks(kind), { numRuns: 2, seed });
        if (bake === undefined || past === undefined) return;
        const column = past.kind === 'value' ? past.value : past.kind === 'rate' ? past.count : [];
        const long = Array.from({ length: repeat }, () => column).flat();
        const { reason } = regression().analyze(placed(bake.kind === 'rate' ? ticks('rate', bake.count) : bake, ticks(kind, long)));
        expect(reason).not.toMatch(/undefined|NaN|Infinity|null|\[object/);
      }),
      runs(200),
    );
  });
});
