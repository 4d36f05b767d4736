import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { recordingOf } from '../../../bench/accuracy/families.ts';
import type { RecordedCheck } from '../../../src/core/recording/recording.ts';
import { replay } from '../../../src/core/recording/replay.ts';
import { lengthOf, type Ticks, upTo } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import type { SeriesInput } from '../../support/over-series.ts';
import { runs } from '../../support/runs.ts';
import { beside, deployedAt, input, ratio, regression, stepMs } from './build.ts';

const history = ratio({ requests: 100, rate: 0.01, ticks: 720, seed: 1 });
const control = beside(ratio({ requests: 400, rate: 0.01, ticks: 120, seed: 2 }));
const anyBake = fc
  .record({
    requests: fc.constantFrom(2, 30, 100),
    rate: fc.constantFrom(0, 0.01, 0.03, 0.2, 1),
    seed: fc.nat(1000),
    ticks: fc.constant(120),
  })
  .map(ratio);
const anyInput = fc
  .tuple(anyBake, fc.boolean())
  .map(([bake, hasControl]) => input(bake, history, { control: hasControl ? control : null }));
const few = runs(25);

function recorded(name: string, bake: typeof history): RecordedCheck {
  const start = deployedAt / 1000 - (stepMs / 1000) * history.total.length;
  return { name, kind: 'ratio', direction: 'up', step: stepMs / 1000, history: { start, bad: history.bad, total: history.total }, bake };
}

/** How a bake would be asked about at each of its ticks. */
function outcomes(asked: SeriesInput): readonly string[] {
  const follow = regression().follow?.(asked);
  return Array.from({ length: lengthOf(asked.bake.ticks) }, (_, i) => follow?.(i + 1).outcome ?? '');
}

describe('on any counts', () => {
  test('following a bake gives the verdicts of looking at each prefix, and asking twice the same one', () => {
    fc.assert(
      fc.property(anyInput, fc.integer({ min: 0, max: 120 }), (asked, ticks) => {
        const follow = regression().follow?.(asked);
        const cut = { ...asked, bake: upTo(asked.bake, ticks), control: asked.control && upTo(asked.control, ticks) };
        expect(regression().analyze(cut)).toEqual(follow?.(ticks));
        expect(follow?.(ticks)).toEqual(follow?.(ticks));
      }),
      few,
    );
  });

  test('what has failed stays failed', () => {
    fc.assert(
      fc.property(anyInput, (asked) => {
        const found = outcomes(asked);
        const first = found.indexOf('fail');
        expect(first < 0 ? [] : found.slice(first).filter((outcome) => outcome !== 'fail')).toEqual([]);
      }),
      few,
    );
  });

  test('a frozen calibration, after a trip through JSON, gives the verdict of one worked out anew', () => {
    fc.assert(
      fc.property(anyInput, (asked) => {
        const learned = regression().calibrate?.({ ...asked, stepMs }) ?? null;
        expect(learned).not.toBeNull();
        const frozen = { ...asked, calibration: JSON.parse(JSON.stringify(learned)) };
        expect(regression().analyze(frozen)).toEqual(regression().analyze(asked));
      }),
      few,
    );
  });

  test('no single tick fails, however bad it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 119 }), (at) => {
        const { bad, total } = ratio({ requests: 100, rate: 0.005, ticks: 120, seed: 5 });
        const spiked: Ticks = { kind: 'ratio', bad: bad.map((x, i) => (i === at ? (total[i] ?? 0) : x)), total };
        expect(outcomes(input(spiked, history))).not.toContain('fail');
      }),
      few,
    );
  });

  test('the unit of an exposure makes no difference', () => {
    fc.assert(
      fc.property(anyBake, fc.constantFrom(1e-3, 60, 1e6), (bake, unit) => {
        const inUnits = ({ bad, total }: typeof bake, times: number): Ticks => ({
          kind: 'rate',
          count: bad,
          exposure: total.map((n) => (n ?? 0) * times),
        });
        const verdictIn = (times: number) => regression().analyze(input(inUnits(bake, times), inUnits(history, times))).outcome;
        expect(verdictIn(unit)).toBe(verdictIn(1));
      }),
      few,
    );
  });

  test('the order of the checks makes no difference to any of them', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), fc.nat(1000), (order, seed) => {
        const checks = [0.01, 0.03, 0.2].map((rate, i) => recorded(`check${i}`, ratio({ requests: 60, rate, ticks: 120, seed })));
        const verdicts = (list: readonly RecordedCheck[]) =>
          replay({ ...recordingOf('order', checks[0] ?? recorded('none', history)), checks: list }, { analyzers, ruleSet: null }).checks;
        const found = verdicts(order.flatMap((i) => checks[i] ?? []));
        expect(found.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(verdicts(checks));
      }),
      few,
    );
  });

  test('ticks cut in half give the same ending where it is clear', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.constantFrom(0.01, 0.2), (seed, rate) => {
        const halves = ratio({ requests: 50, rate, ticks: 240, seed });
        const pairs = (values: readonly (number | null)[]) =>
          Array.from({ length: 120 }, (_, i) => (values[2 * i] ?? 0) + (values[2 * i + 1] ?? 0));
        const whole: Ticks = { kind: 'ratio', bad: pairs(halves.bad), total: pairs(halves.total) };
        const cut = { bake: { ...input(halves, null).bake, stepMs: stepMs / 2 } };
        expect(regression().analyze(input(halves, history, cut)).outcome).toBe(rate > 0.1 ? 'fail' : 'pass');
        expect(regression().analyze(input(whole, history)).outcome).toBe(rate > 0.1 ? 'fail' : 'pass');
      }),
      few,
    );
  });
});

describe('whatever is sent', () => {
  const repeat = (value: number | null, ticks = 120) => Array.from({ length: ticks }, () => value);
  const columns: Readonly<Record<string, readonly (number | null)[]>> = {
    zeros: repeat(0),
    constants: repeat(7),
    nothing: repeat(null),
    'not a number': repeat(Number.NaN),
    infinity: repeat(Number.POSITIVE_INFINITY),
    'minus infinity': repeat(Number.NEGATIVE_INFINITY),
    'the largest': repeat(1e308),
    'the smallest': repeat(1e-300),
    negative: repeat(-3),
    'one spike': repeat(0).map((value, i) => (i === 60 ? 1e6 : value)),
    steps: repeat(0).map((_, i) => (i < 60 ? 1 : 1000)),
    empty: [],
    'one point': [3],
    long: repeat(3, 900),
  };
  const names = Object.keys(columns);
  const made = (kind: 'ratio' | 'rate', bad: string, total: string): Ticks =>
    kind === 'ratio'
      ? { kind, bad: columns[bad] ?? [], total: columns[total] ?? [] }
      : { kind, count: columns[bad] ?? [], exposure: columns[total] ?? [] };
  const isCount = (value: number | null | undefined): value is number =>
    typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;

  test.for(['ratio', 'rate'] as const)('a %s is judged without throwing, and never fails where no bad event was counted', (kind) => {
    for (const bad of names) {
      for (const total of names) {
        for (const past of names.slice(0, runs(names.length).numRuns)) {
          const verdict = regression().analyze(input(made(kind, bad, total), made(kind, past, 'constants')));
          expect(['pass', 'fail', 'inconclusive']).toContain(verdict.outcome);
          const events = (columns[bad] ?? []).filter((value, i) => isCount(value) && isCount(columns[total]?.[i]) && value > 0);
          if (verdict.outcome === 'fail') expect(events.length).toBeGreaterThan(1);
        }
      }
    }
  });

  test('more bad events than there were events are all of them', () => {
    const impossible: Ticks = { kind: 'ratio', bad: repeat(300), total: repeat(100) };
    const all: Ticks = { kind: 'ratio', bad: repeat(100), total: repeat(100) };
    expect(regression().analyze(input(impossible, history))).toEqual(regression().analyze(input(all, history)));
  });

  test('any ticks against any past and any control', () => {
    for (const kind of ['ratio', 'rate', 'latency'] as const) {
      fc.assert(
        fc.property(anyTicks(kind), fc.option(anyTicks(kind)), fc.option(anyTicks(kind)), (bake, past, other) => {
          const verdict = regression({ direction: 'both' }).analyze(input(bake, past, { control: other && beside(other) }));
          expect(verdict.reason).not.toMatch(/undefined|NaN|Infinity|null|\[object/);
        }),
      );
    }
  });
});
