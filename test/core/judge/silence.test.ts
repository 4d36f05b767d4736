import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { assess, assessByTick, assessNow } from '../../../src/core/judge/assess.ts';
import { bindChecks, type CheckData } from '../../../src/core/judge/check.ts';
import { dataRhythm } from '../../../src/core/judge/data-rhythm.ts';
import type { Condition, Question } from '../../../src/core/rules/rule-set.ts';
import { type Column, lengthOf, type Stretch, type Ticks } from '../../../src/core/series/ticks.ts';
import { aCheck, aCondition, aRuleSet, t0, times } from '../../support/builders.ts';

const step = 15_000;
const pastStep = 75_000;
const forMs = 900_000;
const bakeTicks = 60;
const week = 8_064;

const query = { query: 'q' };
const questions: Readonly<Record<Ticks['kind'], Question>> = {
  ratio: { kind: 'ratio', bad: query, total: query },
  rate: { kind: 'rate', count: query },
  latency: { kind: 'latency', buckets: query },
  value: { kind: 'value', query: 'q' },
};

/** Ticks of any kind: 100 requests, about 100 events (or more in longer ticks) or numbers about 100 wherever there are data. */
function ticksOf(kind: Ticks['kind'], known: readonly boolean[], events = 1): Ticks {
  const column = (value: number): Column => known.map((isKnown) => (isKnown ? value : null));
  switch (kind) {
    case 'ratio':
      return { kind, bad: column(0), total: column(100) };
    case 'rate':
      return { kind, count: known.map((isKnown, i) => (isKnown ? events * (100 + (i % 3)) : null)) };
    case 'latency':
      return { kind, le: [0.1, 0.5, Number.POSITIVE_INFINITY], buckets: known.map((isKnown) => (isKnown ? [90, 100, 100] : null)) };
    case 'value':
      return { kind, value: known.map((isKnown, i) => (isKnown ? 100 + (i % 3) : null)) };
  }
}

const first = (ticks: number) => Array.from({ length: bakeTicks }, (_, i) => i < ticks);
const always = times(week, true);
const regression = aCondition('regression', {});
const conditions: Readonly<Record<Ticks['kind'], readonly Condition[]>> = {
  ratio: [regression, aCondition('threshold', { above: 0.1 }), aCondition('anomaly', { sensitivity: 20 })],
  rate: [regression, aCondition('threshold', { below: 1 })],
  latency: [regression, aCondition('threshold', { slower_than: 100, for_more_than: 0.5 })],
  value: [regression, aCondition('trend', { tolerance: 0.5, direction: 'up' }), aCondition('threshold', { above: 1000 })],
};

type Case = { readonly kind?: Ticks['kind']; readonly bake: readonly boolean[]; readonly past?: readonly boolean[] | null };

function bound(kind: Ticks['kind'], failWhen: readonly Condition[]) {
  const ruleSet = aRuleSet({
    bake: { forMs, everyMs: step, warmupMs: 0, extendMs: 0 },
    checks: [
      aCheck({ question: questions[kind], failWhen, minSamples: 1, direction: kind === 'rate' || kind === 'value' ? 'both' : 'up' }),
    ],
  });
  const [check] = bindChecks(ruleSet, analyzers);
  return { check: check!, ruleSet };
}

function dataOf({ kind = 'ratio', bake, past = always }: Case): CheckData {
  const ticks = past && ticksOf(kind, past, pastStep / step);
  const history = ticks && { startAt: t0 - lengthOf(ticks) * pastStep, stepMs: pastStep, ticks };
  return { bake: { startAt: t0, stepMs: step, ticks: ticksOf(kind, bake) }, control: null, history, deployedAt: t0 };
}

function verdictOf(given: Case, failWhen: readonly Condition[] = [regression]) {
  const { check, ruleSet } = bound(given.kind ?? 'ratio', failWhen);
  return assess(check, dataOf(given), ruleSet).verdict;
}

const cases = Object.entries(conditions).flatMap(([kind, list]) =>
  // The keys are those of the table.
  list.map((condition) => ({ kind: kind as Ticks['kind'], condition, analyzer: condition.analyzer })),
);

describe('a metric that falls silent', () => {
  test.for(cases)('does not pass: $kind by $analyzer', ({ kind, condition }) => {
    const verdict = verdictOf({ kind, bake: first(6) }, [condition]);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', isSilent: true });
    expect([verdict.explanation?.headline, 'blocks' in verdict]).toEqual(['no data for the last 13m30s', false]);
  });

  test.for(cases)('passes, or does not block, while data come: $kind by $analyzer', ({ kind, condition }) => {
    const verdict = verdictOf({ kind, bake: first(bakeTicks) }, [condition]);
    expect(verdict.outcome === 'pass' || (verdict.outcome === 'inconclusive' && verdict.blocks === false)).toBe(true);
    expect(verdict).not.toHaveProperty('isSilent');
  });

  test('says when the last value came, what its past is like, and what was seen before', () => {
    const { reason } = verdictOf({ bake: first(6) });
    expect(reason).toMatch(
      /^no data for the last 13m30s; the last value came 1m30s after the bake began; its past has data in nearly every 1m15s; before that: none of 600 requests failed/,
    );
  });

  test('passes again as soon as data come again', () => {
    const bake = Array.from({ length: bakeTicks }, (_, i) => i < 40 || i === 59);
    const { check, ruleSet } = bound('ratio', [regression]);
    const at = assessByTick(check, dataOf({ bake }), ruleSet);
    expect([at(40), at(59), at(60)].map((verdict) => 'isSilent' in verdict)).toEqual([false, true, false]);
  });

  test('is no recovery after a rollback', () => {
    const { check, ruleSet } = bound('ratio', [aCondition('threshold', { above: 0.1 })]);
    expect(assessNow(check, dataOf({ bake: first(6) }), ruleSet)).toMatchObject({ outcome: 'inconclusive', isSilent: true });
  });

  test('stays a failure once it has failed', () => {
    const { check, ruleSet } = bound('ratio', [aCondition('threshold', { above: 0.1 })]);
    const bad = first(6).map((isKnown) => (isKnown ? 50 : null));
    const bake: Stretch = { startAt: t0, stepMs: step, ticks: { kind: 'ratio', bad, total: bad.map((n) => n && 100) } };
    expect(assess(check, { ...dataOf({ bake: [] }), bake }, ruleSet).verdict.outcome).toBe('fail');
  });

  test('does not pass where it has data in few ticks only', () => {
    const bake = Array.from({ length: bakeTicks }, (_, i) => i % 20 < 4);
    const verdict = verdictOf({ bake: [...bake.slice(4), ...times(4, true)] });
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      isSilent: true,
      explanation: { headline: /^data in only \d of 12 stretches/ },
    });
  });

  test('keeps its words where no data came at all', () => {
    const verdict = verdictOf({ bake: first(0) });
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: /^no requests in the 15m since/, isSilent: true });
  });

  test('gets no guarantee that the service is up', () => {
    expect([6, bakeTicks].map((ticks) => 'rulesOutOutage' in verdictOf({ bake: first(ticks) }))).toEqual([false, true]);
  });
});

describe('a service that is idle by nature', () => {
  /** One tick of 75 s has data, then 19 have none. */
  const idle = always.map((_, i) => i % 20 === 0);

  test('passes, or does not block, in its usual silence', () => {
    const verdict = verdictOf({ bake: first(6), past: idle });
    expect(verdict).not.toHaveProperty('isSilent');
    expect(verdict.outcome === 'inconclusive' && verdict.blocks !== false).toBe(false);
  });

  test('is not one that was silent once', () => {
    const past = always.map((_, i) => i < 4_000 || i >= 4_040);
    expect(verdictOf({ bake: first(6), past })).toMatchObject({ isSilent: true });
  });

  test('is not one that is newer than the past that was asked for', () => {
    const past = always.map((_, i) => i > week - 1_000);
    expect(verdictOf({ bake: first(6), past })).toMatchObject({ isSilent: true });
  });

  test('without a past is known by the pace of the bake itself', () => {
    const threshold = [aCondition('threshold', { above: 0.1 })];
    const slow = Array.from({ length: bakeTicks }, (_, i) => i % 4 === 0 && i < 50);
    const fast = Array.from({ length: bakeTicks }, (_, i) => i < 50);
    expect([slow, fast].map((bake) => 'isSilent' in verdictOf({ bake, past: null }, threshold))).toEqual([false, true]);
  });
});

describe('the rhythm of a past', () => {
  const rhythm = (known: readonly boolean[]) =>
    dataRhythm({ startAt: 0, stepMs: pastStep, ticks: { kind: 'value', value: known.map((isKnown) => (isKnown ? 1 : null)) } }, forMs);

  test.for([
    { given: 'data in every tick', known: always, expected: { stepMs: pastStep, silentMs: 0, share: 1 } },
    {
      given: 'data in every third tick',
      known: always.map((_, i) => i % 3 === 0),
      expected: { stepMs: pastStep, silentMs: 3 * pastStep, share: 4 / 12 },
    },
    { given: 'no data', known: times(20, false), expected: null },
    { given: 'less than a bake', known: [true, false], expected: { stepMs: pastStep, silentMs: 2 * pastStep, share: 0.5 } },
  ])('of $given', ({ known, expected }) => expect(rhythm(known)).toEqual(expected));

  test('of no past is unknown', () => expect(dataRhythm(null, forMs)).toBeNull());
});
