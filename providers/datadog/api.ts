import { z } from 'zod';
import { formatDuration } from '../../src/core/base/duration.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { Secret } from '../../src/core/base/secret.ts';
import type { Http, HttpResponse } from '../../src/net/http.ts';
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

/** Asks for time series and returns the parsed JSON of the answer. Throws `ProviderError`. */
export type AskTimeseries = (request: TimeseriesRequest, signal: AbortSignal) => Promise<unknown>;

const maxBytes = 16_777_216;
const maxPauseMs = 3_600_000;

/** Makes a client of the API. While no request is left in the period of the rate limit, it sends none. */
export function createApi({ url, apiKey, appKey, timeoutMs }: DatadogApiOptions, http: Http): AskTimeseries {
  const denied = 'are both keys right and of this site, and may the application key query time series (timeseries_query)?';
  const vendor: Vendor = {
    name: 'Datadog',
    url,
    secrets: [apiKey, appKey],
    pauseMs: resetMs,
    tooLarge: 'ask for fewer groups',
    hints: { 401: denied, 403: denied },
    readFault,
  };
  const address = `${url.replace(/\/+$/, '')}/api/v2/query/timeseries`;
  let notBefore = 0;
  return async ({ queries, formulas, ...range }, signal) => {
    const waitMs = notBefore - performance.now();
    if (waitMs > 0 && !signal.aborted) throw exhausted(waitMs);
    const attributes = {
      ...range,
      queries: queries.map((query) => ({ data_source: 'metrics', ...query })),
      formulas: formulas.map((formula) => ({ formula })),
    };
    const body = JSON.stringify({ data: { type: 'timeseries_request', attributes } });
    const headers = { 'dd-api-key': apiKey.reveal(), 'dd-application-key': appKey.reveal(), 'content-type': 'application/json' };
    const response = await askHttp({ http, vendor }, { method: 'POST', url: address, headers, body, timeoutMs, maxBytes }, signal);
    if (response.headers['x-ratelimit-remaining'] === '0') notBefore = performance.now() + (resetMs(response) ?? 0);
    const reply = parseJson(response.text);
    if (reply === null) throw badResponse(vendor.name, 'it is not JSON');
    // Series next to errors may be a part of the truth only.
    if (readFault(response)) throw refusalOf(response, vendor);
    return reply;
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
