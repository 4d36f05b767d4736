import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { assess, assessByTick, type CheckProgress } from '../../../src/core/judge/assess.ts';
import { type BoundCheck, bindChecks, type CheckData, calibrateCheck } from '../../../src/core/judge/check.ts';
import type { RuleSet } from '../../../src/core/rules/rule-set.ts';
import { lengthOf, sliceTicks, type Ticks } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import { aCheck, aCondition, aRuleSet, aStretch, step, t0 } from '../../support/builders.ts';
import { runs } from '../../support/runs.ts';

const conditions = [
  aCondition('threshold', { above: 0.9 }),
  aCondition('relative', { to: { kind: 'before' }, more_than: 3 }),
  aCondition('anomaly', { sensitivity: 20 }),
  aCondition('regression', { tolerance: 3 }),
];
const checkOf = (failWhen = conditions): readonly [BoundCheck, RuleSet] => {
  const ruleSet = aRuleSet({ checks: [aCheck({ failWhen, minSamples: 5 })] });
  const [check] = bindChecks(ruleSet, analyzers);
  if (check === undefined) throw new Error('one check was bound and none came back');
  return [check, ruleSet];
};
const dataOf = (ticks: Ticks, history: Ticks | null, control: Ticks | null = null): CheckData => ({
  bake: aStretch(ticks),
  control: control && aStretch(control),
  history: history && aStretch(history, { startAt: t0 - lengthOf(history) * step }),
  deployedAt: t0,
});

/** Assesses the ticks in passes that end at these ticks, each with the progress of the pass before as text, as if another process had kept it. */
function inPasses([check, ruleSet]: readonly [BoundCheck, RuleSet], data: CheckData, ends: readonly number[]) {
  let progress: CheckProgress | undefined;
  const cut = (end: number): CheckData => ({
    ...data,
    bake: { ...data.bake, ticks: sliceTicks(data.bake.ticks, 0, end) },
    control: data.control && { ...data.control, ticks: sliceTicks(data.control.ticks, 0, end) },
  });
  return ends.map((end) => {
    const assessment = assess(check, cut(end), ruleSet, progress);
    progress = JSON.parse(JSON.stringify(assessment.progress));
    return assessment.verdict;
  });
}

describe('passes over a bake', () => {
  const ends = fc
    .uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 6 })
    .map((list) => list.toSorted((a, b) => a - b));
  const series = fc.tuple(anyTicks('ratio'), fc.option(anyTicks('ratio')), fc.option(anyTicks('ratio')));

  test('come to the verdicts of one pass over everything, however they cut the bake', () => {
    fc.assert(
      fc.property(series, ends, ([ticks, history, control], cuts) => {
        const [check, ruleSet] = checkOf();
        const data = dataOf(ticks, history, control);
        const calibrations = calibrateCheck(check, { ...data, stepMs: step }, ruleSet);
        const known = { ...data, calibrations };
        const byTick = assessByTick(check, known, ruleSet);
        const verdicts = inPasses([check, ruleSet], known, cuts);
        expect(verdicts).toEqual(cuts.map((end) => byTick(Math.min(end, lengthOf(ticks)))));
      }),
      runs(60),
    );
  });

  test('judge the whole bake again where its histogram has other buckets now', () => {
    const failWhen = [aCondition('threshold', { slower_than: 100, for_more_than: 0.5 })];
    const ruleSet = aRuleSet({ checks: [aCheck({ question: { kind: 'latency', buckets: { query: 'q' } }, failWhen, minSamples: 1 })] });
    const [check] = bindChecks(ruleSet, analyzers);
    const fine: Ticks = { kind: 'latency', le: [0.1, 0.5, Number.POSITIVE_INFINITY], buckets: [[90, 95, 100]] };
    const coarse: Ticks = {
      kind: 'latency',
      le: [0.5, Number.POSITIVE_INFINITY],
      buckets: [
        [95, 100],
        [20, 100],
      ],
    };
    const first = assess(check!, dataOf(fine, null), ruleSet);
    const second = assess(check!, dataOf(coarse, null), ruleSet, first.progress);
    expect([first.verdict.outcome, second.verdict]).toEqual(['pass', assess(check!, dataOf(coarse, null), ruleSet).verdict]);
    expect(second.verdict.outcome).toBe('fail');
  });
});
