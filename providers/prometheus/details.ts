import { ProviderError } from '../../src/core/base/errors.ts';
import type { InspectionDetails, MetricUse } from '../../src/core/series/inspection.ts';
import type { PrometheusApi } from './api.ts';
import { countsOf } from './native.ts';
import { formatSelector, type Selector } from './selector.ts';
import { usesIn } from './uses.ts';

/** The maximum number of metrics whose types are looked up. */
const maxMetrics = 4;

type SelectorAt = { readonly selector: Selector; readonly at: number };

/** Looks closely at a selector: the type of its metric, and what it did in the last hour. `unknown` lists what the server cannot say. */
export async function selectorDetails(api: PrometheusApi, asked: SelectorAt, signal: AbortSignal): Promise<InspectionDetails> {
  const { metric } = asked.selector;
  const [moves, found] = await Promise.all([movesOf(api, asked, signal), typesOf(api, [metric], signal)]);
  const uses: readonly MetricUse[] = [{ metric, use: 'counted', type: found.types.get(metric) ?? null }];
  return { ...moves, uses, unknown: [...moves.unknown, ...found.unknown] };
}

/** Looks closely at a query: the types of its metrics. */
export async function queryDetails(api: PrometheusApi, query: string, signal: AbortSignal): Promise<InspectionDetails> {
  const used = usesIn(query).slice(0, maxMetrics);
  const { types, unknown } = await typesOf(api, [...new Set(used.map(({ metric }) => metric))], signal);
  const uses = used.map((one): MetricUse => ({ ...one, type: types.get(one.metric) ?? null }));
  return { uses, events: null, falls: null, changes: null, hasRecent: null, unknown };
}

const moves = {
  events: (range: string) => `sum(increase(${range}))`,
  falls: (range: string) => `sum(resets(${range}))`,
  changes: (range: string) => `sum(changes(${range}))`,
  recent: (range: string) => `count(last_over_time(${range}))`,
};

/** What the series of a selector did in the last hour, in one query. The `+Inf` buckets of a histogram count all of its events. */
async function movesOf(api: PrometheusApi, { selector, at }: SelectorAt, signal: AbortSignal): Promise<Omit<InspectionDetails, 'uses'>> {
  const isBuckets = selector.metric.endsWith('_bucket') && !selector.matchers.some(({ label }) => label === 'le');
  const all = isBuckets ? [...selector.matchers, { label: 'le', op: '=', literal: '"+Inf"' } as const] : selector.matchers;
  const range = `${formatSelector({ ...selector, matchers: all })}[1h]`;
  const parts = Object.entries(moves).map(([kind, query]) => `label_replace(${query(range)}, "kind", "${kind}", "", "")`);
  const { value, unknown } = await attempt(api.instant(parts.join(' or '), at, signal), 'what the metric did in the last hour');
  const numbers = new Map((value ?? []).map((one) => [one.metric.kind, countsOf(one)[0]?.[1]]));
  const numberOf = (kind: keyof typeof moves) => numbers.get(kind) ?? null;
  return {
    events: numberOf('events'),
    falls: numberOf('falls'),
    changes: numberOf('changes'),
    hasRecent: value === null ? null : numberOf('recent') !== null,
    unknown,
  };
}

type KnownTypes = { readonly types: ReadonlyMap<string, string>; readonly unknown: readonly string[] };

/** The types of metrics, as far as the server knows them. */
async function typesOf(api: PrometheusApi, metrics: readonly string[], signal: AbortSignal): Promise<KnownTypes> {
  const types = new Map<string, string>();
  for (const metric of metrics) {
    // The metadata of a histogram name the whole family, and those of OpenMetrics leave `_total` out.
    const family = metric.replace(/_(?:total|bucket|count|sum|created)$/, '');
    for (const name of new Set([metric, family])) {
      const { value, unknown } = await attempt(api.metricType(name, signal), 'the types of metrics');
      if (unknown.length > 0) return { types, unknown };
      if (value === null || types.has(metric)) continue;
      types.set(metric, name !== metric && (value === 'histogram' || value === 'summary') ? 'counter' : value);
    }
  }
  return { types, unknown: [] };
}

/** A look that may fail: then `unknown` says what was not looked at, and why. */
async function attempt<T>(asked: Promise<T>, what: string): Promise<{ readonly value: T | null; readonly unknown: readonly string[] }> {
  try {
    return { value: await asked, unknown: [] };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { value: null, unknown: [`${what}: ${error.message}`] };
  }
}
