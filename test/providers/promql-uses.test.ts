import { expect, test } from 'vitest';
import { usesIn } from '../../providers/prometheus/uses.ts';

test.for([
  ['x_total', [['x_total', 'as_it_is']]],
  [
    'sum by (job) (x{a="b"}) / max(y)',
    [
      ['x', 'as_it_is'],
      ['y', 'as_it_is'],
    ],
  ],
  ['{"a.b", c="d"}', [['a.b', 'as_it_is']]],
  ['histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))', [['x_bucket', 'increase']]],
  ['increase(x[5m:1m]) + irate(x[1m])', [['x', 'increase']]],
  ['avg_over_time(x[5m])', []],
  ['absent(x) or count(y) or count by (a) (z)', []],
  ['started_total - finished_total', []],
  ['{__name__=~"x"}', []],
  ['sum(', []],
] as const)('%s uses %j', ([query, uses]) => {
  expect(usesIn(query).map(({ metric, use }) => [metric, use])).toEqual(uses);
});
