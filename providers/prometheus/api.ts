import { ProviderError } from '../../src/core/base/errors.ts';
import type { Secret } from '../../src/core/base/secret.ts';
import type { Interval } from '../../src/core/base/window.ts';
import type { Labels } from '../../src/core/series/answer.ts';
import type { ClientCertificate } from '../../src/net/agents.ts';
import { excerptOf } from '../../src/net/excerpt.ts';
import type { Http, HttpRequest, HttpResponse } from '../../src/net/http.ts';
import { isCredentialRefusal } from '../../src/net/login/login.ts';
import { redact } from '../../src/net/redact.ts';
import { askHttp } from '../ask-http.ts';
import type { Vendor, VendorFault } from '../refusal.ts';
import { type BuildInfo, type FlavorTraits, traitsOf } from './flavor.ts';
import {
  type ApiReply,
  parseBuild,
  parseError,
  parseLabelSets,
  parseMetricType,
  parseNames,
  parseReply,
  parseSeries,
  type RawSeries,
} from './reply.ts';

/** The address of the server and our credentials. `secrets` returns what to remove from everything that the server says. */
export type PrometheusApiOptions = {
  readonly url: string;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly secrets: () => readonly Secret[];
  readonly timeoutMs: number;
  readonly traits?: FlavorTraits;
  readonly ca?: string | undefined;
  readonly certificate?: ClientCertificate | undefined;
};

/** Endpoints of Prometheus' HTTP API; instants in epoch milliseconds. Each throws `ProviderError`. */
export interface PrometheusApi {
  instant(query: string, at: number, signal: AbortSignal): Promise<readonly RawSeries[]>;
  range(query: string, steps: StepRange, signal: AbortSignal): Promise<readonly RawSeries[]>;
  /** The labels of the series that a selector matches, at most `limit` of them. The server may add series from just outside of the time range. */
  series(selector: string, range: SeriesRange, signal: AbortSignal): Promise<SeriesList>;
  /** The names of all metrics that had a series in the time range. The server may add some from just outside of it. */
  metricNames(range: Interval, signal: AbortSignal): Promise<readonly string[]>;
  /** The type of a metric, such as `counter`. `null`: the server does not know it, or knows several. */
  metricType(metric: string, signal: AbortSignal): Promise<string | null>;
  /** What the server says of its own version, where it says so. */
  build(signal: AbortSignal): Promise<BuildInfo>;
  /** The data of all alerting rules. */
  rules(signal: AbortSignal): Promise<unknown>;
}

/** The instants of a range query: the first, the last, and the distance between two. */
export type StepRange = { readonly first: number; readonly last: number; readonly stepMs: number };

/** The time range of a list of series, and its maximum length. */
export type SeriesRange = { readonly from: number; readonly to: number; readonly limit: number };

/** `isCut`: more series matched than are listed. */
export type SeriesList = { readonly series: readonly Labels[]; readonly isCut: boolean };

const maxBytes = 67_108_864;

/** Clusters must refuse a query that they cannot answer in whole: Thanos knows the first word, VictoriaMetrics the second. Prometheus ignores both. */
const wholeAnswers = { partial_response: 'false', deny_partial_response: '1' };

/** Makes a client of the API. Parameters travel in the body where the server takes them there: long queries fit, and none appears in an access log. */
export function createApi(options: PrometheusApiOptions, http: Http): PrometheusApi {
  const { url, timeoutMs, ca, certificate } = options;
  const tls = { ...(ca !== undefined && { ca }), ...(certificate && { certificate }) };
  const vendor: Vendor = {
    name: 'Prometheus',
    url,
    get secrets() {
      return options.secrets(); // Tokens change.
    },
    readFault,
    tooLarge: 'ask for fewer series',
    hints: { 404: 'is the path of the url right, up to but without /api/v1?' },
  };
  const base = url.replace(/\/+$/, '');
  const { method = 'POST', isStrict = false, maxSeries = Number.POSITIVE_INFINITY } = options.traits ?? traitsOf(null);
  const send = async (request: Pick<HttpRequest, 'method' | 'url' | 'body'>, signal: AbortSignal): Promise<ApiReply> => {
    const form = request.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const headers = { ...revealed(options.headers), ...form };
    return parseReply((await askHttp({ http, vendor }, { ...request, headers, timeoutMs, maxBytes, ...tls }, signal)).text);
  };
  const ask = (path: string, params: Record<string, string>, signal: AbortSignal): Promise<ApiReply> => {
    const written = new URLSearchParams({ ...params, ...(!isStrict && wholeAnswers), timeout: `${timeoutMs}ms` }).toString();
    const url = `${base}${path}`;
    return send(method === 'GET' ? { method, url: `${url}?${written}` } : { method, url, body: written }, signal);
  };
  const askSeries = async (...asked: Parameters<typeof ask>): Promise<readonly RawSeries[]> => {
    const reply = await ask(...asked);
    assertWhole(reply, vendor);
    const series = parseSeries(reply.data);
    if (series.length >= maxSeries) throw new ProviderError('bad_query', `an answer of ${maxSeries} series may be cut: ask for fewer`);
    return series;
  };
  const lookUp = (path: string, params: Record<string, string>, signal: AbortSignal): Promise<ApiReply> => {
    const query = new URLSearchParams({ ...params, ...(!isStrict && wholeAnswers) }).toString();
    return send({ method: 'GET', url: `${base}${path}?${query}` }, signal);
  };
  return {
    instant: (query, at, signal) => askSeries('/api/v1/query', { query, time: seconds(at) }, signal),
    range: (query, { first, last, stepMs }, signal) =>
      askSeries('/api/v1/query_range', { query, start: seconds(first), end: seconds(last), step: seconds(stepMs) }, signal),
    series: async (selector, { from, to, limit }, signal) => {
      // One more than is listed, to see that there are more. Older servers ignore the limit; newer ones warn that they kept it.
      const params = { 'match[]': selector, start: seconds(from), end: seconds(to), ...(!isStrict && { limit: String(limit + 1) }) };
      const reply = await ask('/api/v1/series', params, signal);
      if (!reply.partial?.words.includes('truncated due to limit')) assertWhole(reply, vendor);
      const series = parseLabelSets(reply.data);
      return { series: series.slice(0, limit), isCut: series.length > limit };
    },
    metricNames: async ({ from, to }, signal) => {
      const reply = await lookUp('/api/v1/label/__name__/values', { start: seconds(from), end: seconds(to) }, signal);
      assertWhole(reply, vendor);
      return parseNames(reply.data);
    },
    metricType: async (metric, signal) => {
      const reply = await lookUp('/api/v1/metadata', { metric, limit: '1' }, signal);
      return parseMetricType(reply.data, metric);
    },
    build: async (signal) => parseBuild((await send({ method: 'GET', url: `${base}/api/v1/status/buildinfo` }, signal)).data),
    rules: async (signal) => {
      const reply = await lookUp('/api/v1/rules', { type: 'alert' }, signal);
      assertWhole(reply, vendor);
      return reply.data;
    },
  };
}

/** Prometheus answers 400 or 422 to a query that it cannot read or evaluate, and 503 to one that took too long. */
function readFault(response: HttpResponse): VendorFault | null {
  const { status, text } = response;
  const error = parseError(text);
  // What it says would only repeat the credentials.
  if (error === null) return isCredentialRefusal(response) ? { kind: 'unauthorized', message: '' } : null;
  const isTimeout = status >= 500 && error.type === 'timeout';
  const isRefusal = status === 400 || status === 422;
  return { kind: isTimeout ? 'timeout' : isRefusal ? 'bad_query' : 'bad_response', message: error.message };
}

/** Throws for an answer that is only a part: a series that is missing in it is unknown, and must not count as 0. */
function assertWhole({ partial }: ApiReply, { url, secrets }: Vendor): void {
  if (partial === null) return;
  const { host } = new URL(url);
  const words = excerptOf(redact(partial.words, secrets));
  if (partial.isQueryFault) throw new ProviderError('bad_query', `${host} warns that the answer may be wrong: ${words}`);
  throw new ProviderError('unavailable', `${host} answered only in part: ${words}`);
}

function revealed(headers: Readonly<Record<string, Secret>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
