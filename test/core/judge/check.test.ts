import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { assess, assessNow } from '../../../src/core/judge/assess.ts';
import { bindChecks, type CheckData } from '../../../src/core/judge/check.ts';
import { joinMeasurements } from '../../../src/core/judge/join-measurements.ts';
import type { Measurement } from '../../../src/core/judge/measurement.ts';
import type { CheckRule, Condition } from '../../../src/core/rules/rule-set.ts';
import { lengthOf, sliceTicks, type Ticks } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import { aCheck, aCondition, aRuleSet, aStretch, ratio, step, t0, times } from '../../support/builders.ts';

const above = (limit: number) => aCondition('threshold', { above: limit });
const relative = aCondition('relative', { to: { kind: 'before' }, more_than: 0.5 });
const start = t0 + 2 * step;

function bound(rest: Partial<CheckRule> = {}) {
  const ruleSet = aRuleSet({ checks: [aCheck(rest)] });
  const [check] = bindChecks(ruleSet, analyzers);
  if (!check) throw new Error('no check');
  return { check, ruleSet };
}

function dataOf(ticks: Ticks, rest: Partial<CheckData> = {}): CheckData {
  return { bake: aStretch(ticks), control: null, history: null, deployedAt: t0, ...rest };
}

describe('a check with several conditions', () => {
  const past = aStretch(ratio(times(8, 1)), { startAt: t0 - 8 * step });
  const rows: readonly { name: string; given: readonly Condition[]; history?: boolean; expected: object }[] = [
    { name: 'fails where one fails', given: [above(0.5), above(0.02)], expected: { outcome: 'fail' } },
    { name: 'passes where all pass', given: [above(0.5), above(0.2)], expected: { outcome: 'pass', reason: /50 %; .*20 %/ } },
    { name: 'that fails wins over one without history', given: [relative, above(0.02)], expected: { outcome: 'fail' } },
    {
      name: 'without history does not pass, and does not block',
      given: [above(0.5), relative],
      expected: { outcome: 'inconclusive', blocks: false },
    },
    {
      name: 'compares with history where there is some',
      given: [above(0.5), relative],
      history: true,
      expected: { outcome: 'fail', reason: /just before/ },
    },
    { name: 'without conditions passes', given: [], expected: { outcome: 'pass', reason: /nothing is asked of it/ } },
  ];
  test.for(rows)('$name', ({ given, history, expected }) => {
    const { check, ruleSet } = bound({ failWhen: given });
    const verdict = assess(check, dataOf(ratio([5, 5, 5]), { history: history ? past : null }), ruleSet).verdict;
    const { reason, ...rest } = { reason: /./, ...expected };
    expect(verdict).toMatchObject(rest);
    expect(verdict.reason).toMatch(reason);
  });

  test('what cannot tell blocks, although another only lacks history', () => {
    const { check, ruleSet } = bound({ failWhen: [relative, above(0.5)] });
    const { verdict } = assess(check, dataOf(ratio([null])), ruleSet);
    expect([verdict.outcome, 'blocks' in verdict]).toEqual(['inconclusive', false]);
  });
});

test('a rule set that names an analyzer which is gone says which', () => {
  expect(() => bound({ failWhen: [aCondition('treshold', {})] })).toThrow('check errors names an unknown analyzer treshold');
});

describe('after a rollback', () => {
  const rows: readonly { name: string; given: Ticks; expected: string }[] = [
    { name: 'what was bad before the recovery does not count', given: ratio([50, 50, 0]), expected: 'pass' },
    { name: 'what is bad now does', given: ratio([0, 0, 50]), expected: 'fail' },
    { name: 'silence is no recovery', given: ratio(times(4, null)), expected: 'inconclusive' },
    { name: 'too little for a verdict takes as many ticks as it needs', given: ratio([50, 0, 0, 0, 0], 3), expected: 'pass' },
    { name: 'one good reading decides before the bad ones behind it', given: ratio([90, null, 0]), expected: 'pass' },
  ];
  test.for(rows)('$name', ({ given, expected }) => {
    const { check, ruleSet } = bound();
    expect(assessNow(check, dataOf(given), ruleSet).outcome).toBe(expected);
  });

  test('what is only not compared gives a longer stretch the chance to pass, but not to fail', () => {
    const { check, ruleSet } = bound({ failWhen: [aCondition('regression', {})] });
    const verdictOf = (given: Ticks) =>
      assessNow(check, { ...dataOf(given), history: aStretch(ratio(times(2000, 1)), { startAt: t0 - 2000 * step }) }, ruleSet);
    expect(verdictOf(ratio([1], 100))).toMatchObject({ outcome: 'inconclusive' });
    expect(verdictOf(ratio(times(60, 1)))).toMatchObject({ outcome: 'pass' });
    expect(verdictOf(ratio([90, 90, 90, 1, 1], 100)).outcome).not.toBe('fail');
  });

  test('conditions that only compare with a control do not apply where others are left', () => {
    const control = aCondition('relative', { to: { kind: 'control' }, more_than: 0.5 });
    const both = bound({ failWhen: [control, above(0.1)] });
    expect(assessNow(both.check, dataOf(ratio([0])), both.ruleSet)).toMatchObject({ outcome: 'pass' });
    const alone = bound({ failWhen: [control] });
    expect(assessNow(alone.check, dataOf(ratio([0])), alone.ruleSet)).toMatchObject({ outcome: 'inconclusive', blocks: false });
  });

  test('damping still holds: one bad reading after good ones is no relapse yet', () => {
    const { check, ruleSet } = bound({ failWhen: [{ ...above(0.1), damping: { k: 2, n: 2 } }] });
    expect(assessNow(check, dataOf(ratio([0, 0, 50])), ruleSet).outcome).toBe('inconclusive');
    expect(assessNow(check, dataOf(ratio([0, 50, 50])), ruleSet).outcome).toBe('fail');
  });
});

describe('ticks that come in pieces', () => {
  const pieces = fc.record({
    ticks: anyTicks(),
    cuts: fc.array(fc.nat({ max: 30 }), { maxLength: 8 }),
    errors: fc.array(fc.boolean(), { maxLength: 8 }),
  });

  test('splitting ticks among passes changes nothing', () => {
    fc.assert(
      fc.property(pieces, ({ ticks, cuts, errors }) => {
        const { stored, answered } = passes(ticks, cuts, errors);
        const gathered = joinMeasurements(stored, { check: 'errors', phase: 'baking', from: start, stepMs: step });
        expect(gathered.askedUntil).toBe(start + answered * step);
        if (answered > 0) expect(gathered.bake?.ticks).toEqual(sliceTicks(ticks, 0, answered));
      }),
    );
  });

  test('a tick that is stored is never replaced, and another check or phase is left alone', () => {
    const first = aMeasurement({ from: start, ticks: ratio([1]) });
    const others = [
      aMeasurement({ from: start, ticks: ratio([9]) }),
      { ...aMeasurement({ from: start + step, ticks: ratio([9]) }), phase: 'verifying' as const },
      { ...aMeasurement({ from: start + step, ticks: ratio([9]) }), check: 'other' },
    ];
    const gathered = joinMeasurements([first, ...others], { check: 'errors', phase: 'baking', from: start, stepMs: step });
    expect(gathered).toMatchObject({ bake: { ticks: ratio([1]) }, askedUntil: start + step });
  });

  test('a histogram that shares no bound with what it had ends what can be joined', () => {
    const grid = (le: readonly number[]): Ticks => ({ kind: 'latency', le, buckets: [le.map(() => 1)] });
    const both = [aMeasurement({ from: start, ticks: grid([1]) }), aMeasurement({ from: start + step, ticks: grid([2]) })];
    expect(joinMeasurements(both, { check: 'errors', phase: 'baking', from: start, stepMs: step }).askedUntil).toBe(start + step);
  });

  test('a verdict that fails stays, however the bake goes on', () => {
    const conditions = fc.subarray([above(0.1), { ...above(0.05), damping: { k: 2, n: 3 } }, relative], { minLength: 1 });
    fc.assert(
      fc.property(anyTicks('ratio'), anyTicks('ratio'), conditions, fc.constantFrom(1, 50, 200), (ticks, past, failWhen, minSamples) => {
        const { check, ruleSet } = bound({ failWhen, minSamples });
        const history = aStretch(past, { startAt: t0 - lengthOf(past) * step });
        const outcomes = times(lengthOf(ticks), 0).map(
          (_, i) => assess(check, dataOf(sliceTicks(ticks, 0, i + 1), { history }), ruleSet).verdict.outcome,
        );
        const first = outcomes.indexOf('fail');
        expect(first < 0 ? [] : outcomes.slice(first).filter((outcome) => outcome !== 'fail')).toEqual([]);
      }),
    );
  });
});

function aMeasurement(
  { from, ticks }: { from: number; ticks: Ticks | null },
  to = from + (ticks ? lengthOf(ticks) : 1) * step,
): Measurement {
  const result = ticks ? ({ outcome: 'pass', reason: 'ok' } as const) : ({ outcome: 'error', kind: 'timeout', reason: 'down' } as const);
  return { check: 'errors', phase: 'baking', at: to + 5_000, window: { from, to, stepMs: step }, query: '', result, ticks, control: null };
}

/** Passes over the ticks, cut where `cuts` say, some of which found nobody to ask. */
function passes(ticks: Ticks, cuts: readonly number[], errors: readonly boolean[]) {
  const ends = [...new Set([...cuts, lengthOf(ticks)])].filter((end) => end > 0 && end <= lengthOf(ticks)).sort((a, b) => a - b);
  let answered = 0;
  const stored = ends.map((end, i) => {
    const from = answered;
    if (errors[i]) return aMeasurement({ from: start + from * step, ticks: null }, start + end * step);
    answered = end;
    return aMeasurement({ from: start + from * step, ticks: sliceTicks(ticks, from, end) });
  });
  return { stored, answered };
}
