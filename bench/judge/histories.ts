import type { Ticks } from '../../src/core/series/ticks.ts';
import { createRandom, type Random } from '../accuracy/random.ts';

export const kinds = ['ratio', 'latency', 'rate', 'value'] as const;
type Kind = (typeof kinds)[number];

/** A healthy series with a daily season and a memory of some minutes. */
export function healthy(
  kind: Kind,
  { length, stepMs, seed }: { readonly length: number; readonly stepMs: number; readonly seed: number },
): Ticks {
  const random = createRandom(seed + 1);
  const memory = Math.exp(-stepMs / 900_000);
  let drift = 0;
  const level = (i: number) => {
    drift = memory * drift + Math.sqrt(1 - memory ** 2) * random.normal();
    return (1 + 0.5 * Math.sin((2 * Math.PI * i * stepMs) / 86_400_000)) * Math.exp(0.05 * drift);
  };
  const perTick = stepMs / 1000;
  const means = Array.from({ length }, (_, i) => level(i));
  switch (kind) {
    case 'value':
      return { kind, value: means.map((mean) => Math.round(100 * mean * (100 + random.normal())) / 100) };
    case 'rate':
      return { kind, count: means.map((mean) => random.poisson(mean * perTick)) };
    case 'ratio': {
      const total = means.map((mean) => random.poisson(20 * mean * perTick));
      return { kind, total, bad: total.map((n) => random.binomial(n, 0.005)) };
    }
    case 'latency':
      return { kind, le: bounds, buckets: means.map((mean) => buckets(random.poisson(20 * mean * perTick), random)) };
  }
}

const bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Number.POSITIVE_INFINITY];
const shares = [0.1, 0.3, 0.6, 0.8, 0.92, 0.97, 0.99, 0.996, 0.999, 0.9999, 1];

/** Cumulative counts. */
function buckets(total: number, random: Random): readonly number[] {
  let [left, below, sum] = [total, 0, 0];
  return shares.map((share) => {
    const own = share >= 1 ? left : random.binomial(left, (share - below) / (1 - below));
    [left, below, sum] = [left - own, share, sum + own];
    return sum;
  });
}
