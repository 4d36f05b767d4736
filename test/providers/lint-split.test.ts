import { expect, test } from 'vitest';
import { lintSplit } from '../../providers/prometheus/lint-split.ts';

test.for([
  ['http_requests_total{job="shop"}', null],
  ['http_requests_total{endpoint!="/health"}', null],
  ['http_requests_total{http_endpoint="/a"}', null],
  ['sum by (job, endpoint) (rate(a[1m]))', null],
  ['sum(rate(a[1m])) by (endpoint)', null],
  ['max without (instance) (a)', null],
  ['sum(a)', 'sum removes the label endpoint'],
  ['max by (job) (a)', 'max removes the label endpoint'],
  ['avg(a) by (job)', 'avg removes the label endpoint'],
  ['sum without (endpoint) (a)', 'sum removes the label endpoint'],
  ['a{job="x", endpoint="/pay"}', 'the query fixes endpoint to one value, "/pay"'],
] as const)('%s', ([text, message]) => {
  expect(lintSplit(text, 'endpoint')?.message ?? null).toBe(message);
});
