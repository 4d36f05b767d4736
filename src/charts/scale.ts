/** Maps a value to a coordinate of the drawing. */
export type Scale = (value: number) => number;

/** Maps `[low, high]` to `[start, end]`. `high` must be greater than `low`. */
export function linear([low, high]: Range, [start, end]: Range): Scale {
  return (value) => start + ((value - low) / (high - low)) * (end - start);
}

export type Range = readonly [low: number, high: number];

/** Returns about `count` round numbers within the range: multiples of 1, 2 or 5 times a power of ten. */
export function numberTicks([low, high]: Range, count: number): readonly number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((times) => times * power >= rough) ?? 10) * power;
  // 3 × 0.1 is not exactly 0.3, so the ends need a tolerance and the ticks are rounded.
  const first = Math.ceil(low / step - 1e-9);
  const ticks = Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, i) => (first + i) * step);
  return ticks.map((tick) => Number(tick.toPrecision(12)));
}

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000] as const;
const timeSteps: readonly number[] = [
  ...[1, 5, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 30, 90, 365].map((n) => n * day),
];

/** Returns at most `count` round instants (UTC) within the range, with their labels. */
export function timeTicks([from, to]: Range, count: number): readonly { readonly at: number; readonly label: string }[] {
  const step = timeSteps.find((ms) => (to - from) / ms <= count) ?? (to - from) / count;
  const ticks: { at: number; label: string }[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to && ticks.length <= count; at += step) ticks.push({ at, label: labelOf(at, step) });
  return ticks;
}

function labelOf(at: number, step: number): string {
  const iso = isoOf(at);
  if (step >= day || at % day === 0) return iso.slice(0, 10);
  return step < minute ? iso.slice(11, 19) : iso.slice(11, 16);
}

/** Formats an instant as ISO-8601, or says that the number is not an instant. */
export function isoOf(at: number): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : 'at no known time';
}

/** Rounds a coordinate, so that drawings stay small. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
