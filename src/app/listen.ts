import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import { AppError } from '../core/base/errors.ts';
import type { AppConfig } from './app-config.ts';

export type HttpListener = {
  readonly url: string;
  /**
   * Answers requests from now on, in place of an earlier call. Call it in the same turn of the event loop in which `listen` resolves: no request can
   * arrive before.
   */
  answer(fetch: (request: Request) => Response | Promise<Response>): void;
  /** Uses another certificate for new connections. Does nothing on plain HTTP. */
  secure(tls: ListenerTls): void;
  /** Stops listening, and resolves when the requests under way are answered. */
  close(): Promise<void>;
};

type ListenerTls = NonNullable<AppConfig['server']['tls']>;
type ListenAddress = Pick<AppConfig['server'], 'host' | 'port'> & Partial<Pick<AppConfig['server'], 'tls'>>;

/** A connection that does not finish its headers or its request in this time is closed. */
const headersTimeoutMs = 15_000;
const requestTimeoutMs = 60_000;
const timeouts = { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs };

/** Starts to listen, with TLS where there is a certificate. Port 0 takes a free one. Throws `AppError('unavailable')` when the address cannot be listened on. */
export async function listen({ host, port, tls = null }: ListenAddress): Promise<HttpListener> {
  const secure = tls === null ? null : createSecureServer({ ...timeouts, ...contextOf(tls) });
  const server = secure ?? createServer(timeouts);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new AppError('unavailable', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error })),
    );
    server.listen(port, host, resolve);
  });
  let listener: ReturnType<typeof getRequestListener> | null = null;
  server.on('request', (request, response) => void listener?.(request, response));
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${secure === null ? 'http' : 'https'}://${shown}:${portOf(server) ?? port}`,
    answer(fetch) {
      listener = getRequestListener(fetch);
    },
    secure: (other) => secure?.setSecureContext(contextOf(other)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function contextOf({ cert, key }: ListenerTls): { readonly cert: string; readonly key: string } {
  return { cert, key: key.reveal() };
}

function portOf(server: Server | SecureServer): number | undefined {
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}
