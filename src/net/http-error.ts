/**
 * Why there is no answer. `unreachable` and `tls`: the request was certainly not delivered. `broken`: the connection ended mid-way, it may have been.
 * `timeout`: it may have been delivered, too. `too_large`: answered, with more than the cap. `aborted`: the caller's signal.
 */
export type HttpErrorKind = 'unreachable' | 'tls' | 'broken' | 'timeout' | 'too_large' | 'aborted';

/** A call that brought no answer. The message never holds more of the request than its host. */
export class HttpError extends Error {
  readonly kind: HttpErrorKind;
  /** The code of the system's or the TLS library's error, such as `ENOTFOUND`, where there is one. */
  readonly code: string | null;
  constructor(kind: HttpErrorKind, message: string, code: string | null = null) {
    super(message);
    this.name = 'HttpError';
    this.kind = kind;
    this.code = code;
  }
  /** True where the far side certainly never saw the request, so that sending it again cannot do anything twice. */
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

/** Tells the kind of an error of undici or of a socket by its code, which is the only part of it fit to be shown. */
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
  // With several addresses Node reports one error for all; each of them is the same kind of failure to connect.
  const isConnecting = error instanceof AggregateError;
  return { code, syscall: syscall ?? (isConnecting ? 'connect' : null) };
}
