import { ProviderError } from '../../src/core/base/errors.ts';
import { floorTo } from '../../src/core/base/window.ts';
import type { PrometheusApi } from './api.ts';

/** The distance of the instants at which the server is asked, and how far back. */
const stepMs = 1_000;
const reachMs = 120_000;
/** No server hides more. A larger difference is not the answer to the question. */
const maxLagMs = 3_600_000;

/**
 * Measures how much of the newest time a server hides from range queries. VictoriaMetrics answers about the last 30 seconds with the values before them
 * (`-search.latencyOffset`): such a value would count as a measurement. The query asks for each instant's own time, so that the newest answer is the time
 * up to which the server shows anything. A refused query is an answer too: some servers take only queries that name a metric. Throws `ProviderError`
 * where there is no answer.
 */
export async function measureLag(api: PrometheusApi, now: number, signal: AbortSignal): Promise<number> {
  const last = floorTo(now, stepMs);
  try {
    const [series] = await api.range('time()', { first: last - reachMs, last, stepMs }, signal);
    const shown = series?.samples.at(-1)?.[1] ?? Number.NaN;
    const lagMs = last - shown * 1_000;
    // The true end of what is shown lies between this instant and the next.
    return lagMs >= stepMs && lagMs <= maxLagMs ? lagMs + stepMs : 0;
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'bad_query') return 0;
    throw error;
  }
}
