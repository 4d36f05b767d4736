import { describe, expect, test } from 'vitest';
import type { CheckRule } from '../../src/core/rules/rule-set.ts';
import type { Labels } from '../../src/core/series/answer.ts';
import type { Inspection } from '../../src/core/series/inspection.ts';
import type { CheckFacts } from '../../src/usecases/check-facts.ts';
import { findingsOf } from '../../src/usecases/findings.ts';
import { aCheck, aCondition } from '../support/builders.ts';

const day = 86_400_000;
const series = (metric: string, ...values: readonly string[]): readonly Labels[] => values.map((code) => ({ __name__: metric, code }));

const inspection = (more: Partial<Inspection> = {}): Inspection => {
  const found = more.series ?? series('requests', '200', '500');
  return {
    isCut: false,
    now: found.length,
    selector: { metric: 'requests', conditions: [] },
    others: [],
    metrics: [],
    ...more,
    series: found,
  };
};
const nothing = (more: Partial<Inspection> = {}) => inspection({ series: [], ...more });
const coded = { metric: 'requests', conditions: [{ label: 'code', text: 'code="500"' }] };

function found(rule: Partial<CheckRule>, sources: Readonly<Record<string, Inspection | string>>, hasControl = false): readonly string[] {
  const facts: CheckFacts = {
    sources: Object.entries(sources).map(([name, one]) =>
      typeof one === 'string' ? { name, inspection: null, refusal: one } : { name, inspection: one, refusal: null },
    ),
    lookedMs: day,
    hasControl,
  };
  return findingsOf(aCheck(rule), facts).map(({ severity, source, message }) => `${severity} ${source}: ${message}`);
}

const latency: Partial<CheckRule> = {
  question: { kind: 'latency', buckets: { selector: 'seconds_bucket' } },
  failWhen: [aCondition('threshold', { slower_than: 300, for_more_than: 0.1 })],
};
const buckets = (...bounds: readonly string[]) => inspection({ series: bounds.map((le) => ({ __name__: 'seconds_bucket', le })) });

describe('the findings about a check', () => {
  test('are none where everything is there', () => {
    expect(found({}, { bad: inspection({ series: series('requests', '500'), selector: coded }), total: inspection() })).toEqual([]);
  });

  test.for<readonly [string, Partial<CheckRule>, Readonly<Record<string, Inspection | string>>, string]>([
    ['a query that is refused', {}, { bad: inspection(), total: 'parse error' }, 'error total: the server refuses `total`: parse error'],
    [
      'an error that never happened',
      {},
      { bad: nothing({ selector: { metric: 'requests', conditions: [{ label: 'code', text: 'code="503"' }] } }), total: inspection() },
      'warning bad: unproven: `bad` has matched no series in 1d, while `total` has; code is 200 or 500 there; write `never_seen: ok` if that is right',
    ],
    [
      'a label that does not exist',
      {},
      { bad: nothing({ selector: { metric: 'requests', conditions: [{ label: 'status', text: 'status="500"' }] } }), total: inspection() },
      'error bad: unproven: `bad` has matched no series in 1d, while `total` has; there is no label `status`; the labels are code; correct it, or write `never_seen: ok` if that is right',
    ],
    [
      'a metric that nearly exists',
      {},
      { bad: inspection(), total: nothing({ selector: { metric: 'request_total', conditions: [] }, metrics: ['requests_total', 'up'] }) },
      'error total: `total` matches no series, now or in the last 1d; there is no metric `request_total`; did you mean `requests_total`?',
    ],
    [
      'a metric that has stopped',
      {},
      { bad: inspection({ now: 0 }), total: inspection({ now: 0 }) },
      'warning total: `total` has stopped: 2 series in the last 1d, and none now',
    ],
    [
      'errors that are no part of all requests',
      {},
      { bad: inspection({ series: series('requests', '500'), selector: coded }), total: inspection({ series: series('requests', '200') }) },
      'error bad: `bad` is no part of `total`: requests{code="500"} is counted in `bad` only',
    ],
    [
      'a value of many series',
      { question: { kind: 'value', query: 'memory' } },
      { value: inspection({ selector: null, now: 97 }) },
      'error value: `value` returns 97 series, but needs one number: aggregate it, for example with sum(…) or max(…)',
    ],
    [
      'a bound that is no bucket bound',
      latency,
      { buckets: buckets('0.1', '0.5', '1', '+Inf') },
      'warning buckets: 300ms is no bucket bound: 500ms counts instead; the bounds are 100ms, 500ms and 1s',
    ],
    [
      'a bound that is no bucket bound of a histogram in milliseconds',
      { ...latency, unit: 'milliseconds' },
      { buckets: buckets('100', '500', '+Inf') },
      'warning buckets: 300ms is no bucket bound: 500ms counts instead; the bounds are 100ms and 500ms',
    ],
    [
      'a bound above all buckets',
      latency,
      { buckets: buckets('0.1', '+Inf') },
      'error buckets: no bucket bound is at or above 300ms: the bounds are 100ms',
    ],
  ])('%s', ([, rule, sources, finding]) => {
    expect(found(rule, sources)).toEqual([finding]);
  });

  test.for<readonly [string, Partial<CheckRule>, Readonly<Record<string, Inspection>>, boolean]>([
    [
      'an error that its owner expects never to have seen',
      { neverSeen: 'ok' },
      { bad: nothing({ selector: coded }), total: inspection() },
      false,
    ],
    ['a bound that is a bucket bound', latency, { buckets: buckets('0.3', '+Inf') }, false],
    [
      'one series of many in `bad` only, where the list of `total` is cut',
      {},
      { bad: inspection({ series: series('requests', '500') }), total: inspection({ series: series('requests', '200'), isCut: true }) },
      false,
    ],
    [
      'errors of another metric',
      {},
      { bad: inspection({ selector: { metric: 'errors', conditions: [] }, series: series('errors', '1') }), total: inspection() },
      false,
    ],
  ])('%s is no finding', ([, rule, sources, hasControl]) => {
    expect(found(rule, sources, hasControl)).toEqual([]);
  });

  test('several series of a value are only a warning where the matchers of a control may leave one', () => {
    const value: Partial<CheckRule> = { question: { kind: 'value', query: 'memory{$matchers}' } };
    expect(found(value, { value: inspection({ selector: null, now: 2 }) }, true)).toEqual([expect.stringMatching(/^warning value/)]);
  });
});
