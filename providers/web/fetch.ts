import { ProviderError } from '../../src/core/base/errors.ts';
import type { HttpRequest, HttpResponse } from '../../src/net/http.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { askHttp } from '../ask-http.ts';
import { createCoalescer } from '../coalesce.ts';
import type { ProviderDeps } from '../deps.ts';
import { readAnswer } from '../reading.ts';
import { assertNow, fillTimes, plannedQuery } from '../reading-query.ts';
import type { Vendor, VendorFault } from '../refusal.ts';
import { accessOf } from '../server-access.ts';
import { readTarget, urlBelow } from './address.ts';
import type { WebSettings } from './options.ts';

const maxBytes = 4_194_304;

/** Creates the provider. Two checks of one tick that differ only in their JSONPath share one request, so that a pair of counts comes from one answer. */
export function createWeb(options: WebSettings, deps: ProviderDeps): MetricsProvider {
  const { url, method, body, params, ping, stamps, timeout, settle } = options;
  const { http, headers, tls, secrets } = accessOf(options, deps);
  const vendor: Vendor = {
    name: 'this server',
    url,
    get secrets() {
      return secrets();
    },
    tooLarge: 'ask for less',
    readFault,
  };
  const shared = createCoalescer<string>({ keepMs: 5_000, maxWeight: 16_777_216, weigh: (text) => text.length });
  const ask = async (path: string, sentBody: string | undefined, signal: AbortSignal): Promise<string> => {
    const address = urlBelow(url, path);
    if (address === null) throw new ProviderError('bad_query', 'the path leads out of the url of the provider');
    const request: HttpRequest = {
      ...{ method, url: address, timeoutMs: timeout, maxBytes },
      headers: {
        accept: 'application/json, text/plain;q=0.9',
        ...headers(),
        ...(sentBody !== undefined && { 'content-type': options.content_type }),
      },
      ...(sentBody !== undefined && { body: sentBody }),
      ...tls,
    };
    return (await askHttp({ http, vendor }, request, signal)).text;
  };
  return {
    fetchSeries: async (asked, signal) => {
      const { query, plan } = plannedQuery(asked);
      assertNow({ ...plan, target: plan.target + (body ?? '') }, query.window, { now: (deps.http.now ?? Date.now)(), settleMs: settle });
      const target = readTarget(fillTimes(plan.target, plan, query.window), params, 'filled');
      if (!target.ok) throw new ProviderError('bad_query', target.problem);
      const sentBody = body === undefined ? undefined : fillTimes(body, plan, query.window);
      const key = JSON.stringify([target.path, plan.form, query.window]);
      const text = await shared.get(key, signal, (stop) => ask(target.path, sentBody, stop));
      return readAnswer(text, { plan, query, stampsBegin: stamps === 'begin' });
    },
    ping: async (signal) => {
      try {
        await ask(ping ?? '/', method === 'POST' ? '' : undefined, signal);
      } catch (error) {
        // Many servers have no page at their root. That they say so proves that they are there.
        const isThere =
          ping === undefined && error instanceof ProviderError && (error.kind === 'bad_response' || error.kind === 'bad_query');
        if (!isThere) throw error;
      }
    },
  };
}

/** A refusal of what was asked: 400 and 422, with the server's words where they are one of the usual fields or a short text. */
function readFault({ status, text }: HttpResponse): VendorFault | null {
  if (status !== 400 && status !== 422) return null;
  return { kind: 'bad_query', message: wordsOf(text) };
}

function wordsOf(text: string): string {
  try {
    const { error, message, detail } = Object(JSON.parse(text));
    return [message, error?.message, error, detail].find((words) => typeof words === 'string') ?? '';
  } catch {
    return text.trimStart().startsWith('<') ? '' : text; // A page is of no use in a message.
  }
}
