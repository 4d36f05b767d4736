import { formatNumber, formatShare } from '../base/numbers.ts';
import type { TicksKind } from './series.ts';

/** A measured value in the unit of its kind. */
export function formatMeasured(kind: TicksKind, value: number): string {
  return kind === 'ratio' || kind === 'latency' ? formatShare(value) : formatNumber(value);
}

/** What one sample of a kind is, in the plural. */
export function unitOf(kind: TicksKind): string {
  return kind === 'ratio' || kind === 'latency' ? 'requests' : 'readings';
}
