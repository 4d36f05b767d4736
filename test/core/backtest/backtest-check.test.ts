import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { wholeBake } from '../../../src/core/backtest/backtest.ts';
import { backtestCheck } from '../../../src/core/backtest/backtest-check.ts';
import { createRandom, thin } from '../../../src/core/backtest/random.ts';
import { clopperPearson } from '../../../src/core/base/clopper-pearson.ts';
import type { Analyzer } from '../../../src/core/judge/analyzer.ts';
import { bindChecks } from '../../../src/core/judge/check.ts';
import { constantFold } from '../../../src/core/judge/fold.ts';
import type { RecordedCheck, Recording } from '../../../src/core/recording/recording.ts';
import { replay } from '../../../src/core/recording/replay.ts';
import type { CheckRule } from '../../../src/core/rules/rule-set.ts';
import { lengthOf, type Stretch, type Ticks } from '../../../src/core/series/ticks.ts';
import { aCheck, aCondition, aRuleSet, aStretch, ratio, step, t0, times } from '../../support/builders.ts';

const interval = (count: number, of: number) => clopperPearson(count, of, 0.025);
/** A hundred bakes of eight ticks after two of warm-up, with a hundred ticks before the first. */
const deploys = Array.from({ length: 100 }, (_, i) => t0 + (100 + 12 * i) * step);
const ticksNeeded = 100 + 12 * 100;

function tried(rule: Partial<CheckRule>, ticks: Ticks, known: ReadonlyMap<string, Analyzer> = analyzers) {
  const ruleSet = aRuleSet({ checks: [aCheck(rule)] });
  const [check] = bindChecks(ruleSet, known);
  if (!check) throw new Error('no check');
  const fine: Stretch = aStretch(ticks, { startAt: t0 });
  const trial = { check, ruleSet, fine, coarse: fine, alpha: 0.01 };
  return { check, ...backtestCheck(trial, deploys, { analyzers: known, interval, random: createRandom(1), budget: 0.01 }) };
}

const random = createRandom(9);
/** 2 % errors of 100 requests a tick: five or more in one of twenty ticks, ten or more hardly ever. */
const noisy = ratio(times(ticksNeeded, 0).map(() => thin(100, 0.02, random)));
const calm = ratio(times(ticksNeeded, 0), 100);
const limit = (above: number, k = 1, n = 1): Partial<CheckRule> => ({ failWhen: [aCondition('threshold', { above }, { k, n })] });

describe('a limit that is too tight for the noise', () => {
  const { report } = tried(limit(0.04), noisy);

  test('is reported as crying wolf, with the bakes in which it did', () => {
    expect(report.advice).toBe('cries_wolf');
    expect(report.falseAlarms.count).toBeGreaterThan(20);
    expect(report.falseAlarms.low).toBeGreaterThan(0.1);
    expect(report.alarms).toHaveLength(3);
    expect(report.alarms[0]?.reason).toMatch(/of 100\), allowed 4 %/);
    expect(deploys).toContain(report.alarms[0]?.at);
  });

  test('is told the tightest limit that would have kept within the budget', () => {
    const [suggestion] = report.suggestions;
    expect(suggestion).toMatchObject({ condition: 0, param: 'above', now: 0.04 });
    const followed = (above: number) => tried(limit(above), noisy).report.falseAlarms.count;
    expect(followed(suggestion?.to ?? 0)).toBe(suggestion?.alarms);
    expect(suggestion?.alarms).toBeLessThanOrEqual(1);
    expect(followed((suggestion?.to ?? 0) / 1.4)).toBeGreaterThan(1);
    expect(suggestion?.sensitivity).toEqual(
      tried(limit(suggestion?.to ?? 0), noisy).report.sensitivity.map((one) => expect.objectContaining({ family: one.family })),
    );
    const found = (sensitivity = report.sensitivity) => sensitivity[0]?.tried.map((one) => one.found / one.of) ?? [];
    expect(found(suggestion?.sensitivity)[2]).toBeLessThan(found()[2] ?? 0);
  });
});

describe('a limit that is right', () => {
  test('may be kept', () => {
    const { report } = tried(limit(0.2), noisy);
    expect(report).toMatchObject({ advice: 'keep', falseAlarms: { count: 0, of: 100, low: 0 }, suggestions: [], alarms: [] });
    expect(report.falseAlarms.high).toBeCloseTo(0.036, 3);
  });

  test('finds what is above it as soon as the damping allows, and not what is below', () => {
    const { report } = tried(limit(0.5, 2, 3), calm);
    const [{ tried: effects, nineOfTen, half } = { tried: [], nineOfTen: null, half: null }] = report.sensitivity;
    expect(effects.map(({ effect, found }) => [effect, found])).toEqual([
      ['(0.1 %)', 0],
      ['(0.5 %)', 0],
      ['(2 %)', 0],
      ['(10 %)', 0],
      ['all (100 %)', 60],
    ]);
    // Two ticks of warm-up, and the second bad reading at the end of the second tick.
    expect(nineOfTen).toEqual({ effect: 'all (100 %)', found: 60, of: 60, medianDelayMs: 4 * step });
    expect(half).toEqual(nineOfTen);
  });
});

describe('the comparison with its own past', () => {
  const regression: Partial<CheckRule> = { failWhen: [aCondition('regression', {})] };

  test('does not cry wolf over the noise, and finds more the larger it is', () => {
    const { report } = tried(regression, noisy);
    expect(report.advice).toBe('keep');
    const found = report.sensitivity[0]?.tried.map((one) => one.found) ?? [];
    expect(found.at(-1)).toBe(60);
    expect(found.toSorted((a, b) => a - b)).toEqual(found);
    expect(found[0]).toBeLessThan(60);
  });

  test('learns from nothing that came after a deploy', () => {
    const seen: number[] = [];
    const witness: Analyzer = {
      type: 'witness',
      summary: 'Notes how far its history reaches.',
      kinds: ['ratio'],
      conditions: [],
      loosen: () => null,
      example: {},
      bind: () => ({
        needs: { control: false, historyMs: 50 * step },
        calibrate: ({ history, deployedAt }) => {
          if (history) seen.push(deployedAt - (history.startAt + lengthOf(history.ticks) * history.stepMs), lengthOf(history.ticks));
          return null;
        },
        start: () => constantFold({ outcome: 'pass', reason: 'fine' }),
      }),
    };
    tried({ failWhen: [aCondition('witness', {})] }, calm, new Map([['witness', witness]]));
    expect(seen).toEqual(deploys.flatMap(() => [0, 50]));
  });
});

describe('a pseudo bake', () => {
  test.for([
    { name: 'a limit', condition: aCondition('threshold', { above: 0.04 }) },
    { name: 'a comparison', condition: aCondition('relative', { to: { kind: 'before' }, more_than: 0.8 }, { k: 2, n: 3 }) },
    { name: 'statistics', condition: aCondition('regression', {}) },
  ])('is judged as a recording of the same bake would be: $name', ({ condition }) => {
    const rule = { failWhen: [condition] };
    const rise = ratio(times(ticksNeeded, 0).map((_, i) => thin(100, i > 1_150 ? 0.3 : 0.02, random)));
    const { verdicts, report } = tried(rule, rise);
    const recorded = deploys.map((at) => replay(recordingAt(rise, at), { analyzers, ruleSet: aRuleSet({ checks: [aCheck(rule)] }) }));
    const low = (i: number) => verdicts[i]?.outcome === 'inconclusive' && 'blocks' in (verdicts[i] ?? {});
    expect(recorded.map(({ verdict }, i) => (low(i) ? 'inconclusive' : verdict))).toEqual(verdicts.map(({ outcome }) => outcome));
    const failed = recorded.flatMap(({ verdict, decidedAfter }) => (verdict === 'fail' ? [decidedAfter * 1000] : []));
    expect(failed.length).toBeGreaterThan(0);
    expect(report.alarms.map(({ afterMs }) => afterMs)).toEqual(failed.slice(0, 3));
  });

  function recordingAt(ticks: Ticks, at: number): Recording {
    if (ticks.kind !== 'ratio') throw new Error('only ratios are recorded here');
    const first = (at - t0) / step;
    const part = (from: number, to: number) => ({ bad: ticks.bad.slice(from, to), total: ticks.total.slice(from, to) });
    const check: RecordedCheck = {
      name: 'errors',
      kind: 'ratio',
      direction: 'up',
      step: step / 1000,
      history: { start: t0 / 1000, ...part(0, first) },
      bake: { start: (at + 2 * step) / 1000, ...part(first + 2, first + 10) },
    };
    return {
      format: 'bakewatch.recording/1',
      id: String(at),
      service: 'shop',
      environment: 'production',
      version: 'v2',
      deployedAt: at / 1000,
      warmup: (2 * step) / 1000,
      checks: [check],
    };
  }
});

describe('what cannot be told', () => {
  test('is not read as healthy: too little traffic', () => {
    const { report } = tried({ ...limit(0.5), minSamples: 1_000 }, calm);
    expect(report.inconclusive).toMatchObject({ count: 100, of: 100 });
    expect(report.open).toMatch(/too few requests: 800 of the 1,000 needed/);
  });

  test('is not read as healthy: a comparison that says nothing', () => {
    const to = { kind: 'control' };
    const { report } = tried({ failWhen: [aCondition('relative', { to, more_than: 0.5 })] }, calm);
    expect(report).toMatchObject({ advice: 'not_judged', lowConfidence: { count: 100 }, open: expect.stringMatching(/no old release/) });
    expect(report.sensitivity[0]).toMatchObject({ nineOfTen: null, half: null });
  });

  test('is not read as healthy: no data', () => {
    const { report } = tried(limit(0.5), ratio(times(ticksNeeded, null)));
    expect(report).toMatchObject({ advice: 'no_data', missing: 1, inconclusive: { count: 100 }, sensitivity: [] });
  });
});

describe('the bake as a whole', () => {
  test('fails where any critical check does, and an advisory one decides nothing', () => {
    const loud = tried(limit(0.04), noisy);
    const quiet = tried(limit(0.5), calm);
    const whole = (critical: boolean) => {
      const check = { ...loud.check, rule: { ...loud.check.rule, critical } };
      return wholeBake([{ ...loud, check }, quiet], deploys, { interval, budget: 0.01 });
    };
    expect(whole(true)).toMatchObject({ advice: 'cries_wolf', falseAlarms: { count: loud.report.falseAlarms.count } });
    expect(whole(false)).toMatchObject({ advice: 'keep', falseAlarms: { count: 0 }, passed: { count: 100 } });
  });
});
