import { z } from 'zod';
import { formatDuration } from '../../src/core/base/duration.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { Secret } from '../../src/core/base/secret.ts';
import type { Http, HttpRequest, HttpResponse } from '../../src/net/http.ts';
import { askHttp } from '../ask-http.ts';
import { badResponse, refusalOf, type Vendor, type VendorFault } from '../refusal.ts';

export type DatadogApiOptions = { readonly url: string; readonly apiKey: Secret; readonly appKey: Secret; readonly timeoutMs: number };

/** The attributes of a request for time series. Instants in epoch milliseconds; `to` is exclusive. */
export type TimeseriesRequest = {
  readonly from: number;
  readonly to: number;
  readonly interval: number;
  readonly queries: readonly { readonly name: string; readonly query: string }[];
  readonly formulas: readonly string[];
};

/** Two endpoints of Datadog's API. Each returns the parsed JSON of the answer, and throws `ProviderError`. */
export interface DatadogApi {
  timeseries(request: TimeseriesRequest, signal: AbortSignal): Promise<unknown>;
  /** Monitors with the states of their groups and their downtimes. `params` select them. */
  monitors(params: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown>;
}

const maxBytes = 16_777_216;
const maxPauseMs = 3_600_000;

/** Makes a client of the API. While no request is left in the period of an endpoint's rate limit, it sends none there. */
export function createApi({ url, apiKey, appKey, timeoutMs }: DatadogApiOptions, http: Http): DatadogApi {
  const denied =
    'are both keys right and of this site, and has the application key the right timeseries_query (for monitors monitors_read)?';
  const vendor: Vendor = {
    name: 'Datadog',
    url,
    secrets: [apiKey, appKey],
    pauseMs: resetMs,
    tooLarge: 'ask for fewer groups',
    hints: { 401: denied, 403: denied },
    readFault,
  };
  const base = url.replace(/\/+$/, '');
  const keys = { 'dd-api-key': apiKey.reveal(), 'dd-application-key': appKey.reveal() };
  const notBefore = new Map<string, number>();
  const ask = async (path: string, request: Pick<HttpRequest, 'method' | 'body'> & { query?: string }, signal: AbortSignal) => {
    const waitMs = (notBefore.get(path) ?? 0) - performance.now();
    if (waitMs > 0 && !signal.aborted) throw exhausted(waitMs);
    const { query = '', ...rest } = request;
    const headers = { ...keys, ...(rest.body !== undefined && { 'content-type': 'application/json' }) };
    const response = await askHttp({ http, vendor }, { ...rest, url: `${base}${path}${query}`, headers, timeoutMs, maxBytes }, signal);
    if (response.headers['x-ratelimit-remaining'] === '0') notBefore.set(path, performance.now() + (resetMs(response) ?? 0));
    const reply = parseJson(response.text);
    if (reply === null) throw badResponse(vendor.name, 'it is not JSON');
    // Data next to errors may be a part of the truth only.
    if (readFault(response)) throw refusalOf(response, vendor);
    return reply;
  };
  return {
    timeseries: ({ queries, formulas, ...range }, signal) => {
      const attributes = {
        ...range,
        queries: queries.map((query) => ({ data_source: 'metrics', ...query })),
        formulas: formulas.map((formula) => ({ formula })),
      };
      const body = JSON.stringify({ data: { type: 'timeseries_request', attributes } });
      return ask('/api/v2/query/timeseries', { method: 'POST', body }, signal);
    },
    monitors: (params, signal) => {
      const all = new URLSearchParams({ group_states: 'all', with_downtimes: 'true', ...params });
      return ask('/api/v1/monitor', { method: 'GET', query: `?${all}` }, signal);
    },
  };
}

/** The time until the next period of the rate limit. Datadog sends no `Retry-After`. */
function resetMs({ headers }: HttpResponse): number | undefined {
  const text = headers['x-ratelimit-reset'] ?? headers['x-ratelimit-period'] ?? '';
  return /^\d{1,6}$/.test(text) ? Math.min(Number(text) * 1_000, maxPauseMs) : undefined;
}

function exhausted(waitMs: number): ProviderError {
  const left = formatDuration(Math.ceil(waitMs / 1_000) * 1_000);
  return new ProviderError('rate_limited', `the rate limit of Datadog is used up, and begins anew in ${left}`, { retryAfterMs: waitMs });
}

const Fault = z.object({ errors: z.union([z.string().min(1), z.array(z.string()).min(1)]) });

/** Errors have a list of texts. An answer of status 200 may have one text. */
function readFault({ status, text }: HttpResponse): VendorFault | null {
  if (status >= 300 && status !== 400 && status !== 422) return null;
  const fault = Fault.safeParse(parseJson(text));
  return fault.success ? { kind: 'bad_query', message: [fault.data.errors].flat().join('; ') } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The parser's message would quote the body.
  }
}
