import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small service with the usual metrics that knows exactly what it counted, and what of it was scraped. */
export type CountingApp = {
  /** Host and port, as a target. */
  readonly address: string;
  /** Counts requests: their status code and how long each took. */
  serve(count: number, code?: string, seconds?: number): void;
  /** A new process in the same place: all counters gone, and another start. */
  restart(): void;
  /** Resolves when everything that has been counted so far was scraped. */
  scraped(): Promise<void>;
  close(): Promise<void>;
};

export type AppOptions = {
  /** When the process says it started (epoch milliseconds); `null` does not say. */
  readonly startedAt?: number | null;
  /** Requests served before anyone watched. */
  readonly before?: number;
};

const bounds = ['0.1', '0.5', '+Inf'];

/** Starts it on a free loopback port. */
export async function startCountingApp(options: AppOptions = {}): Promise<CountingApp> {
  let startedAt = options.startedAt === undefined ? Date.now() : options.startedAt;
  const codes = new Map<string, number>();
  const buckets = new Map<string, number>();
  let waiting: (() => void)[] = [];
  const serve = (count: number, code = '200', seconds = 0.05): void => {
    codes.set(code, (codes.get(code) ?? 0) + count);
    for (const le of bounds) buckets.set(le, (buckets.get(le) ?? 0) + (le === '+Inf' || seconds <= Number(le) ? count : 0));
  };
  if (options.before) serve(options.before);
  const server = createServer((_, response) => {
    const lines = [...codes].map(([code, count]) => `http_requests_total{code="${code}"} ${count}`);
    lines.push(...[...buckets].map(([le, count]) => `http_request_duration_seconds_bucket{le="${le}"} ${count}`));
    if (startedAt !== null) lines.push(`process_start_time_seconds ${startedAt / 1_000}`);
    const served = waiting;
    waiting = [];
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${lines.join('\n')}\n`, () => {
      for (const resolve of served) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an AddressInfo, never a pipe's name.
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    serve,
    restart: () => {
      codes.clear();
      buckets.clear();
      if (startedAt !== null) startedAt = Date.now();
    },
    scraped: () => new Promise((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
