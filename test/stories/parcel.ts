import { poisson, type Random, thin } from '../../src/core/backtest/random.ts';

/** What a release, or the world around it, does to the parcel service. */
export type Conditions = {
  /** The share of requests that fail in addition, by endpoint. */
  readonly failing: (endpoint: string) => number;
  /** Every request takes this many times as long. */
  readonly slowness: number;
  readonly leakedBytesPerSecond: number;
  readonly traffic: number;
  readonly orders: number;
  /** No scrape succeeds. */
  readonly isSilent: boolean;
};

export const calm: Conditions = { failing: () => 0, slowness: 1, leakedBytesPerSecond: 0, traffic: 1, orders: 1, isSilent: false };

/** The counters and gauges of the service, by series (metric and labels, as in the text format). Plain data: a story goes on with a copy. */
export type ParcelState = {
  startedAt: number;
  leaked: number;
  /** Slow random walks of the error share and of the latency, which make the past vary. */
  errorDrift: number;
  latencyDrift: number;
  counters: Record<string, number>;
};

export const newParcel = (startedAt: number): ParcelState => ({ startedAt, leaked: 0, errorDrift: 0, latencyDrift: 0, counters: {} });

const endpoints: readonly (readonly [name: string, share: number])[] = [
  ['/parcels', 0.55],
  ['/track', 0.3],
  ['/quotes', 0.1],
  ['/labels', 0.05],
];
const bounds = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, Infinity];
const dayMs = 86_400_000;
const errorShare = 0.005;
const orderShare = 0.04;

/** How long was passed since the last scrape, and what happens in this time. `endpoints`: how many there are, with equal traffic; missing: four. */
export type Moment = {
  readonly at: number;
  readonly ms: number;
  readonly perSecond: number;
  readonly conditions: Conditions;
  readonly endpoints?: number | undefined;
};

/** Lets time pass, and returns every series of one scrape with its value. */
export function scrapeParcel(state: ParcelState, moment: Moment, random: Random): ReadonlyMap<string, number> {
  const { at, ms, perSecond, conditions } = moment;
  state.errorDrift = walk(state.errorDrift, ms, random);
  state.latencyDrift = walk(state.latencyDrift, ms, random);
  state.leaked += (conditions.leakedBytesPerSecond * ms) / 1_000;
  const requests = poisson((perSecond * seasonAt(at) * conditions.traffic * ms) / 1_000, random);
  serve(state, { ...moment, requests }, random);
  count(state, 'parcel_orders_total', thin(requests, orderShare * conditions.orders, random));
  return new Map([
    ...Object.entries(state.counters),
    ['parcel_memory_bytes', Math.round(180_000_000 + 12_000_000 * random() + state.leaked)],
    ['process_start_time_seconds', state.startedAt / 1_000],
  ]);
}

/** Restarts the process: counters begin again, and what leaked is free. */
export function restartParcel(state: ParcelState, at: number): void {
  for (const name of Object.keys(state.counters)) delete state.counters[name];
  state.startedAt = at;
  state.leaked = 0;
}

type Requests = Pick<Moment, 'conditions' | 'endpoints'> & { readonly requests: number };

function serve(state: ParcelState, { requests, conditions, endpoints: number }: Requests, random: Random): void {
  let [left, leftShare] = [requests, 1];
  const list = number === undefined ? endpoints : Array.from({ length: number }, (_, i) => [`/e${i}`, 1 / number] as const);
  for (const [endpoint, share] of list) {
    const served = thin(left, share / leftShare, random);
    [left, leftShare] = [left - served, leftShare - share];
    const extra = conditions.failing(endpoint);
    const bad = thin(served, errorShare * Math.exp(0.1 * state.errorDrift) * (1 - extra) + extra, random);
    const refused = thin(served - bad, 0.03, random);
    // As with real libraries, a series begins with its first event.
    for (const [statusClass, events] of [
      ['2xx', served - bad - refused],
      ['4xx', refused],
      ['5xx', bad],
    ] as const)
      if (events > 0) count(state, `parcel_http_responses_total{endpoint="${endpoint}",status_class="${statusClass}"}`, events);
  }
  const scale = conditions.slowness * Math.exp(0.01 * state.latencyDrift);
  let [slower, before] = [requests, 0];
  for (const le of bounds) {
    const within = cumulative(le / scale);
    slower -= thin(slower, before === 1 ? 1 : (within - before) / (1 - before), random);
    before = within;
    count(state, `parcel_http_duration_seconds_bucket{le="${le === Infinity ? '+Inf' : le}"}`, requests - slower);
  }
}

function count({ counters }: ParcelState, series: string, events: number): void {
  counters[series] = (counters[series] ?? 0) + events;
}

/** The share of requests within a duration: log-normal, half of them within 70 ms. */
function cumulative(seconds: number): number {
  if (seconds === Infinity) return 1;
  const z = Math.log(seconds / 0.07) / 0.7;
  // Abramowitz and Stegun 26.2.18: right to within 0.00025.
  const tail = 0.5 * (1 + Math.abs(z) * (0.196854 + Math.abs(z) * (0.115194 + Math.abs(z) * (0.000344 + Math.abs(z) * 0.019527)))) ** -4;
  return z > 0 ? 1 - tail : tail;
}

/** More at noon than at midnight. */
function seasonAt(at: number): number {
  return 0.8 + 0.2 * Math.cos(((2 * Math.PI) / dayMs) * (at - dayMs / 2));
}

/** A random walk that is pulled back to 0: its standard deviation is about 1, and it forgets within some minutes. */
function walk(value: number, ms: number, random: Random): number {
  const kept = Math.exp(-ms / 300_000);
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return kept * value + Math.sqrt(1 - kept ** 2) * normal;
}
