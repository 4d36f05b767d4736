import { Counter, Histogram, type Registry } from 'prom-client';
import type { Meter } from '../core/base/meter.ts';

/** A long poll takes up to a minute. */
const answerSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts and times the answers of the HTTP server, by the pattern of the route. */
export function createHttpMeter(registry: Registry): Pick<Meter, 'requestAnswered'> {
  const registers = [registry];
  const requests = new Counter({
    name: 'bakewatch_http_requests_total',
    help: 'Answers of the HTTP server, by the pattern of the route; unknown: no route has the path.',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'bakewatch_http_request_duration_seconds',
    help: 'Duration of requests to the HTTP server.',
    labelNames: ['route', 'method'],
    buckets: answerSeconds,
    registers,
  });
  return {
    requestAnswered({ route, method, status }, seconds) {
      requests.inc({ route, method, status });
      durations.observe({ route, method }, seconds);
    },
  };
}
