import { createRandom, poisson, type Random, thin } from '../../src/core/backtest/random.ts';
import { stale, type WrittenSeries } from '../support/remote-write.ts';
import { type Conditions, calm, newParcel, type ParcelState, restartParcel, scrapeParcel } from './parcel.ts';

/** The instant at which the deploy of every story is registered: a Monday morning. */
export const deployedAt = Date.UTC(2025, 5, 2, 10, 0, 0);
/** The new release starts this long before: a rollout takes its time. */
export const rolloutMs = 15_000;

/** What is wrong at an instant: with the parcel service, and with the neighbour and the dependency (the share of requests that fail). */
export type Weather = { readonly parcel: Conditions; readonly stamps: number; readonly postal: number };

export const fairWeather: Weather = { parcel: calm, stamps: 0, postal: 0 };

/** The parcel service with its instances, the neighbour `stamps`, and `postal`, on which both depend. Plain data. */
export type TownState = {
  parcel: ParcelState[];
  others: Record<'stamps' | 'postal', Record<string, number>>;
  isDown: boolean;
};

/** How busy the parcel service is: requests per second, of all instances together. */
export type TownSize = { readonly instances: number; readonly perSecond: number; readonly endpoints?: number };

export const busy: TownSize = { instances: 2, perSecond: 40 };
export const sleepy: TownSize = { instances: 1, perSecond: 1 / 60 };

const othersPerSecond = 15;
const healthyShare = { stamps: 0.004, postal: 0.002 };

/** One scrape of everything: each series with its labels, and its value. */
export type Scrape = { readonly at: number; readonly values: ReadonlyMap<string, number | typeof stale> };

/** Lets time pass until the next scrape, and makes it. */
export function scrapeTown(state: TownState, moment: { at: number; ms: number; size: TownSize; weather: Weather }, random: Random): Scrape {
  const { at, ms, size, weather } = moment;
  const values = new Map<string, number | typeof stale>();
  const perSecond = size.perSecond / size.instances;
  const isDown = weather.parcel.isSilent;
  for (const [i, instance] of state.parcel.entries()) {
    const target = `job="parcel",instance="10.0.0.${i + 1}:8080"`;
    values.set(labeled('up', target), isDown ? 0 : 1);
    const scraped = scrapeParcel(instance, { at, ms, perSecond, conditions: weather.parcel, endpoints: size.endpoints }, random);
    // The first scrape that fails ends the series.
    for (const [series, value] of scraped) if (!isDown || !state.isDown) values.set(labeled(series, target), isDown ? stale : value);
  }
  state.isDown = isDown;
  for (const name of ['stamps', 'postal'] as const) {
    const counters = state.others[name];
    const requests = poisson((othersPerSecond * ms) / 1_000, random);
    const bad = thin(requests, Math.max(healthyShare[name], weather[name]), random);
    const target = `job="${name}",instance="10.0.1.${name === 'stamps' ? 1 : 2}:8080"`;
    values.set(labeled('up', target), 1);
    for (const [statusClass, events] of [
      ['2xx', requests - bad],
      ['5xx', bad],
    ] as const) {
      const series = `${name}_http_responses_total{status_class="${statusClass}"}`;
      counters[series] = (counters[series] ?? 0) + events;
      values.set(labeled(series, target), counters[series]);
    }
  }
  return { at, values };
}

/** A new release starts on all instances. */
export function restartAll(state: TownState, at: number): void {
  for (const instance of state.parcel) restartParcel(instance, at);
}

/** A past in which nothing was wrong, and the state at its end. */
export type TownPast = { readonly scrapes: readonly Scrape[]; readonly state: TownState };

export const scrapeMs = 15_000;
/** Scrapes are not at the ends of ticks. */
const phaseMs = 7_000;
const hourMs = 3_600_000;

/** `oldMs`: between two scrapes before the last hour. Such a past is read in ticks of 135 s, a multiple of the default. */
export type PastOptions = {
  readonly days: number;
  readonly size: TownSize;
  readonly seed: number;
  readonly endAt?: number;
  readonly oldMs?: number;
};

export function simulatePast({ days, size, seed, endAt = deployedAt - rolloutMs, oldMs = 3 * scrapeMs }: PastOptions): TownPast {
  const random = createRandom(seed);
  const from = endAt - days * 24 * hourMs;
  const state: TownState = {
    parcel: Array.from({ length: size.instances }, () => newParcel(from - hourMs)),
    others: { stamps: {}, postal: {} },
    isDown: false,
  };
  const scrapes: Scrape[] = [];
  for (let at = from + phaseMs, ms = scrapeMs; at <= endAt; at += ms) {
    scrapes.push(scrapeTown(state, { at, ms, size, weather: fairWeather }, random));
    ms = at < endAt - hourMs ? oldMs : scrapeMs;
  }
  return { scrapes, state };
}

/** Scrapes in the text format of OpenMetrics, metric by metric. */
export function* toOpenMetrics(scrapes: readonly Scrape[]): Generator<string> {
  const lines = new Map<string, string[]>();
  for (const { at, values } of scrapes) {
    for (const [series, value] of values) {
      const list = lines.get(series) ?? [];
      list.push(`${series} ${value} ${at / 1_000}\n`);
      lines.set(series, list);
    }
  }
  const names = new Set([...lines.keys()].map((series) => series.slice(0, series.indexOf('{'))));
  for (const name of names) {
    // Buckets as plain gauges: a histogram's type would ask for sums and counts as well, and the server stores the same series.
    const isCounter = name.endsWith('_total');
    yield `# TYPE ${isCounter ? name.slice(0, -'_total'.length) : name} ${isCounter ? 'counter' : 'gauge'}\n`;
    for (const [series, own] of lines) if (series.startsWith(`${name}{`)) yield own.join('');
  }
  yield '# EOF\n';
}

/** Scrapes as remote writes. */
export function toWrittenSeries(scrapes: readonly Scrape[]): readonly WrittenSeries[] {
  const series = new Map<string, [number, number | typeof stale][]>();
  for (const { at, values } of scrapes) {
    for (const [name, value] of values) series.set(name, [...(series.get(name) ?? []), [at, value]]);
  }
  return [...series].map(([name, samples]) => ({ labels: toLabels(name), samples }));
}

function labeled(series: string, target: string): string {
  const at = series.indexOf('{');
  return at < 0 ? `${series}{${target}}` : `${series.slice(0, at)}{${target},${series.slice(at + 1)}`;
}

function toLabels(series: string): Record<string, string> {
  const at = series.indexOf('{');
  const pairs = [...series.slice(at).matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value] as const);
  return { ...Object.fromEntries(pairs), __name__: series.slice(0, at) };
}
