import { expect, test } from 'vitest';
import { latencyBounds } from '../../../src/core/rules/latency-bounds.ts';
import type { CheckRule } from '../../../src/core/rules/rule-set.ts';
import { boundInMs, inUnitOfBounds } from '../../../src/core/series/check-unit.ts';
import { aCheck, aCondition } from '../../support/builders.ts';

const latency = (metric: string, more: Partial<CheckRule> = {}) =>
  latencyBounds(
    aCheck({
      question: { kind: 'latency', buckets: { selector: metric } },
      failWhen: [aCondition('threshold', { slower_than: 300, for_more_than: 0.1 })],
      ...more,
    }),
  );

test.for([
  ['a_seconds_bucket', undefined, 0.3],
  ['a_milliseconds_bucket', undefined, 300],
  ['{"a.duration_ms", job="shop"}', undefined, 300],
  ['{"http.server.request.duration"}', undefined, 0.3],
  ['{"http.server.request.duration"}', 'milliseconds', 300],
  ['a_seconds_bucket', 'orders', 0.3],
  ['a_us_bucket', 'microseconds', 300_000],
] as const)('a limit of 300 ms of %s with the unit %s is %s', ([metric, unit, bound]) => {
  expect(latency(metric, { unit })).toEqual([bound]);
});

test('a condition that does not say what is slow needs bounds to choose from', () => {
  const bounds = latency('a_seconds', { failWhen: [aCondition('threshold', { slower_than: 300 }), aCondition('regression', {})] });
  expect(bounds).toContain(0.3);
  expect([bounds[0], bounds.at(-1), bounds.length]).toEqual([0.0078125, 16, 13]);
});

test('a bound and its duration are the same in every unit', () => {
  for (const bound of ['', 'seconds', 'milliseconds', 'microseconds', 'nanoseconds'])
    for (const ms of [1, 5, 300, 1_500]) expect(boundInMs(inUnitOfBounds(ms, { bound }), { bound })).toBe(ms);
});
