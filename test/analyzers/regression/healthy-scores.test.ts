import { describe, expect, test } from 'vitest';
import { usualPeak } from '../../../analyzers/regression/gauge/healthy-scores.ts';

const bake = 6;

/** Peaks of a hundred pseudo bakes, one every sixth of a bake, newest first, some of which touch an incident. */
function peaksWith(incidents: Readonly<Record<number, number>>) {
  const peaks = Float64Array.from({ length: 100 }, (_, i) => incidents[i] ?? 1 + (i % 10) / 10);
  return usualPeak(
    peaks,
    Array.from(peaks, (_, i) => 1000 - i),
    bake,
  );
}

const longIncident = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [40 + i, i === 4 ? 90 : 80]));

describe('the usual peak of healthy bakes', () => {
  test('is that of one incident only if nothing else is known', () => {
    expect(peaksWith(longIncident)).toBe(peaksWith({}));
    expect(usualPeak(Float64Array.of(1, 90, 80), [12, 11, 10], bake)).toBe(90);
  });

  test('is that of two', () => {
    expect(peaksWith({ ...longIncident, 10: 80, 11: 80, 12: 80, 13: 80, 14: 80, 15: 80 })).toBe(80);
  });

  test('does not depend on the order of the bakes', () => {
    const [peaks, starts] = [Float64Array.of(3, 1, 2, 9, 2, 1, 1, 2), [80, 70, 60, 50, 40, 30, 20, 10]];
    expect(usualPeak(peaks.toReversed(), starts.toReversed(), bake)).toBe(usualPeak(peaks, starts, bake));
  });
});
