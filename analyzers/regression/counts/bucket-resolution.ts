import { formatDuration } from '../../../src/core/base/duration.ts';
import { formatNumber, formatShare } from '../../../src/core/base/format-number.ts';
import type { TicksShape } from '../../../src/core/series/tick.ts';
import type { CountsSeriesModel } from '../calibration.ts';

/** If a larger share lies beyond the largest bound, the 99th percentile is unknown. */
const maxBeyond = 0.01;

/** What the bucket bounds can tell, as the end of a sentence; empty for other series. */
export function bucketResolution(shape: TicksShape, models: readonly CountsSeriesModel[]): string {
  if (shape.kind !== 'latency') return '';
  const last = shape.le.length - 2;
  const beyond = models.find(({ column }) => column === last);
  const known = models.flatMap(({ column, samples }) => (samples > 0 ? [shape.le[column] ?? 0] : []));
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
