/** An error with what the driver, Node or PostgreSQL add to it. */
type CodedError = Error & { readonly code?: unknown; readonly severity?: unknown };

/** In words, by the code of Node or the SQLSTATE; the first that fits. `null`: the message of the error itself. */
const causes: readonly (readonly [RegExp, string | null])[] = [
  [/^ECONNREFUSED$/, 'connection refused'],
  [/^ENOENT$/, 'there is no socket of PostgreSQL'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'its host name cannot be resolved'],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/, 'its host does not answer'],
  [/^EACCES$/, 'this user may not use the socket'],
  [/^(ECONN|EPIPE)/, 'the connection was lost'],
  // The errors of TLS: an unknown CA, an outdated certificate, a server without TLS.
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is for another host name'],
  [/^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_)/, 'its certificate is not from the CA that is trusted (sslrootcert)'],
  [/^ERR_SSL_\w*ALERT_CERTIFICATE_REQUIRED$/, 'it asks for a client certificate (sslcert, sslkey)'],
  [/^ERR_SSL_.*ALERT_.*(UNKNOWN_CA|CERTIFICATE)/, 'it does not accept the client certificate (sslcert)'],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired'],
  [/^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO)/, null],
  // 08: connection, and PgBouncer. 57P0: shutdown or start. 53300: too many connections. 25006: a standby. 28, 3D000: no access.
  [/^(08|57P0|53300|25006|28|3D000)/, null],
];

/** What the driver says where it has no code. */
const messages: readonly (readonly [RegExp, string])[] = [
  [/^Query read timeout/, 'no answer in time'],
  [/^(timeout exceeded when trying to connect|timeout expired|Connection terminated due to connection timeout)/, 'no connection in time'],
  [/^(Connection terminated|Client has encountered a connection error|Client was closed)/, 'the connection was lost'],
  [/^Cannot use a pool after calling end/, 'the server stops'],
  [/^(The server does not support SSL|There was an error establishing an SSL)/, 'it does not offer TLS (sslmode)'],
];

/** Why the database cannot be reached, in words for people, or `null` where an error means something else. */
export function whyUnreachable(error: CodedError): string | null {
  const code = typeof error.code === 'string' ? error.code : '';
  const found = causes.find(([pattern]) => pattern.test(code));
  if (found !== undefined) return found[1] ?? error.message;
  return messages.find(([pattern]) => pattern.test(error.message))?.[1] ?? null;
}
