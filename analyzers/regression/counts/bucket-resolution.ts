import { formatValue } from '../../../src/core/series/format-value.ts';
import type { TicksShape } from '../../../src/core/series/tick.ts';
import type { CountsSeriesModel } from '../calibration.ts';

/** If a larger share lies beyond the largest bound, the 99th percentile is unknown. */
const maxBeyond = 0.01;

/** What the bucket bounds can tell, as a note; empty for other series. `unit`: of the bounds. */
export function bucketResolution(shape: TicksShape, models: readonly CountsSeriesModel[], unit: string): string {
  if (shape.kind !== 'latency') return '';
  const last = shape.le.length - 2;
  const show = (bound: number | undefined) => formatValue(unit, bound ?? 0);
  const beyond = models.find(({ column }) => column === last);
  if (beyond !== undefined && beyond.samples > 0 && beyond.expected > maxBeyond)
    return `${formatValue('share', Number(beyond.expected.toPrecision(2)))} lie beyond the largest bucket (${show(shape.le[last])}): add buckets above it`;
  const known = models.flatMap(({ column, samples }) => (samples > 0 ? [shape.le[column] ?? 0] : []));
  if (known.length === 0) return '';
  return known.length === 1
    ? `judged at one bucket bound, ${show(known[0])}`
    : `judged at ${known.length} bucket bounds, from ${show(known[0])} to ${show(known.at(-1))}`;
}
