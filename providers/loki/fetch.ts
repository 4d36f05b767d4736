import type { z } from 'zod';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { Window } from '../../src/core/base/window.ts';
import { excerptOf } from '../../src/net/excerpt.ts';
import type { HttpResponse } from '../../src/net/http.ts';
import { redact } from '../../src/net/redact.ts';
import type { MetricsProvider, Series } from '../../src/ports/provider.ts';
import { askHttp } from '../ask-http.ts';
import type { ProviderDeps } from '../deps.ts';
import type { Vendor, VendorFault } from '../refusal.ts';
import { accessOf } from '../server-access.ts';
import type { LokiOptions } from './options.ts';
import { readMatrix } from './reply.ts';

const maxBytes = 33_554_432;

/** Creates the provider. Every query is a range query: its instants are the ends of the ticks, and `[$step]` reaches back to their begins. */
export function createLoki(options: z.output<typeof LokiOptions>, deps: ProviderDeps): MetricsProvider {
  const { url, tenant, timeout } = options;
  const { http, headers: own, tls, secrets } = accessOf(options, deps);
  const vendor: Vendor = {
    name: 'Loki',
    url,
    get secrets() {
      return secrets();
    },
    readFault,
    tooLarge: 'ask for fewer series',
    hints: {
      401:
        tenant === undefined
          ? 'it does not accept our credentials, or wants a `tenant`'
          : 'it does not accept our credentials or the tenant',
      404: 'is the path of the url right, up to but without /loki/api/v1?',
    },
  };
  const base = url.replace(/\/+$/, '');
  const get = async (path: string, params: Record<string, string>, signal: AbortSignal): Promise<string> => {
    const headers = { ...own(), ...(tenant !== undefined && { 'x-scope-orgid': tenant }) };
    const address = `${base}/loki/api/v1/${path}?${new URLSearchParams(params)}`;
    const request = { method: 'GET', url: address, headers, timeoutMs: timeout, maxBytes, ...tls } as const;
    return (await askHttp({ http, vendor }, request, signal)).text;
  };
  const range = async (query: string, window: Window, signal: AbortSignal): Promise<readonly Series[]> => {
    const { from, to, stepMs } = window;
    const text = await get('query_range', { query, start: seconds(from + stepMs), end: seconds(to), step: `${seconds(stepMs)}s` }, signal);
    const { series, warnings } = readMatrix(text, window);
    if (warnings.length === 0) return series;
    // A line that is missing in a partial answer is unknown, and must not count as 0.
    const words = excerptOf(redact(warnings.join('; '), secrets()));
    throw new ProviderError('unavailable', `${new URL(url).host} warns that its answer may be only a part: ${words}`);
  };
  return {
    fetchSeries: async (asked, signal) => {
      if (asked.form !== 'events' && asked.form !== 'gauge')
        throw new ProviderError('bad_query', 'Loki has no counters and makes no probes: write `{ query: … }`');
      return { shape: asked.form === 'events' ? 'delta' : 'gauge', series: await range(asked.query, asked.window, signal) };
    },
    // The list of labels needs the credentials and the tenant, and reads no line.
    ping: async (signal) => {
      await get('labels', {}, signal);
    },
  };
}

/** Loki answers in plain text: 400 to what it cannot read or will not do, and 5xx with the reason where a query took too long. */
function readFault({ status, text }: HttpResponse): VendorFault | null {
  const words = wordsOf(text);
  if (words === null) return null;
  if (status >= 500) return { kind: /context deadline exceeded|timed? ?out/i.test(words) ? 'timeout' : 'unavailable', message: words };
  return status === 400 || status === 422 ? { kind: 'bad_query', message: words } : null;
}

/** Gateways may send the words as JSON. A page is not from Loki. */
function wordsOf(text: string): string | null {
  const plain = text.trim();
  if (plain.startsWith('<')) return null;
  try {
    const { message, error } = Object(JSON.parse(plain));
    return [message, error].find((words) => typeof words === 'string') ?? plain;
  } catch {
    return plain;
  }
}

function seconds(ms: number): string {
  return String(ms / 1_000);
}
