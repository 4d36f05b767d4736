import { ProviderError } from '../../src/core/base/errors.ts';
import { ceilTo, type Window } from '../../src/core/base/window.ts';
import type { PrometheusApi } from './api.ts';
import { formatLabel } from './literals.ts';
import { exactBounds } from './native.ts';
import { formatSelector, type Selector } from './selector.ts';

/** The sums per tick of a native histogram in a past: the selector, the labels to keep, and the bounds of a latency. */
export type NativePast = {
  readonly selector: Selector;
  readonly window: Window;
  readonly by: readonly string[];
  readonly bounds: readonly number[] | undefined;
};

/** The number of instants of the past at which the type of a metric is looked up. */
const triedInstants = 50;

/**
 * The query for the events per tick of a native histogram; `null` where the metric is not one. Servers subtract native histograms in different ways, and
 * some silently wrong, so only numbers are subtracted: counts, and the counts up to each bound.
 * Throws `ProviderError` (`bad_query`) for a metric that was both.
 */
export async function nativePastQuery(api: PrometheusApi, past: NativePast, signal: AbortSignal): Promise<string | null> {
  const { selector, window, by, bounds } = past;
  // These are parts of classic histograms, or counters.
  if (/_(?:bucket|total|count|sum)$/.test(selector.metric)) return null;
  const text = formatSelector(selector);
  const newestAt = await lastNativeAt(api, { text, window }, signal);
  if (newestAt === null) return null;
  const step = `${window.stepMs}ms`;
  const labels = by.map(formatLabel).join(', ');
  const counts = differences((series) => `histogram_count(${series})`, text, step);
  if (bounds === undefined) return `sum by (${labels}) (${counts})`;
  const [sample] = (await api.instant(`sum(${text})`, newestAt, signal)).flatMap(({ histograms }) => histograms ?? []);
  const parts = exactBounds(bounds, sample ? [sample] : []).map((bound) => {
    const upTo = (series: string) => `(histogram_fraction(-Inf, ${bound}, ${series}) * histogram_count(${series}))`;
    return withBound(differences(upTo, text, step), String(bound));
  });
  return `sum by (${labels}) (${[...parts, withBound(counts, '+Inf')].join(' or ')})`;
}

/** What a cumulative number grew by, or the newer one after a restart. */
function differences(view: (series: string) => string, text: string, step: string): string {
  const [now, before] = [view(text), view(`${text} offset ${step}`)];
  return `(((${now} - ${before}) >= 0) or (${now} and ${before}))`;
}

function withBound(query: string, bound: string): string {
  return `label_replace(${query}, "le", "${bound}", "", "")`;
}

/** When the metric was last seen as a native histogram. `null`: never in this window, or the server knows no native histograms. */
async function lastNativeAt(
  api: PrometheusApi,
  { text, window }: { readonly text: string; readonly window: Window },
  signal: AbortSignal,
): Promise<number | null> {
  const stepMs = Math.max(window.stepMs, ceilTo((window.to - window.from) / triedInstants, 1_000));
  const first = window.to - Math.floor((window.to - window.from) / stepMs) * stepMs;
  const query = `label_replace(count(histogram_count(${text})), "kind", "native", "", "") or label_replace(count(${text}), "kind", "all", "", "")`;
  const found = await api.range(query, { first, last: window.to, stepMs }, signal).catch((error: unknown) => {
    if (error instanceof ProviderError && error.kind === 'bad_query') return [];
    throw error;
  });
  const [natives, all] = ['native', 'all'].map((kind) => new Map(found.find(({ metric }) => metric.kind === kind)?.samples ?? []));
  const at = Math.max(-Infinity, ...(natives?.keys() ?? []));
  if (!Number.isFinite(at)) return null;
  for (const [time, count] of all ?? [])
    if (count > (natives?.get(time) ?? 0))
      throw new ProviderError('bad_query', 'some series of this metric are numbers and others native histograms: ask for one of the two');
  return at;
}
