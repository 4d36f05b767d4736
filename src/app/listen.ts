import { createAdaptorServer } from '@hono/node-server';
import { AppError } from '../core/base/errors.ts';

export type HttpListener = { readonly url: string; readonly close: () => Promise<void> };

/** A connection that does not finish its headers or its request in this time is closed. */
const headersTimeoutMs = 15_000;
const requestTimeoutMs = 60_000;

/** Starts the HTTP server. Port 0 takes a free one. Throws `AppError('unavailable')` when the address cannot be listened on. */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<HttpListener> {
  const server = createAdaptorServer({ fetch, serverOptions: { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs } });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new AppError('unavailable', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error })),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeIdleConnections' in server) server.closeIdleConnections();
      }),
  };
}
