import { ProviderError } from '../../src/core/base/errors.ts';
import type { Secret } from '../../src/core/base/secret.ts';
import { excerptOf } from '../../src/net/excerpt.ts';
import type { Http, HttpResponse } from '../../src/net/http.ts';
import { readNerdGraph } from '../../src/net/nerdgraph.ts';
import { redact } from '../../src/net/redact.ts';
import { retryAfterMs } from '../../src/net/retry-after.ts';
import { fromHttp } from '../from-http.ts';

/** Which account is asked, where, and what lets us in. */
export type NewRelicApiOptions = { readonly url: string; readonly account: number; readonly key: Secret; readonly timeoutMs: number };

/** Asks one NRQL query and gives the `data` of the answer. Throws `ProviderError`. */
export type RunNrql = (nrql: string, signal: AbortSignal) => Promise<unknown>;

const maxBytes = 16_777_216;

/** New Relic does not say how long it wants to be left alone. */
const usualPauseMs = 2_000;

const document =
  'query($query: Nrql!, $accountId: Int!, $timeout: Seconds!) { actor { account(id: $accountId) { nrql(query: $query, timeout: $timeout) { results otherResult metadata { facets } } } } }';

/** Speaks NerdGraph. */
export function createApi(options: NewRelicApiOptions, http: Http): RunNrql {
  return async (nrql, signal) => {
    const response = await post(options, { http, nrql }, signal);
    const reply = readNerdGraph(response.text);
    const isGood = response.status >= 200 && response.status < 300;
    if (isGood && reply?.data && !reply.fault) return reply.data;
    throw isGood ? faultOf(reply?.fault ?? null, options) : refusal(response, options);
  };
}

type NerdGraphCall = { readonly http: Http; readonly nrql: string };

async function post(
  { url, account, key, timeoutMs }: NewRelicApiOptions,
  { http, nrql }: NerdGraphCall,
  signal: AbortSignal,
): Promise<HttpResponse> {
  // New Relic takes 5 to 120 s; we still wait no longer than we were told to.
  const timeout = Math.min(120, Math.max(5, Math.floor(timeoutMs / 1_000)));
  const body = JSON.stringify({ query: document, variables: { query: nrql, accountId: account, timeout } });
  const headers = { 'api-key': key.reveal(), 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'bakewatch' };
  try {
    return await http.request({ method: 'POST', url, headers, body, timeoutMs, maxBytes }, signal);
  } catch (error) {
    throw fromHttp(error, 'ask for fewer facets');
  }
}

type Fault = NonNullable<ReturnType<typeof readNerdGraph>>['fault'];

/** Most of what goes wrong comes with status 200. */
function faultOf(fault: Fault, { key, account }: NewRelicApiOptions): ProviderError {
  if (fault === null) return new ProviderError('bad_response', 'the answer is not what New Relic sends: it is no GraphQL');
  const words = excerptOf(redact(fault.message, [key]));
  const told = words === '' ? '' : `: ${words}`;
  switch (fault.kind) {
    case 'unauthorized':
      return new ProviderError('unauthorized', `New Relic does not accept the key, or does not let it read account ${account}`);
    case 'rate_limited':
      return new ProviderError('rate_limited', `New Relic says that there are too many requests${told}`, { retryAfterMs: usualPauseMs });
    case 'timeout':
      return new ProviderError('timeout', `New Relic did not finish the query in time${told}`);
    case 'unavailable':
      return new ProviderError('unavailable', `New Relic has trouble${told}`);
    case 'bad_query':
      return new ProviderError('bad_query', `New Relic refused the query${told}`);
    case 'bad_response':
      return new ProviderError('bad_response', `New Relic reported an error of an unknown class${told}`);
  }
}

function refusal(response: HttpResponse, options: NewRelicApiOptions): ProviderError {
  const { status, headers } = response;
  const answered = `${new URL(options.url).host} answered ${status}`;
  if (status === 401 || status === 403) return new ProviderError('unauthorized', `${answered}: it does not accept the key`);
  if (status === 402) return new ProviderError('unauthorized', `${answered}: it wants account ${options.account} to be paid for`);
  if (status === 429)
    return new ProviderError('rate_limited', `${answered}: too many requests`, { retryAfterMs: retryAfterMs(headers) ?? usualPauseMs });
  if (status >= 500) return new ProviderError('unavailable', answered, { retryAfterMs: retryAfterMs(headers) });
  const fault = readNerdGraph(response.text)?.fault ?? null;
  if (fault && fault.kind !== 'bad_response') return faultOf(fault, options);
  if (status === 404) return new ProviderError('bad_response', `${answered}: is the url right, with /graphql at its end?`);
  if (status < 400) return new ProviderError('bad_response', `${answered}: redirects are not followed, write the final address`);
  return new ProviderError('bad_response', `${answered}, which New Relic does not`);
}
