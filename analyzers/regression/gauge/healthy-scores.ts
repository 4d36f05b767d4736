import { quantileSorted, sorted } from '../math/quantiles.ts';
import { deviationOf, distanceOf, inUnits, type Measure, scoreOf, type Way, wayOf } from './deviation-score.ts';
import type { MovingMeans } from './moving-means.ts';
import { oneDeviation } from './pseudo-deploys.ts';

/** The quantile of the healthy scores that is used as their upper limit. */
export const healthyQuantile = 0.95;

type ReplaySettings = Pick<Measure, 'side' | 'questions' | 'windows'>;

/** For each question and window, the maximum deviation of each pseudo bake, in units of `unit`, in the order of the bakes. */
export function peaksOf(
  bakes: readonly MovingMeans[],
  settings: ReplaySettings,
  unit: (place: number, expected: number, count: number) => number,
): readonly Float64Array[] {
  return places(settings).map(([question, length], place) =>
    Float64Array.from(bakes, (means) => {
      let max = 0;
      for (let at = length - 1; at < means.length; at++) {
        const window = means.around(question, at, length);
        if (window === null) continue;
        const size = inUnits(distanceOf(window, settings.side), unit(place, window.expected, window.count));
        if (size > max && means.isShared(window, at, length)) max = size;
      }
      return max;
    }),
  );
}

/**
 * The upper limit of the peaks without those of the largest event: one incident of the past is no unit. `starts`: the first tick of each pseudo bake. Where
 * few would be left, all count.
 */
export function usualPeak(peaks: Float64Array, starts: readonly number[], bake: number): number {
  const eventAt = starts[peaks.indexOf(Math.max(...peaks))] ?? 0;
  const others = peaks.filter((_, i) => Math.abs((starts[i] ?? 0) - eventAt) > bake);
  return quantileSorted(sorted(2 * others.length < peaks.length ? peaks : others), healthyQuantile);
}

/** For each window, the relative forecast error beyond the variance of independent events. */
export function noiseOf(bakes: readonly MovingMeans[], settings: ReplaySettings, phi: number): readonly number[] {
  return places(settings).map(([question, length]) => {
    const shares: number[] = [];
    for (const means of bakes) {
      for (let at = length - 1; at < means.length; at += length) {
        const window = means.around(question, at, length);
        if (window === null || !(window.expected > 0)) continue;
        const share = Math.abs(window.mean - window.against) / window.expected;
        const explained = deviationOf(window, phi, 0) / window.expected;
        shares.push(share * Math.abs(share) - explained * explained);
      }
    }
    return Math.sqrt(Math.max(0, quantileSorted(sorted(shares), oneDeviation) || 0));
  });
}

/** The largest score of each pseudo bake in each direction. */
export type ScoresByWay = Readonly<Record<Way, Float64Array>>;

export function scoresOf(bakes: readonly MovingMeans[], measure: Measure): ScoresByWay {
  const scores = { up: new Float64Array(bakes.length), down: new Float64Array(bakes.length) };
  for (const [place, [question, length]] of places(measure).entries()) {
    for (const [i, means] of bakes.entries()) {
      for (let at = length - 1; at < means.length; at++) {
        const window = means.around(question, at, length);
        if (window === null) continue;
        const score = scoreOf(window, place, measure);
        const own = scores[wayOf(window)];
        if (score > (own[i] ?? 0) && means.isShared(window, at, length)) own[i] = score;
      }
    }
  }
  return scores;
}

/** Every question with every window, in the order of their places. */
export function places({
  questions,
  windows,
}: Pick<Measure, 'questions' | 'windows'>): readonly (readonly [Measure['questions'][number], number])[] {
  return questions.flatMap((question) => windows.map((length) => [question, length] as const));
}
