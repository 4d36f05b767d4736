import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { formatDuration } from '../core/base/duration.ts';
import { HttpError, kindOf } from './http-error.ts';

/** Where to connect. With `tls`, a TLS handshake follows; `ca` is PEM text that replaces the certificate authorities of the system. */
export type ConnectRequest = {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly tls: { readonly ca?: string | undefined; readonly serverName?: string | undefined } | null;
};

/** What was learned from a connection. `certificateEndsAt` is `null` without TLS or without a readable end date. */
export type ConnectionInfo = { readonly certificateEndsAt: number | null };

/** Opens a connection and closes it again. `timeoutMs` limits everything together. Throws `HttpError`, whose message names only host and port. */
export async function connectOnce(request: ConnectRequest, signal: AbortSignal): Promise<ConnectionInfo> {
  const place = `${request.host}:${request.port}`;
  if (signal.aborted) throw new HttpError('aborted', `the connection to ${place} was aborted before it was opened`);
  const limit = AbortSignal.timeout(request.timeoutMs);
  const socket = open(request);
  try {
    await once(socket, request.tls === null ? 'connect' : 'secureConnect', { signal: AbortSignal.any([signal, limit]) });
    return { certificateEndsAt: socket instanceof TLSSocket ? endOfCertificate(socket) : null };
  } catch (error) {
    if (signal.aborted) throw new HttpError('aborted', `the connection to ${place} was aborted`);
    if (limit.aborted) throw new HttpError('timeout', `no connection to ${place} within ${formatDuration(request.timeoutMs)}`);
    const { kind, code } = kindOf(error);
    const what = kind === 'tls' ? 'could not be trusted' : kind === 'unreachable' ? 'could not be reached' : 'broke the connection';
    throw new HttpError(kind, `${place} ${what}${code ? ` (${code})` : ''}`, code);
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}

function open({ host, port, tls }: ConnectRequest): Socket {
  if (tls === null) return connectTcp({ host, port });
  const name = tls.serverName ?? host;
  return connectTls({ host, port, ...(isIP(name) === 0 && { servername: name }), ...(tls.ca !== undefined && { ca: tls.ca }) });
}

function endOfCertificate(socket: TLSSocket): number | null {
  const endsAt = Date.parse(socket.getPeerCertificate().valid_to);
  return Number.isNaN(endsAt) ? null : endsAt;
}
