import type { TicksKind } from './series.ts';

/** A number as people read it: four significant digits at most, thousands grouped, no trailing zeros. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e15)) return value.toExponential(2);
  return value.toLocaleString('en-US', {
    maximumSignificantDigits: Math.abs(value) >= 1000 ? 15 : 4,
    maximumFractionDigits: Math.abs(value) >= 1000 ? 0 : 20,
  });
}

/** A share as a percentage: `0.0421` → `4.21 %`. */
export function formatShare(value: number): string {
  return `${formatNumber(value * 100)} %`;
}

/** A measured value in the unit of its kind. */
export function formatMeasured(kind: TicksKind, value: number): string {
  return kind === 'ratio' || kind === 'latency' ? formatShare(value) : formatNumber(value);
}

/** What one sample of a kind is, in the plural. */
export function unitOf(kind: TicksKind): string {
  return kind === 'ratio' || kind === 'latency' ? 'requests' : 'readings';
}
