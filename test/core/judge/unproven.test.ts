import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/core/judge/judge.ts';
import { describeUnmatched } from '../../../src/core/judge/source-sightings.ts';
import { withUnproven } from '../../../src/core/judge/unproven.ts';
import type { Verdict } from '../../../src/core/judge/verdict.ts';
import type { Labels } from '../../../src/core/series/answer.ts';
import type { Inspection } from '../../../src/core/series/inspection.ts';
import { aCheck } from '../../support/builders.ts';
import { tallyOf } from '../../support/tally-of.ts';

const inspection = (metric: string, texts: readonly string[], series: readonly Labels[], others: readonly Labels[] = []): Inspection => ({
  series,
  isCut: false,
  now: series.length,
  selector: { metric, conditions: texts.map((text) => ({ label: text.split('=')[0] ?? '', text })) },
  others,
  metrics: [],
});
const classes = ['2xx', '4xx', '5xx'].map((status_class) => ({ __name__: 'responses', job: 'shop', endpoint: '/', status_class }));
const total = inspection('responses', ['job="shop"'], classes);
const week = 7 * 86_400_000;
const sentence = (own: Inspection | null, siblings: Inspection | null = total) =>
  describeUnmatched({ source: 'bad', sibling: 'total', lookedMs: week, own, siblings });

describe('the sentence about a selector that has never matched', () => {
  test('names the labels that exist where it asks for one that does not', () => {
    expect(sentence(inspection('responses', ['job="shop"', 'status="500"'], []))).toBe(
      '`bad` has matched no series in 7d, while `total` has; there is no label `status`; the labels are endpoint and status_class; correct it, or write `never_seen: ok` if that is right',
    );
  });

  test('calls a label no mistake where only the first of many series are known', () => {
    expect(sentence(inspection('responses', ['job="shop"', 'status="500"'], []), { ...total, isCut: true })).toBe(
      '`bad` has matched no series in 7d, while `total` has; there is no label `status` in the first 3 series; the labels are endpoint and status_class; write `never_seen: ok` if that is right',
    );
  });

  test('names the values that exist, and how to confirm that none matched yet', () => {
    expect(sentence(inspection('responses', ['job="shop"', 'status_class="500"'], []))).toBe(
      '`bad` has matched no series in 7d, while `total` has; status_class is 2xx, 4xx or 5xx there; write `never_seen: ok` if that is right',
    );
  });

  test('names a metric that does not exist', () => {
    expect(sentence(inspection('errors', [], []))).toContain('there is no metric `errors`; write `never_seen: ok`');
  });

  test('names the values under which another metric exists', () => {
    expect(sentence(inspection('errors', ['job="shop"'], [], [{ job: 'cart' }]))).toContain('job is cart there');
  });

  test('stays short where there are many values', () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ code: String(200 + i) }));
    expect(sentence(inspection('responses', ['code="500"'], []), inspection('responses', [], many))).toContain('206, 207 … there');
  });

  test('says what it knows where the provider cannot tell more', () => {
    expect(sentence(null, null)).toBe('`bad` has matched no series in 7d, while `total` has; write `never_seen: ok` if that is right');
  });
});

describe('an unproven check', () => {
  const unmatched = [
    { source: 'bad', isMatched: false, text: '`bad` has matched no series' },
    { source: 'total', isMatched: true, text: '' },
  ];
  const quietTicks = { kind: 'ratio', bad: [0, 0, null], total: [100, 100, null] } as const;
  const quiet = tallyOf(quietTicks);
  const pass: Verdict = { outcome: 'pass', reason: '0 %' };

  test.for<readonly [string, Verdict, boolean]>([
    ['passes', pass, true],
    ['is inconclusive', { outcome: 'inconclusive', reason: 'few' }, true],
    ['fails', { outcome: 'fail', reason: '50 %' }, false],
  ])('that %s: is it marked?', ([, verdict, isMarked]) => {
    expect('unproven' in withUnproven(verdict, aCheck(), quiet, unmatched)).toBe(isMarked);
  });

  test('is proven by one event in the bake', () => {
    expect(withUnproven(pass, aCheck(), tallyOf({ ...quietTicks, bad: [0, 1, null] }), unmatched)).toEqual(pass);
  });

  test('is not marked where its owner confirms it', () => {
    expect(withUnproven(pass, aCheck({ neverSeen: 'ok' }), quiet, unmatched)).toEqual(pass);
  });

  test('leaves a healthy judgement with low confidence, and the sentence before the reasons; an advisory one does not', () => {
    const result = withUnproven(pass, aCheck(), quiet, unmatched);
    const judged = judge([{ name: 'errors', critical: true, result }]);
    expect(judged).toEqual({
      kind: 'healthy',
      confidence: 'low',
      reasons: ['Errors: unproven: `bad` has matched no series', 'Errors: 0 %'],
    });
    const shown = [
      { name: 'speed', critical: true, result: pass },
      { name: 'errors', critical: false, result },
    ];
    expect(judge(shown)).toMatchObject({ kind: 'healthy', confidence: 'full' });
  });
});
