import { ProviderError, type ProviderErrorKind } from '../src/core/base/errors.ts';
import type { Secret } from '../src/core/base/secret.ts';
import { excerptOf } from '../src/net/excerpt.ts';
import type { HttpError, HttpResponse } from '../src/net/http.ts';
import type { LoginError, LoginErrorKind } from '../src/net/login/login.ts';
import { redact } from '../src/net/redact.ts';
import { retryAfterMs } from '../src/net/retry-after.ts';

/** An error that the vendor describes in a body. The message may echo secrets. */
export type VendorFault = { readonly kind: ProviderErrorKind; readonly message: string };

/** The server of one instance, as far as its errors depend on it. */
export type Vendor = {
  /** The name for messages, such as `Prometheus`. */
  readonly name: string;
  readonly url: string;
  /** The credentials of the requests. They are removed from everything that the server says. */
  readonly secrets: readonly Secret[];
  /** The end of the message for a status, where the default hint is not good enough. */
  readonly hints?: Readonly<Record<number, string>>;
  /** How to ask for a smaller answer. */
  readonly tooLarge: string;
  /** How long to pause after `rate_limited` where the server sends no `Retry-After`. Default: as after every other error. */
  readonly pauseMs?: number | ((response: HttpResponse) => number | undefined);
  /** Reads the vendor's own error from an answer. `null`: something else wrote the body, such as a proxy. */
  readonly readFault: (response: HttpResponse) => VendorFault | null;
};

/**
 * The error for an answer without usable data. 401, 402, 403, 429 and 5xx speak for themselves. For every other status the vendor's own error decides,
 * and without one the answer is a `bad_response`. Texts of the server are redacted and shortened.
 */
export function refusalOf(response: HttpResponse, vendor: Vendor): ProviderError {
  const fault = vendor.readFault(response);
  const kind = kindOf(response.status, fault);
  const pauseMs = kind === 'rate_limited' ? pauseAfter(response, vendor) : undefined;
  return new ProviderError(kind, messageOf({ status: response.status, kind, fault }, vendor), {
    retryAfterMs: retryAfterMs(response.headers) ?? pauseMs,
  });
}

/** The error for a request that got no answer. `tooLarge` says how to ask for a smaller one. */
export function transportError(error: HttpError, tooLarge = ''): ProviderError {
  switch (error.kind) {
    case 'timeout':
    case 'aborted':
      return new ProviderError('timeout', error.message, { cause: error });
    case 'too_large':
      return new ProviderError('bad_response', tooLarge === '' ? error.message : `${error.message}: ${tooLarge}`, { cause: error });
    case 'unreachable':
    case 'tls':
    case 'broken':
      return new ProviderError('unavailable', error.message, { cause: error });
  }
}

/** The error for a request that was not sent, because its credentials could not be had. */
export function loginFailure(error: LoginError, { url, secrets }: Vendor): ProviderError {
  const words = redact(error.message, secrets);
  return new ProviderError(loginFailures[error.kind], `no credentials for ${new URL(url).host}: ${words}`, { cause: error });
}

const loginFailures: Readonly<Record<LoginErrorKind, ProviderErrorKind>> = {
  refused: 'unauthorized',
  unreachable: 'unavailable',
  timeout: 'timeout',
};

/** The error for an answer of status 2xx that cannot be read. `what` must not quote the answer: it may hold anything. */
export function badResponse(name: Vendor['name'], what: string): ProviderError {
  return new ProviderError('bad_response', `the answer is not what ${name} sends: ${what}`);
}

function pauseAfter(response: HttpResponse, { pauseMs }: Vendor): number | undefined {
  return typeof pauseMs === 'function' ? pauseMs(response) : pauseMs;
}

function kindOf(status: number, fault: VendorFault | null): ProviderErrorKind {
  const kind = kindOfStatus(status);
  if (kind === 'unavailable' && fault?.kind === 'timeout') return 'timeout';
  return kind ?? fault?.kind ?? 'bad_response';
}

/** `null`: the status alone says too little. */
function kindOfStatus(status: number): ProviderErrorKind | null {
  if (status === 401 || status === 402 || status === 403) return 'unauthorized';
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'unavailable' : null;
}

type MessageParts = { readonly status: number; readonly kind: ProviderErrorKind; readonly fault: VendorFault | null };

function messageOf({ status, kind, fault }: MessageParts, vendor: Vendor): string {
  const { host } = new URL(vendor.url);
  const words = fault ? excerptOf(redact(fault.message, vendor.secrets)) : '';
  const isSuccess = status >= 200 && status < 300;
  if (kindOfStatus(status) === null && fault && (isSuccess || kind !== 'bad_response')) {
    const hint = kind === 'unauthorized' ? ` (${hintOf(401, vendor)})` : '';
    return `${host} ${reports[kind]}${words && `: ${words}`}${hint}`;
  }
  const detail = status >= 500 ? words : hintOf(status, vendor);
  return `${host} answered ${status}${detail && `: ${detail}`}`;
}

const reports: Readonly<Record<ProviderErrorKind, string>> = {
  unauthorized: 'denied access',
  rate_limited: 'got too many requests',
  timeout: 'did not finish the query in time',
  unavailable: 'has an internal error',
  bad_query: 'refused the query',
  bad_response: 'reported an error of an unknown class',
};

function hintOf(status: number, { name, hints }: Vendor): string {
  const own = hints?.[status];
  if (own !== undefined) return own;
  if (status >= 300 && status < 400) return 'redirects are not followed, write the final address';
  return defaultHints[status] ?? `this is not an answer of ${name}`;
}

const defaultHints: Readonly<Record<number, string>> = {
  401: 'it does not accept our credentials',
  402: 'it asks for payment',
  403: 'it does not accept our credentials',
  404: 'is the url right?',
  429: 'too many requests',
};
