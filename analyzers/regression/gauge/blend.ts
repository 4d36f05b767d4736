import { addToEnd, type EndSum, noEvents } from './end-sum.ts';
import { MovingMeans, stepReach } from './moving-means.ts';
import { aheadOf, candidatesOf, type ForecastCandidate, type Forecasts, type Replay, startsFrom } from './pseudo-deploys.ts';

/** Methods are blended whose error is at most this many times the smallest one; of more, the best six. */
const maxError = 1.2;
const maxMethods = 6;
/** The weight of a method falls with this power of its error. */
const power = 12;

/** `sums`: all events of each pseudo bake. */
export type FlowForecasts = Forecasts & { readonly sums: readonly EndSum[] };

type Blend = { readonly candidates: readonly ForecastCandidate[]; readonly weights: readonly number[] };

/**
 * The forecasts of events: the geometric mean of the best methods, the better ones with more weight. Their errors differ by little, so that the best one of
 * them is partly best by chance; the errors of a blend are smaller. `null` if no forecast is possible.
 */
export function blendedForecasts(replay: Replay): FlowForecasts | null {
  const blend = blendOf(candidatesOf(replay));
  const [best] = blend.candidates;
  if (best === undefined) return null;
  const { series, bake, gap } = replay;
  const first = Math.max(...blend.candidates.map((candidate) => candidate.first));
  const last = series.values.length - bake;
  // A forecast from last week is possible in the newest days only, so its pseudo deploys are placed closer together.
  const found = startsFrom(first, last, bake).flatMap((at) => {
    const parts = blend.candidates.map(({ method }) => aheadOf(replay, method, { from: at, gap, length: bake, minLength: bake }));
    const known = parts.filter((part) => part !== null);
    if (known.length < parts.length) return [];
    const before = gap === 0 ? series.values.subarray(Math.max(0, at - stepReach), at) : new Float64Array();
    const values = series.values.subarray(at, at + bake);
    const forecast = blended(known, blend.weights);
    return [{ at, means: MovingMeans.of({ values, forecast, before }), sum: sumOf(values, forecast) }];
  });
  return {
    method: best.method,
    ahead: blended(
      blend.candidates.map(({ ahead }) => ahead),
      blend.weights,
    ),
    rivals: [],
    bakes: found.map(({ means }) => means),
    starts: found.map(({ at }) => at),
    sums: found.map(({ sum }) => sum),
    independent: (last + bake - first) / bake,
  };
}

function sumOf(values: Float64Array, forecast: Float64Array): EndSum {
  let sum = noEvents;
  for (const [i, value] of values.entries()) sum = addToEnd(sum, value, forecast[i] ?? 0);
  return sum;
}

function blendOf(candidates: readonly ForecastCandidate[]): Blend {
  const ranked = candidates.toSorted((a, b) => a.error - b.error);
  const smallest = ranked[0]?.error ?? 0;
  const near = ranked.filter(({ error }) => error <= maxError * smallest).slice(0, maxMethods);
  return { candidates: near, weights: near.map(({ error }) => (error > 0 ? (smallest / error) ** power : 1)) };
}

/** The weighted geometric mean; as long as the shortest of them. */
function blended(forecasts: readonly Float64Array[], weights: readonly number[]): Float64Array {
  let total = 0;
  for (const weight of weights) total += weight;
  return Float64Array.from({ length: Math.min(...forecasts.map(({ length }) => length)) }, (_, i) => {
    let sum = 0;
    for (const [k, forecast] of forecasts.entries()) sum += (weights[k] ?? 0) * Math.log(forecast[i] ?? 0);
    return Math.exp(sum / total);
  });
}
