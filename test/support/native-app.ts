import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service with one native histogram, which it exposes as protobuf: text has none. */
export type NativeApp = {
  /** Host and port, as a target. */
  readonly address: string;
  /** Observes a latency in seconds a number of times. */
  observe(count: number, value: number): void;
  /** The resolution from now on: `8` buckets for each factor of two have the schema 3. */
  coarsen(schema: number): void;
  /** Starts again with no observation. */
  restart(): void;
  /** Resolves when everything that has been observed so far was scraped. */
  scraped(): Promise<void>;
  close(): Promise<void>;
};

/** Starts it on a free loopback port. `startedAt`: when its process says it started. */
export async function startNativeApp(name: string, startedAt = Date.now()): Promise<NativeApp> {
  let schema = 3;
  let start = startedAt;
  let values: [value: number, count: number][] = [];
  let waiting: (() => void)[] = [];
  const server = createServer((_, response) => {
    const served = waiting;
    waiting = [];
    response.setHeader('content-type', 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited');
    const families = [histogramFamily(name, values, schema), gaugeFamily('process_start_time_seconds', start / 1_000)];
    response.end(Buffer.concat(families.map((family) => Buffer.concat([varint(family.length), family]))), () => {
      for (const resolve of served) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an AddressInfo, never a pipe's name.
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    observe: (count, value) => values.push([value, count]),
    coarsen: (next) => {
      schema = next;
    },
    restart: () => {
      values = [];
      start = Date.now();
    },
    scraped: () => new Promise((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The index of the bucket of a value: those above `2^(index-1)/2^schema`, up to its own bound. */
function indexOf(value: number, schema: number): number {
  return Math.ceil(Math.log2(value) * 2 ** schema - 1e-9);
}

function histogramFamily(name: string, values: readonly (readonly [number, number])[], schema: number): Buffer {
  const counts = new Map<number, number>();
  for (const [value, count] of values) counts.set(indexOf(value, schema), (counts.get(indexOf(value, schema)) ?? 0) + count);
  const indexes = [...counts.keys()].sort((a, b) => a - b);
  const [first = 0, last = -1] = [indexes[0], indexes.at(-1)];
  const dense = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => counts.get(first + i) ?? 0);
  const total = dense.reduce((sum, count) => sum + count, 0);
  const histogram = Buffer.concat([
    field(1, varint(total)),
    double(
      2,
      values.reduce((sum, [value, count]) => sum + value * count, 0),
    ),
    field(5, varint(zigzag(schema))),
    double(6, 1e-128),
    field(7, varint(0)),
    ...(dense.length > 0 ? [message(12, Buffer.concat([field(1, varint(zigzag(first))), field(2, varint(dense.length))]))] : []),
    ...dense.map((count, i) => field(13, varint(zigzag(count - (dense[i - 1] ?? 0))))),
  ]);
  return Buffer.concat([text(1, name), field(3, varint(4)), message(4, message(7, histogram))]);
}

function gaugeFamily(name: string, value: number): Buffer {
  return Buffer.concat([text(1, name), field(3, varint(1)), message(4, message(2, double(1, value)))]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function field(tag: number, value: Buffer): Buffer {
  return Buffer.concat([varint(tag * 8), value]);
}

function double(tag: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint(tag * 8 + 1), bytes]);
}

function message(tag: number, body: Buffer): Buffer {
  return Buffer.concat([varint(tag * 8 + 2), varint(body.length), body]);
}

function text(tag: number, value: string): Buffer {
  return message(tag, Buffer.from(value));
}
