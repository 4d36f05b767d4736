import { type Column, mapTicks, type Ticks } from '../series/ticks.ts';
import type { InjectedRegression } from './injected-regressions.ts';
import { poisson, type Random, thin } from './random.ts';

/** How an effect is injected into ticks. `normalShare`: the share of bad events without the effect. */
export type Injection = { readonly effect: InjectedRegression; readonly normalShare: number; readonly random: Random };

/**
 * Returns the ticks with a regression added. Missing ticks stay missing, and the original noise is kept. It is added to each value of a split, and to the
 * whole.
 */
export function inject(ticks: Ticks, injection: Injection): Ticks {
  return mapTicks(ticks, (one) => injectOne(one, injection));
}

function injectOne(ticks: Ticks, { effect, normalShare, random }: Injection): Ticks {
  if (ticks.kind === 'ratio' && effect.kind === 'share') {
    return {
      ...ticks,
      bad: ticks.total.map((total, i) => badOf(ticks.bad[i] ?? null, total, { share: effect.share, normalShare, random })),
    };
  }
  if (ticks.kind === 'latency' && effect.kind === 'slower') {
    const move = mover(ticks.le, effect.times, random);
    return { ...ticks, buckets: ticks.buckets.map((row) => row && slowed(row, { of: effect.of, move, random })) };
  }
  if (ticks.kind === 'rate' && effect.kind === 'change') return { ...ticks, count: countsChanged(ticks.count, effect.change, random) };
  if (ticks.kind === 'value' && effect.kind === 'change') {
    return { ...ticks, value: ticks.value.map((value) => (value === null ? null : value + effect.change * Math.abs(value))) };
  }
  return ticks;
}

type Aim = { readonly share: number; readonly normalShare: number; readonly random: Random };

/** Turns random good events bad (or bad ones good), so that the normal share becomes the wanted share. */
function badOf(bad: number | null, total: number | null, { share, normalShare, random }: Aim): number | null {
  if (bad === null || total === null || !(total >= bad)) return bad;
  if (share < normalShare) return thin(bad, share / normalShare, random);
  return bad + thin(total - bad, (share - normalShare) / Math.max(1e-12, 1 - normalShare), random);
}

function countsChanged(counts: Column, change: number, random: Random): Column {
  return counts.map((count) => {
    if (count === null || !(count >= 0)) return count;
    return change < 0 ? thin(count, 1 + change, random) : count + poisson(change * count, random);
  });
}

type MoveCounts = (bucket: number, count: number) => readonly (readonly [to: number, count: number])[];
type SlowdownOptions = { readonly of: number; readonly move: MoveCounts; readonly random: Random };

function slowed(row: readonly number[], { of, move, random }: SlowdownOptions): readonly number[] {
  const counts = row.map((within, j) => Math.max(0, within - (row[j - 1] ?? 0)));
  const after = [...counts];
  for (const [j, count] of counts.entries()) {
    const moved = thin(count, of, random);
    if (moved === 0) continue;
    after[j] = (after[j] ?? 0) - moved;
    for (const [to, arrived] of move(j, moved)) after[to] = (after[to] ?? 0) + arrived;
  }
  let within = 0;
  return after.map((count) => {
    within += count;
    return within;
  });
}

/** Moves slower requests to higher buckets. Requests are assumed to be uniform within a bucket. Those in the last bucket stay there. */
function mover(le: readonly number[], times: number, random: Random): MoveCounts {
  const last = le.length - 1;
  const lowerOf = (j: number) => (j === 0 ? 0 : (le[j - 1] ?? 0));
  return (j, count) => {
    const [low, high] = [lowerOf(j) * times, (le[j] ?? Infinity) * times];
    if (j >= last || !Number.isFinite(high)) return [[last, count]];
    const landed: [number, number][] = [];
    let [left, share] = [count, 1];
    for (let to = j; to <= last && left > 0; to++) {
      const overlap = Math.max(0, Math.min(high, le[to] ?? Infinity) - Math.max(low, lowerOf(to))) / (high - low);
      const here = to === last ? left : thin(left, Math.min(1, overlap / Math.max(share, 1e-12)), random);
      if (here > 0) landed.push([to, here]);
      [left, share] = [left - here, share - overlap];
    }
    return landed;
  };
}
