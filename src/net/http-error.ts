/**
 * Why there is no answer. `unreachable`, `tls`: the request certainly did not arrive. `broken` (the connection ended early) and `timeout`: it may have
 * arrived. `too_large`: the answer is larger than the limit. `aborted`: the caller's signal.
 */
export type HttpErrorKind = 'unreachable' | 'tls' | 'broken' | 'timeout' | 'too_large' | 'aborted';

/** A request that got no answer. Of the request, the message names only the host. */
export class HttpError extends Error {
  readonly kind: HttpErrorKind;
  /** The error code of the system or the TLS library, such as `ENOTFOUND`. */
  readonly code: string | null;
  constructor(kind: HttpErrorKind, message: string, code: string | null = null) {
    super(message);
    this.name = 'HttpError';
    this.kind = kind;
    this.code = code;
  }
  /** True if the server certainly never saw the request, so a retry cannot do anything twice. */
  get isUndelivered(): boolean {
    return this.kind === 'unreachable' || this.kind === 'tls';
  }
}

const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
]);

const certificate =
  /^(CERT_|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH|CRL_|ERROR_IN_C)/;

/** Classifies an error of undici or of a socket by its code. Only the code may be shown. */
export function kindOf(error: unknown): { readonly kind: HttpErrorKind; readonly code: string | null } {
  const { code, syscall } = detailsOf(error);
  return { kind: kindFor(code, syscall), code };
}

function kindFor(code: string | null, syscall: string | null): HttpErrorKind {
  if (code === null) return 'broken';
  if (neverConnected.has(code) || (code === 'ETIMEDOUT' && syscall === 'connect')) return 'unreachable';
  if (certificate.test(code)) return 'tls';
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED' || code === 'UND_ERR_ABORTED') return 'aborted';
  return 'broken';
}

function detailsOf(error: unknown): { readonly code: string | null; readonly syscall: string | null } {
  if (typeof error !== 'object' || error === null) return { code: null, syscall: null };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  const syscall = 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : null;
  // For a host with several addresses, Node reports one AggregateError; each part is a failure to connect.
  const isConnecting = error instanceof AggregateError;
  return { code, syscall: syscall ?? (isConnecting ? 'connect' : null) };
}
