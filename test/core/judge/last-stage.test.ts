import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { createRandom } from '../../../src/core/backtest/random.ts';
import { assess, assessByTick } from '../../../src/core/judge/assess.ts';
import { bindChecks, type CheckData } from '../../../src/core/judge/check.ts';
import { countOfParts } from '../../../src/core/judge/last-stage.ts';
import { upTo } from '../../../src/core/series/ticks.ts';
import { aCheck, aCondition, aRuleSet, aStretch, step, t0 } from '../../support/builders.ts';
import { runs } from '../../support/runs.ts';

const stages = [5, 25, 100].map((weight) => ({ weight, forMs: 30 * step }));
const control = { canary: 'a', stable: 'b' };
const check = aCheck({ failWhen: [aCondition('regression', {})], minSamples: 1 });
const ruleSet = aRuleSet({ checks: [check], control, traffic: { hook: 'splitter', stages } });
const length = 90;
const aloneFrom = t0 + 60 * step;

/** So many of 400 requests a tick fail; each release has its share of them, and nobody is beside the one that has them all. */
function played(seed: number, badAt: (stage: number) => number): CheckData {
  const random = createRandom(seed);
  const failed = (total: number, rate: number) => {
    let sum = 0;
    for (let i = 0; i < total; i += 1) if (random() < rate) sum += 1;
    return sum;
  };
  const column = (ticks: number, share: (tick: number) => number, rate: (tick: number) => number) => {
    const total = Array.from({ length: ticks }, (_, i) => Math.round(4 * share(i)) || null);
    return { kind: 'ratio', total, bad: total.map((count, i) => (count === null ? null : failed(count, rate(i)))) } as const;
  };
  const weightAt = (tick: number) => stages[Math.floor(tick / 30)]?.weight ?? 100;
  return {
    bake: aStretch(
      column(length, weightAt, (tick) => badAt(Math.floor(tick / 30))),
      { startAt: t0 },
    ),
    control: aStretch(
      column(
        length,
        (tick) => 100 - weightAt(tick),
        () => 0.01,
      ),
      { startAt: t0 },
    ),
    history: aStretch(
      column(
        2_000,
        () => 100,
        () => 0.01,
      ),
      { startAt: t0 - 2_000 * step },
    ),
    deployedAt: t0,
    alpha: 0.01 / countOfParts(ruleSet),
    aloneFrom,
  };
}

function judged(data: CheckData, rules = ruleSet) {
  const [bound] = bindChecks(rules, analyzers);
  return assess(bound!, data, rules).verdict;
}

describe('in the last stage, with nothing beside it', () => {
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1);

  test('a release that is bad only then fails, and it is told with what it was compared', () => {
    const verdicts = seeds.map((seed) => judged(played(seed, (stage) => (stage === 2 ? 0.04 : 0.01))));
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(seeds.map(() => 'fail'));
    for (const { reason } of verdicts) expect(reason).toMatch(/; with all of the traffic: compared with (the last|all of its history)/);
  });

  test('one that is bad before is still compared with the control', () => {
    const { outcome, reason } = judged(played(1, () => 0.1));
    expect([outcome, reason]).toEqual(['fail', expect.stringMatching(/; compared with the old release /)]);
  });

  test('a good one passes, and both comparisons are told', () => {
    const verdicts = seeds.map((seed) => judged(played(seed, () => 0.01)));
    expect(verdicts.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(verdicts[0]?.reason).toMatch(/old release .*; with all of the traffic: /);
  });
});

test('every look at a growing bake says what reading it once says, and a fail stays one', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0.01, 0.03, 0.2), fc.constantFrom(0, 1, 2), (seed, bad, from) => {
      const data = played(seed, (stage) => (stage >= from ? bad : 0.01));
      const [bound] = bindChecks(ruleSet, analyzers);
      const followed = assessByTick(bound!, data, ruleSet);
      let hasFailed = false;
      for (const ticks of [1, 29, 30, 45, 59, 60, 61, 62, 75, 90]) {
        const known = { ...data, bake: upTo(data.bake, ticks), control: data.control && upTo(data.control, ticks) };
        const looked = judged({ ...known, aloneFrom: ticks > 60 ? aloneFrom : null });
        expect(looked).toEqual(followed(ticks));
        if (hasFailed) expect(looked.outcome).toBe('fail');
        hasFailed ||= looked.outcome === 'fail';
      }
    }),
    runs(20),
  );
});

test.for([
  { name: 'without stages', rules: aRuleSet({ checks: [check], control }) },
  { name: 'without a control', rules: aRuleSet({ checks: [check], traffic: ruleSet.traffic }), control: null },
  {
    name: 'by what has nothing else to compare with',
    rules: { ...ruleSet, checks: [aCheck({ failWhen: [aCondition('relative', { to: { kind: 'control' }, more_than: 1 })] })] },
  },
])('a bake $name is judged as a whole', ({ rules, ...rest }) => {
  const data = { ...played(1, () => 0.01), ...rest };
  expect(judged(data, rules)).toEqual(judged({ ...data, aloneFrom: null }, rules));
  expect(judged(data, rules).reason).not.toContain('with all of the traffic');
});
