import type { Recording } from '../src/core/recording/recording.ts';
import { families, makeCounts, recordingOf } from './accuracy/families.ts';
import { latencyEffects, latencyFamilies, makeLatency } from './accuracy/latency.ts';
import { createRandom } from './accuracy/random.ts';

const none = { name: 'none', times: 1, share: 0, onset: 0, ticks: 0 } as const;

/** Healthy error ratios of 3,000 ticks each, the bake's 120 among them, from a mix of families. */
export function countRecordings(count: number): readonly Recording[] {
  const mix = families.filter(({ control }) => control === undefined).map((family) => ({ ...family, historyTicks: 2880 }));
  return Array.from(
    { length: count },
    (_, i) => makeCounts(mix[i % mix.length] ?? { name: 'calm', perTick: 300, base: 0.005 }, none, i).recording,
  );
}

/** Healthy histograms of twelve bounds. */
export function latencyRecordings(count: number): readonly Recording[] {
  return Array.from({ length: count }, (_, i) => {
    const family = latencyFamilies[i % latencyFamilies.length] ?? { name: 'latency', perTick: 150, median: 0.08, sigma: 0.5 };
    return makeLatency(family, latencyEffects[0], i).recording;
  });
}

/** Healthy gauges of 3,000 ticks each with a daily season and a memory of some minutes. */
export function gaugeRecordings(count: number): readonly Recording[] {
  return Array.from({ length: count }, (_, seed) => {
    const random = createRandom(seed + 1);
    let level = 0;
    const value = Array.from({ length: 3000 }, (_, i) => {
      level = 0.9 * level + random.normal();
      return Math.round(100 * (100 + 10 * Math.sin((2 * Math.PI * i) / 288) + level)) / 100;
    });
    const step = 300;
    const bakeTicks = 24;
    const start = 1_772_323_200 - (value.length - bakeTicks) * step;
    return recordingOf(`gauge-${seed}`, {
      name: 'gauge',
      kind: 'value',
      direction: 'both',
      step,
      history: { start, value: value.slice(0, -bakeTicks) },
      bake: { value: value.slice(-bakeTicks) },
    });
  });
}
