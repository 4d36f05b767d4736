import type { ProviderErrorKind } from '../core/base/errors.ts';

/** Where New Relic answers GraphQL, by the region of the account. */
export const nerdGraphUrls = {
  us: 'https://api.newrelic.com/graphql',
  eu: 'https://api.eu.newrelic.com/graphql',
  jp: 'https://api.jp.newrelic.com/graphql',
  gov: 'https://gov-api.newrelic.com/graphql',
} as const;

/** What an error of NerdGraph means, and its words; they may echo secrets. */
export type NerdGraphFault = { readonly kind: ProviderErrorKind; readonly message: string };

/** An answer as GraphQL wraps it. `data` is only to be trusted where there is no fault. */
export type NerdGraphReply = { readonly data: Readonly<Record<string, unknown>> | null; readonly fault: NerdGraphFault | null };

/**
 * Reads the envelope of an answer; `null` where it is none. NerdGraph reports nearly everything that goes wrong with status 200 and `errors`, told
 * apart by a class; of several, the first of a class that we know counts. A notice that a field is deprecated is no error: the data is good.
 */
export function readNerdGraph(text: string): NerdGraphReply | null {
  const reply = parseJson(text);
  if (!isRecord(reply)) return null;
  const errors = reply.errors ?? [];
  if (!Array.isArray(errors)) return null;
  const faults = errors.map(faultOf).filter((fault) => !fault.message.startsWith('This field is deprecated!'));
  const data = isRecord(reply.data) ? reply.data : null;
  if (data === null && errors.length === 0) return null;
  return { data, fault: faults.find(({ kind }) => kind !== 'bad_response') ?? faults[0] ?? null };
}

/** An object that is no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const kinds: Readonly<Record<string, ProviderErrorKind>> = {
  TOO_MANY_REQUESTS: 'rate_limited',
  TIMEOUT: 'timeout',
  INTERNAL_SERVER_ERROR: 'unavailable',
  SERVER_ERROR: 'unavailable',
  INVALID_INPUT: 'bad_query',
  ACCESS_DENIED: 'unauthorized',
};

// A wrong key may come with the class of a server's trouble: the code is looked at first.
function faultOf(error: unknown): NerdGraphFault {
  const { message, extensions } = isRecord(error) ? error : {};
  const { errorClass, error_code } = isRecord(extensions) ? extensions : {};
  const words = typeof message === 'string' ? message : '';
  if (error_code === 'BAD_API_KEY') return { kind: 'unauthorized', message: words };
  const known = typeof errorClass === 'string' && Object.hasOwn(kinds, errorClass) ? kinds[errorClass] : undefined;
  if (known !== undefined) return { kind: known, message: words };
  return { kind: words.includes('NRQL Syntax Error') ? 'bad_query' : 'bad_response', message: words };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Whoever asked says what was expected; the parser's own message would quote the body.
  }
}
