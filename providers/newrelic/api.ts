import type { Secret } from '../../src/core/base/secret.ts';
import type { Http } from '../../src/net/http.ts';
import { readNerdGraph } from '../../src/net/nerdgraph.ts';
import { askHttp } from '../ask-http.ts';
import { badResponse, refusalOf, type Vendor } from '../refusal.ts';

/** The account, the address of NerdGraph, and our key. */
export type NewRelicApiOptions = { readonly url: string; readonly account: number; readonly key: Secret; readonly timeoutMs: number };

/** Runs one NRQL query and returns the `data` of the answer. Throws `ProviderError`. */
export type RunNrql = (nrql: string, signal: AbortSignal) => Promise<unknown>;

const maxBytes = 16_777_216;

/** New Relic sends no `Retry-After`. */
const pauseMs = 2_000;

const document =
  'query($query: Nrql!, $accountId: Int!, $timeout: Seconds!) { actor { account(id: $accountId) { nrql(query: $query, timeout: $timeout) { results otherResult metadata { facets } } } } }';

/** Makes a client of NerdGraph, which reports most errors with status 200. */
export function createApi({ url, account, key, timeoutMs }: NewRelicApiOptions, http: Http): RunNrql {
  const denied = `is the key right, and may it read account ${account}?`;
  const vendor: Vendor = {
    name: 'New Relic',
    url,
    secrets: [key],
    pauseMs,
    tooLarge: 'ask for fewer facets',
    hints: {
      401: denied,
      402: `it asks for payment for account ${account}`,
      403: denied,
      404: 'is the url right, with /graphql at its end?',
    },
    readFault: ({ text }) => readNerdGraph(text)?.fault ?? null,
  };
  // New Relic accepts 5 to 120 s. Our own request still ends after `timeoutMs`.
  const timeout = Math.min(120, Math.max(5, Math.floor(timeoutMs / 1_000)));
  return async (nrql, signal) => {
    const body = JSON.stringify({ query: document, variables: { query: nrql, accountId: account, timeout } });
    const headers = { 'api-key': key.reveal(), 'content-type': 'application/json' };
    const response = await askHttp({ http, vendor }, { method: 'POST', url, headers, body, timeoutMs, maxBytes }, signal);
    const reply = readNerdGraph(response.text);
    if (reply?.fault) throw refusalOf(response, vendor);
    if (!reply?.data) throw badResponse(vendor.name, 'it is not GraphQL');
    return reply.data;
  };
}
