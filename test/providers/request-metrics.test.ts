import { expect, test } from 'vitest';
import { environmentLabelOf, failedRequests, requestMetricsOf, serviceLabelOf } from '../../providers/prometheus/request-metrics.ts';
import { exporters } from '../support/exporters.ts';

test('metrics of requests are known by their names; those of infrastructure and of clients are none', () => {
  const known = requestMetricsOf(exporters.map(({ name }) => name)).map(({ name }) => name);
  expect(known).toContain('http_requests_total');
  for (const name of [
    'prometheus_http_requests_total',
    'apiserver_request_total',
    'rest_client_requests_total',
    'up',
    'node_cpu_seconds_total',
  ])
    expect(known).not.toContain(name);
  expect(known).not.toContain('http_client_request_duration_seconds_count');
  expect(known).not.toContain('http_server_requests_seconds_sum');
});

test("a service's own metric comes before the one of a proxy", () => {
  const names = ['traefik_service_requests_total', 'http_requests_total', 'http_server_request_duration_seconds_count'];
  expect(requestMetricsOf(names).map(({ name }) => name)).toEqual(names.toReversed());
});

test.each([
  [[{ job: 'a' }, { job: 'b' }], 'job'],
  [[{ job: 'a', app: 'x' }, { job: 'b' }], 'job'],
  [
    [
      { job: 'a', app: 'x' },
      { job: 'a', app: 'y' },
    ],
    'app',
  ],
  [[{ job: 'a', service_name: '' }], 'job'],
  [[{ instance: 'a' }], null],
  [[], null],
])('%j name their service by %s', (series, label) => {
  expect(serviceLabelOf(series)).toBe(label);
});

test('an environment is a label that all series have', () => {
  expect(environmentLabelOf([{ env: 'live' }, { env: 'test' }])).toBe('env');
  expect(environmentLabelOf([{ env: 'live' }, {}])).toBeNull();
});

test.each([
  [[{ status: '200' }, { status: '404' }], 'status=~"5.."'],
  [[{ code: '2xx' }], 'code=~"5.."'],
  [[{ code: 'OK' }], null],
  [[{ status: 'ok', http_response_status_code: '200' }], 'http_response_status_code=~"5.."'],
  [[{ envoy_response_code_class: '2' }], 'envoy_response_code_class="5"'],
  [[{ classification: 'success' }], 'classification="failure"'],
  [[{ grpc_code: 'OK' }], 'grpc_code=~"Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"'],
  [[{ path: '/' }], null],
])('the failed requests of %j are those with %s', (series, condition) => {
  expect(failedRequests(series)).toBe(condition);
});
