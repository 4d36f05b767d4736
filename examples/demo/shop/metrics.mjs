// What a service has to say to Prometheus so that its deploys can be watched: requests by status code, and how long they took.
// A real service takes a client library for this; the text is written out here to show how little it is.

const bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Counts requests and tells them in Prometheus' text format. Everything starts at zero with the process, as in any service. */
export function createMetrics(version) {
  const startedAt = Date.now() / 1000;
  const requests = new Map();
  const durations = new Map();

  return {
    observe({ method, path, code, seconds }) {
      const key = `code="${code}",method="${method}",path="${path}"`;
      requests.set(key, (requests.get(key) ?? 0) + 1);
      const timing = durations.get(path) ?? { buckets: bounds.map(() => 0), count: 0, sum: 0 };
      durations.set(path, timing);
      for (const [i, bound] of bounds.entries()) if (seconds <= bound) timing.buckets[i] += 1;
      timing.count += 1;
      timing.sum += seconds;
    },
    text() {
      return [
        '# TYPE process_start_time_seconds gauge',
        `process_start_time_seconds ${startedAt}`,
        '# TYPE build_info gauge',
        `build_info{version="${version}"} 1`,
        '# TYPE http_requests_total counter',
        ...[...requests].map(([labels, count]) => `http_requests_total{${labels}} ${count}`),
        '# TYPE http_request_duration_seconds histogram',
        ...[...durations].flatMap(([path, timing]) => histogram(path, timing)),
        '',
      ].join('\n');
    },
  };
}

function histogram(path, { buckets, count, sum }) {
  const name = 'http_request_duration_seconds';
  return [
    ...bounds.map((bound, i) => `${name}_bucket{path="${path}",le="${bound}"} ${buckets[i]}`),
    `${name}_bucket{path="${path}",le="+Inf"} ${count}`,
    `${name}_sum{path="${path}"} ${sum}`,
    `${name}_count{path="${path}"} ${count}`,
  ];
}
