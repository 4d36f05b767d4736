import { formatNumber, formatShare } from '../base/format-number.ts';
import type { TicksKind } from './ticks.ts';

/** Formats a measured value in the unit of its kind. */
export function formatMeasured(kind: TicksKind, value: number): string {
  return kind === 'ratio' || kind === 'latency' ? formatShare(value) : formatNumber(value);
}

/** What the samples of a kind are called, in the plural. */
export function unitOf(kind: TicksKind): string {
  return kind === 'ratio' || kind === 'latency' ? 'requests' : 'readings';
}
