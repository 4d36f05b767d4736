/** The value of the last sample of a series that has ended. From then on Prometheus shows no value, instead of the last one for five minutes. */
export const stale = 'stale';

/** Samples of one series: its labels with `__name__`, and pairs of a time (epoch milliseconds) and a value. */
export type WrittenSeries = {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [at: number, value: number | typeof stale])[];
};

/** Sends samples to the remote-write receiver of a Prometheus (version 1: protobuf in snappy). Throws where it refuses any of them. */
export async function remoteWrite(url: string, series: readonly WrittenSeries[]): Promise<void> {
  const message = Buffer.concat(series.map((one) => block(1, toTimeSeries(one))));
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  };
  const response = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body: toSnappy(message) });
  if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`);
}

function toTimeSeries({ labels, samples }: WrittenSeries): Buffer {
  const names = Object.keys(labels).sort();
  return Buffer.concat([
    ...names.map((name) => block(1, Buffer.concat([block(1, Buffer.from(name)), block(2, Buffer.from(labels[name] ?? ''))]))),
    ...samples.map(([at, value]) =>
      block(2, Buffer.concat([Buffer.from([(1 << 3) | 1]), double(value), Buffer.from([2 << 3]), varint(at)])),
    ),
  ]);
}

/** A field of protobuf that has a length. */
function block(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(content.length), content]);
}

function double(value: number | typeof stale): Buffer {
  const bytes = Buffer.alloc(8);
  if (value === stale) bytes.writeBigUInt64LE(0x7ff0000000000002n);
  else bytes.writeDoubleLE(value);
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Snappy without compression: the length, and one literal. */
function toSnappy(content: Buffer): Buffer<ArrayBuffer> {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Math.max(0, content.length - 1));
  return Buffer.concat([varint(content.length), Buffer.from([63 << 2]), length, content]);
}
