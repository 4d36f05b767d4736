import { formatDuration } from '../../../src/core/base/duration.ts';
import { formatNumber, formatShare } from '../../../src/core/base/format-number.ts';
import type { TicksShape } from '../../../src/core/series/tick.ts';
import type { CountsSeriesModel } from '../calibration.ts';

/** More than this share beyond the largest bound, and the 99th percentile is not a number any more. */
const maxBeyond = 0.01;

/** What the bucket bounds can tell, as the end of a sentence; empty for other series. */
export function bucketResolution(shape: TicksShape, streams: readonly CountsSeriesModel[]): string {
  if (shape.kind !== 'latency') return '';
  const last = shape.le.length - 2;
  const beyond = streams.find(({ column }) => column === last);
  const known = streams.flatMap(({ column, samples }) => (samples > 0 ? [shape.le[column] ?? 0] : []));
  const [low, high] = [known[0], known.at(-1)];
  if (beyond !== undefined && beyond.samples > 0 && beyond.expected > maxBeyond)
    return `; ${formatShare(Number(beyond.expected.toPrecision(2)))} lie beyond the largest bucket (${formatBound(shape.le[last] ?? 0)}), p99 with them: add buckets above it`;
  return low === undefined || high === undefined
    ? ''
    : `; the buckets tell ${low === high ? formatBound(low) : `${formatBound(low)} from ${formatBound(high)}`}`;
}

/** A bucket bound, which is in seconds. */
export function formatBound(seconds: number): string {
  if (seconds < 0.001 || (seconds >= 1 && seconds < 60)) return `${formatNumber(seconds)}s`;
  return formatDuration(seconds * 1000);
}
