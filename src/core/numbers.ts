import type { TicksKind } from './series.ts';

/** A number as people read it: four significant digits (from a thousand on, whole), thousands grouped, no trailing zeros. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15) return value.toExponential(2);
  return (size >= 1000 ? whole : significant).format(value);
}

// Formatters are dear to make.
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });

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
