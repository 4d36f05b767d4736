import { createRandom, poisson, type Random, thin } from '../../src/core/backtest/random.ts';

export type PastOptions = {
  /** The newest scrape (epoch milliseconds), and how long and how often it was scraped. */
  readonly endAt: number;
  readonly forMs: number;
  readonly everyMs: number;
  /** Requests a second at noon. */
  readonly perSecond: number;
  /** The share of errors at an instant. */
  readonly errorShare?: (at: number) => number;
};

const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5];
const dayMs = 86_400_000;

/** A shop's past as its scrapes would have told it, in OpenMetrics: requests by code, their durations, orders, and a queue that sways. */
export function* shopPast(options: PastOptions): Generator<string> {
  const scrapes = scrapesOf(options);
  const lines = (name: string, labels: string, read: (scrape: Scrape) => number) =>
    scrapes.map((scrape) => `${name}{job="shop",instance="a:80"${labels}} ${read(scrape)} ${scrape.at / 1000}\n`).join('');
  yield '# TYPE http_requests counter\n';
  yield lines('http_requests_total', ',code="200"', ({ good }) => good);
  yield lines('http_requests_total', ',code="500"', ({ bad }) => bad);
  // Buckets as plain gauges: a histogram's type would ask for sums and counts as well, and the server stores the same series.
  yield '# TYPE http_request_duration_seconds_bucket gauge\n';
  for (const [i, le] of [...bounds, '+Inf'].entries())
    yield lines('http_request_duration_seconds_bucket', `,le="${le}"`, ({ within }) => within[i] ?? 0);
  yield '# TYPE orders counter\n';
  yield lines('orders_total', '', ({ orders }) => orders);
  yield '# TYPE queue_length gauge\n';
  yield lines('queue_length', '', ({ queue }) => queue);
  yield '# EOF\n';
}

type Scrape = {
  readonly at: number;
  readonly good: number;
  readonly bad: number;
  readonly orders: number;
  readonly queue: number;
  readonly within: readonly number[];
};

function scrapesOf({ endAt, forMs, everyMs, perSecond, errorShare = () => 0.004 }: PastOptions): readonly Scrape[] {
  const random = createRandom(7);
  const scrapes: Scrape[] = [];
  let [good, bad, orders, queue] = [0, 0, 0, 20];
  const within = [...bounds, Infinity].map(() => 0);
  for (let at = endAt - forMs; at <= endAt; at += everyMs) {
    const season = 0.6 + 0.4 * Math.cos(((2 * Math.PI) / dayMs) * (at - dayMs / 2));
    const requests = poisson((perSecond * season * everyMs) / 1000, random);
    const errors = thin(requests, errorShare(at), random);
    [good, bad] = [good + requests - errors, bad + errors];
    orders += thin(requests, 0.02, random);
    queue = Math.max(0, queue + 0.2 * (20 - queue) + 6 * (random() - 0.5));
    for (const [i, count] of durations(requests, random).entries()) within[i] = (within[i] ?? 0) + count;
    scrapes.push({ at, good, bad, orders, queue: Number(queue.toFixed(2)), within: [...within] });
  }
  return scrapes;
}

/** How many of so many requests took no longer than each bound: every 0.05 s, four of ten of those still under way end. */
function durations(requests: number, random: Random): readonly number[] {
  let [left, before] = [requests, 0];
  return [...bounds, Infinity].map((le) => {
    left -= thin(left, le === Infinity ? 1 : 1 - 0.6 ** ((le - before) / 0.05), random);
    before = le;
    return requests - left;
  });
}
