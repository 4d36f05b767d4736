import type { ProviderErrorKind } from '../core/base/errors.ts';

/** The addresses of New Relic's GraphQL API by the region of the account. */
export const nerdGraphUrls = {
  us: 'https://api.newrelic.com/graphql',
  eu: 'https://api.eu.newrelic.com/graphql',
  jp: 'https://api.jp.newrelic.com/graphql',
  gov: 'https://gov-api.newrelic.com/graphql',
} as const;

/** An error of NerdGraph. The message may echo secrets. */
export type NerdGraphFault = { readonly kind: ProviderErrorKind; readonly message: string };

/** A GraphQL answer. `data` is valid only if `fault` is `null`. */
export type NerdGraphReply = { readonly data: Readonly<Record<string, unknown>> | null; readonly fault: NerdGraphFault | null };

/**
 * Parses a GraphQL answer; `null` if the text is something else. NerdGraph reports nearly all errors with status 200 and a list `errors`, in which each
 * has a class. The first error of a known class counts. A notice that a field is deprecated is ignored: the data is valid.
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

/** Returns true if the value is an object and not an array. */
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

// New Relic may report a wrong key with the class of a server error, so the code counts first.
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
    return null; // The message of the parser would quote the body.
  }
}
