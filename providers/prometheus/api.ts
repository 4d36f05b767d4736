import { ProviderError } from '../../src/core/base/errors.ts';
import type { Secret } from '../../src/core/base/secret.ts';
import { excerptOf } from '../../src/net/excerpt.ts';
import type { Http, HttpResponse } from '../../src/net/http.ts';
import { redact } from '../../src/net/redact.ts';
import { retryAfterMs } from '../../src/net/retry-after.ts';
import { fromHttp } from '../from-http.ts';
import { parseError, parseReply, type RawSeries } from './reply.ts';

/** Where the server is and what lets us in. `secrets` are hidden from everything that it says. */
export type PrometheusApiOptions = {
  readonly url: string;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly secrets: readonly Secret[];
  readonly timeoutMs: number;
  readonly ca?: string | undefined;
};

/** The two queries of Prometheus' HTTP API; instants in epoch milliseconds. Each throws `ProviderError`. */
export interface PrometheusApi {
  instant(query: string, at: number, signal: AbortSignal): Promise<readonly RawSeries[]>;
  range(query: string, steps: StepRange, signal: AbortSignal): Promise<readonly RawSeries[]>;
}

/** The instants of a range query: the first, the last, and how far apart. */
export type StepRange = { readonly first: number; readonly last: number; readonly stepMs: number };

const maxBytes = 67_108_864;

/** Speaks the API: parameters travel in the body, so that long queries are no trouble and appear in no access log. */
export function createApi(options: PrometheusApiOptions, http: Http): PrometheusApi {
  const ask = async (path: string, params: Record<string, string>, signal: AbortSignal): Promise<readonly RawSeries[]> => {
    const response = await post(options, http, { path, params }, signal);
    if (response.status >= 200 && response.status < 300) return parseReply(response.text);
    throw refusal(response, options);
  };
  return {
    instant: (query, at, signal) => ask('/api/v1/query', { query, time: seconds(at) }, signal),
    range: (query, { first, last, stepMs }, signal) =>
      ask('/api/v1/query_range', { query, start: seconds(first), end: seconds(last), step: seconds(stepMs) }, signal),
  };
}

type PrometheusCall = { readonly path: string; readonly params: Readonly<Record<string, string>> };

async function post(
  options: PrometheusApiOptions,
  http: Http,
  { path, params }: PrometheusCall,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { url, timeoutMs, ca } = options;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers)) headers[name] = value.reveal();
  const body = new URLSearchParams({ ...params, timeout: `${timeoutMs}ms` }).toString();
  try {
    return await http.request(
      {
        method: 'POST',
        url: `${url.replace(/\/+$/, '')}${path}`,
        headers: {
          ...headers,
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          'user-agent': 'bakewatch',
        },
        body,
        timeoutMs,
        maxBytes,
        ...(ca !== undefined && { ca }),
      },
      signal,
    );
  } catch (error) {
    throw fromHttp(error, 'ask for fewer series');
  }
}

function refusal(response: HttpResponse, { url, secrets }: PrometheusApiOptions): ProviderError {
  const { status, text } = response;
  const told = parseError(text);
  const host = new URL(url).host;
  const answered = `${host} answered ${status}`;
  if (status === 401 || status === 403) return new ProviderError('unauthorized', `${answered}: it does not accept our credentials`);
  if (status === 429) {
    return new ProviderError('rate_limited', `${answered}: too many requests`, { retryAfterMs: retryAfterMs(response.headers) });
  }
  const words = told ? excerptOf(redact(told.message, secrets)) : '';
  if (told && (status === 400 || status === 422)) return new ProviderError('bad_query', `${host} refused the query: ${words}`);
  if (status === 503 && told?.type === 'timeout') return new ProviderError('timeout', `${answered}: ${words}`);
  if (status >= 500) {
    return new ProviderError('unavailable', words ? `${answered}: ${words}` : answered, { retryAfterMs: retryAfterMs(response.headers) });
  }
  if (status === 404) return new ProviderError('bad_response', `${answered}: is the path of the url right, up to but without /api/v1?`);
  if (status < 400) return new ProviderError('bad_response', `${answered}: redirects are not followed, write the final address`);
  return new ProviderError('bad_response', `${answered}, which Prometheus itself does not`);
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
