import { ProviderError } from '../../src/core/base/errors.ts';
import { ceilTo, tickCount, type Window } from '../../src/core/base/window.ts';
import type { Answer, Series, SeriesQuery } from '../../src/ports/provider.ts';
import type { RunNrql } from './api.ts';
import { countProblem, readBuckets } from './columns.ts';
import { compose, listOf, type Nrql, parseNrql } from './nrql.ts';
import { type ReplyShape, readSeries } from './reply.ts';
import type { NrqlResult } from './scan.ts';

export type FetchOptions = { readonly ask: RunNrql; readonly retentionMs: number; readonly now: () => number };

/**
 * Creates the fetcher. New Relic stores events, not counters, so the server counts the events of each tick for every form but `gauge`. Events that it no
 * longer keeps would count as 0, so older ticks are not queried and stay without data.
 */
export function createFetch({ ask, retentionMs, now }: FetchOptions): (query: SeriesQuery, signal: AbortSignal) => Promise<Answer> {
  return async (query, signal) => {
    if (query.form === 'probe') throw new ProviderError('bad_query', 'New Relic makes no probes');
    if (query.form === 'alert') throw new ProviderError('bad_query', 'alerts of New Relic are not read: write a check on the metric');
    const nrql = parsedOrThrow(parseNrql(query.query));
    const buckets = query.form === 'gauge' ? null : bucketsIn(nrql);
    const matchers = 'matchers' in query ? query.matchers : '';
    const text = parsedOrThrow(compose(nrql, { matchers, select: buckets?.select }));
    const window = keptPart(query.window, now() - retentionMs);
    const shape = query.form === 'gauge' ? 'gauge' : 'delta';
    if (tickCount(window) === 0) return { shape, series: [] };
    const facets = nrql.facet ? listOf(nrql.facet).map(nameOf) : [];
    const expected: ReplyShape = { window, facets, buckets: buckets?.buckets ?? null, other: shape === 'delta' };
    const series = readSeries(await ask(`${text} ${timeOf(window)}${nrql.facet ? ' LIMIT MAX' : ''}`, signal), expected);
    return { shape, series: shape === 'delta' && nrql.facet && !buckets ? withZeros(series, window) : series };
  };
}

function bucketsIn(nrql: Nrql): { readonly select: string; readonly buckets: ReplyShape['buckets'] } | null {
  if (countProblem(nrql) === null) return null;
  return parsedOrThrow(readBuckets(nrql));
}

/**
 * The time range in milliseconds, and for several ticks their length. Our ticks lie on multiples of the step and New Relic counts back from UNTIL, so the
 * ticks of both are the same. New Relic counts an event on the border of two ticks in the later one.
 */
function timeOf({ from, to, stepMs }: Window): string {
  if (stepMs % 1_000 !== 0) throw new ProviderError('bad_query', `New Relic needs a step of whole seconds, not ${stepMs} ms`);
  const time = `SINCE ${from} UNTIL ${to}`;
  return to - from === stepMs ? time : `${time} TIMESERIES ${stepMs / 1_000} seconds`;
}

/** With FACET, a tick without events has no row. Its count is still known: without FACET, New Relic returns 0. */
function withZeros(series: readonly Series[], window: Window): readonly Series[] {
  const present = new Set(series.flatMap(({ samples }) => samples.map(([at]) => at)));
  const ends = Array.from({ length: tickCount(window) }, (_, i) => window.from + (i + 1) * window.stepMs);
  const zeros = ends.filter((at) => !present.has(at)).map((at) => [at, 0] as const);
  const rest = series.find(({ labels }) => Object.keys(labels).length === 0);
  const samples = [...(rest?.samples ?? []), ...zeros].sort(([a], [b]) => a - b);
  return samples.length === 0 ? series : [...series.filter((one) => one !== rest), { labels: {}, instance: '', samples }];
}

function keptPart({ from, to, stepMs }: Window, keptSince: number): Window {
  return { from: Math.min(to, Math.max(from, from + ceilTo(keptSince - from, stepMs))), to, stepMs };
}

function nameOf({ text }: { readonly text: string }): string {
  const [, alias] = /\bAS\s+['"`]?([^'"`]+)['"`]?$/i.exec(text) ?? [];
  return alias ?? text.replaceAll('`', '');
}

function parsedOrThrow<T>(parsed: NrqlResult<T>): T {
  if (parsed.ok) return parsed.value;
  throw new ProviderError('bad_query', `${parsed.problem} (${parsed.hint})`);
}
