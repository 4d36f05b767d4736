import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { AppError } from '../core/base/errors.ts';

export type HttpListener = {
  readonly url: string;
  /**
   * Answers requests from now on, in place of an earlier call. Call it in the same turn of the event loop in which `listen` resolves: no request can
   * arrive before.
   */
  answer(fetch: (request: Request) => Response | Promise<Response>): void;
  /** Stops listening, and resolves when the requests under way are answered. */
  close(): Promise<void>;
};

/** A connection that does not finish its headers or its request in this time is closed. */
const headersTimeoutMs = 15_000;
const requestTimeoutMs = 60_000;

/** Starts to listen. Port 0 takes a free one. Throws `AppError('unavailable')` when the address cannot be listened on. */
export async function listen({ host, port }: { readonly host: string; readonly port: number }): Promise<HttpListener> {
  const server = createServer({ headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs });
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
    url: `http://${shown}:${portOf(server) ?? port}`,
    answer(fetch) {
      listener = getRequestListener(fetch);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function portOf(server: Server): number | undefined {
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}
