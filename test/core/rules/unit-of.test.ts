import { describe, expect, test } from 'vitest';
import { guessEventUnit, guessNoun, guessUnit } from '../../../src/core/rules/guess-unit.ts';
import type { CheckRule } from '../../../src/core/rules/rule-set.ts';
import { unitOf } from '../../../src/core/rules/unit-of.ts';

describe('the unit of the number that a query returns', () => {
  test.for([
    ['process_resident_memory_bytes', 'bytes'],
    ['max(process_resident_memory_bytes{service="shop", pod=~"a|b"})', 'bytes'],
    ['sum by (pod) (container_memory_working_set_bytes{pod=~"{{service}}.*"})', 'bytes'],
    ['go_gc_duration_seconds{quantile="1"}', 'seconds'],
    ['histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))', 'seconds'],
    ['rate(x_duration_seconds_sum[5m]) / rate(x_duration_seconds_count[5m])', 'seconds'],
    ['queue_wait_milliseconds', 'milliseconds'],
    ['cache_hit_ratio', 'share'],
    ['disk_used_percent', '%'],
    ['node_hwmon_temp_celsius', 'celsius'],
    ['rate(node_network_receive_bytes_total[1m])', 'bytes/second'],
    ['a_bytes - b_bytes', 'bytes'],
    // CPU seconds in each second are a number of cores.
    ['rate(process_cpu_seconds_total[1m])', ''],
    ['avg(process_resident_memory_bytes) / 1e6', ''],
    ['a_bytes / b_bytes', ''],
    ['a_bytes + b_seconds', ''],
    ['count(process_resident_memory_bytes)', ''],
    ['count by (job) (process_resident_memory_bytes)', ''],
    ['a_bytes > bool 5', ''],
    ['job_last_duration_seconds offset 5m', 'seconds'],
    // An instant is no duration.
    ['process_start_time_seconds', ''],
    ['backup_last_success_timestamp_seconds', ''],
    ['queue_length', ''],
    ['1 + 1', ''],
    ['', ''],
  ] as const)('%s: "%s"', ([query, unit]) => {
    expect(guessUnit(query)).toBe(unit);
  });
});

describe('what a counter counts', () => {
  test.for([
    ['http_requests_total{service="shop"}', 'requests'],
    ['http_server_request_duration_seconds_count', 'requests'],
    ['sum(increase(shop_orders_created_total[1m]))', 'orders'],
    ['checkout_orders_total', 'orders'],
    ['nginx_ingress_controller_success', ''],
    ['grpc_status_total', ''],
    ['process_cpu_seconds_total', ''],
    ['a_orders_total + b_logins_total', ''],
  ] as const)('%s: "%s"', ([query, noun]) => {
    expect(guessNoun(query)).toBe(noun);
  });

  test('a counter of bytes or seconds counts these', () => {
    expect(['sent_bytes_total', 'process_cpu_seconds_total', 'shop_orders_total'].map(guessEventUnit)).toEqual([
      'bytes',
      'seconds',
      'orders',
    ]);
  });
});

describe('the unit of a check', () => {
  const selector = (text: string) => ({ selector: text });
  const cases: readonly (readonly [Pick<CheckRule, 'question' | 'unit'>, ReturnType<typeof unitOf>])[] = [
    [
      { question: { kind: 'ratio', bad: selector('http_requests_total{code="500"}'), total: selector('http_requests_total') } },
      { value: 'share', samples: 'requests', bound: 'seconds' },
    ],
    [
      { question: { kind: 'ratio', bad: selector('x'), total: selector('y') }, unit: 'orders' },
      { value: 'share', samples: 'orders', bound: 'seconds' },
    ],
    [
      { question: { kind: 'latency', buckets: selector('rpc_milliseconds_bucket') } },
      { value: 'share', samples: 'requests', bound: 'milliseconds' },
    ],
    [
      { question: { kind: 'latency', buckets: selector('x_bucket') }, unit: 'jobs' },
      { value: 'share', samples: 'jobs', bound: 'seconds' },
    ],
    [
      { question: { kind: 'latency', buckets: selector('x_bucket') }, unit: 'bytes' },
      { value: 'share', samples: 'requests', bound: 'bytes' },
    ],
    [{ question: { kind: 'rate', count: selector('shop_orders_total') } }, { value: 'orders', samples: 'readings', bound: '' }],
    [{ question: { kind: 'rate', count: selector('shop_x') } }, { value: 'events', samples: 'readings', bound: '' }],
    [{ question: { kind: 'value', query: 'mem_bytes' } }, { value: 'bytes', samples: 'readings', bound: '' }],
    [
      { question: { kind: 'value', query: 'mem_bytes' }, unit: 'ms' },
      { value: 'milliseconds', samples: 'readings', bound: '' },
    ],
    [
      { question: { kind: 'value', query: 'x' }, unit: 'B/second' },
      { value: 'bytes/second', samples: 'readings', bound: '' },
    ],
  ];
  test.for(cases)('%j', ([rule, unit]) => {
    expect(unitOf(rule)).toEqual(unit);
  });
});
