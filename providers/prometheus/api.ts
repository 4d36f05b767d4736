import type { Secret } from '../../src/core/base/secret.ts';
import type { Http, HttpResponse } from '../../src/net/http.ts';
import { askHttp } from '../ask-http.ts';
import type { Vendor, VendorFault } from '../refusal.ts';
import { parseError, parseReply, type RawSeries } from './reply.ts';

/** The address of the server and our credentials. `secrets` are removed from everything that the server says. */
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

/** The instants of a range query: the first, the last, and the distance between two. */
export type StepRange = { readonly first: number; readonly last: number; readonly stepMs: number };

const maxBytes = 67_108_864;

/** Makes a client of the API. Parameters travel in the body: long queries fit, and none appears in an access log. */
export function createApi(options: PrometheusApiOptions, http: Http): PrometheusApi {
  const { url, secrets, timeoutMs, ca } = options;
  const vendor: Vendor = {
    name: 'Prometheus',
    url,
    secrets,
    readFault,
    tooLarge: 'ask for fewer series',
    hints: { 404: 'is the path of the url right, up to but without /api/v1?' },
  };
  const base = url.replace(/\/+$/, '');
  const ask = async (path: string, params: Record<string, string>, signal: AbortSignal): Promise<readonly RawSeries[]> => {
    const headers = { ...revealed(options.headers), 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ ...params, timeout: `${timeoutMs}ms` }).toString();
    const request = { method: 'POST', url: `${base}${path}`, headers, body, timeoutMs, maxBytes, ...(ca !== undefined && { ca }) } as const;
    return parseReply((await askHttp({ http, vendor }, request, signal)).text);
  };
  return {
    instant: (query, at, signal) => ask('/api/v1/query', { query, time: seconds(at) }, signal),
    range: (query, { first, last, stepMs }, signal) =>
      ask('/api/v1/query_range', { query, start: seconds(first), end: seconds(last), step: seconds(stepMs) }, signal),
  };
}

/** Prometheus answers 400 or 422 to a query that it cannot read or evaluate, and 503 to one that took too long. */
function readFault({ status, text }: HttpResponse): VendorFault | null {
  const error = parseError(text);
  if (error === null) return null;
  const isTimeout = status >= 500 && error.type === 'timeout';
  const isRefusal = status === 400 || status === 422;
  return { kind: isTimeout ? 'timeout' : isRefusal ? 'bad_query' : 'bad_response', message: error.message };
}

function revealed(headers: Readonly<Record<string, Secret>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
