import type { GaugeModel } from '../calibration.ts';
import { medianOf, quantileOf, quantileSorted, sorted } from '../math/quantiles.ts';
import { blendedForecasts } from './blend.ts';
import { deviationOf, type Measure } from './deviation-score.ts';
import { endRuleOf } from './end-sum.ts';
import type { GaugeSeries } from './gauge-series.ts';
import { healthyQuantile, noiseOf, peaksOf, places, type ScoresByWay, scoresOf, usualPeak } from './healthy-scores.ts';
import { flowLimit, healthyLimit, type TailSettings } from './healthy-tail.ts';
import { logScale, scaled } from './log-scale.ts';
import { type GaugeSide, type MovingMeans, stepReach, windowsFor } from './moving-means.ts';
import { bestForecasts, replayOf } from './pseudo-deploys.ts';

/** `deployedAt` and `forMs`: the bake for which is calibrated. `tolerance`: from the rule, as a share of the forecast. `flow`: the series counts events. */
export type GaugeOptions = {
  readonly flow: boolean;
  readonly side: GaugeSide;
  readonly tolerance: number | undefined;
  readonly alpha: number;
  readonly forMs: number;
  readonly deployedAt: number;
  /** The number that the logarithmic scale takes for 1; `null`: the numbers are judged as they are. */
  readonly reference: number | null;
  /** Another model judges the other direction. */
  readonly isPair: boolean;
};

/** With fewer pseudo deploys the check is not calibrated. */
const minReplays = 6;
/** How many of the largest healthy scores are kept, for the rank. */
const kept = 12;
/** The minimum unit of the score, as a share of the standard deviation of the whole clean past. */
const minSpread = 0.1;
/** The minimum unit of events, in standard deviations: a few events vary by less, because there are no fewer than none. */
const minFlowSpread = 2.5;
/**
 * Minimum effect where the rule sets no tolerance: smaller changes are ignored. A number must change by 3 % of its forecast; 1 % is enough where that is as
 * far as the metric moves in the past. It must also change by a tenth of the range in which nine tenths of the clean past lie. `flow`: of events.
 */
const minChange = { clear: 0.03, rare: 0.01, ofRange: 0.1, flow: 0.05 };

/**
 * Replays a metric's past: makes a forecast at each pseudo deploy and measures how far the pseudo bake deviates from it. The threshold follows
 * from these healthy deviations. `null` if the past is too short.
 */
export function calibrateGauge(numbers: GaugeSeries, options: GaugeOptions): GaugeModel | null {
  const { flow, side, tolerance, reference } = options;
  const series = reference === null ? numbers : scaled(numbers, logScale(reference));
  const replay = replayOf(series, options);
  // Events that never happened have no forecast.
  if (replay.starts.length < minReplays || replay.minForecast === 0) return null;
  const blend = flow ? blendedForecasts(replay) : null;
  const best = flow ? blend : bestForecasts(replay);
  if (best === null || best.bakes.length < minReplays) return null;
  const measure = measureOf(
    flow ? series : replay.clean,
    { ...best, bake: replay.bake },
    {
      law: reference === null ? 'line' : 'log',
      side,
      windows: windowsFor(replay.bake),
      questions: flow ? ['forecast'] : ['forecast', 'step'],
      slack: reference === null ? (tolerance ?? 0) : asFall(tolerance ?? 0),
      ...(tolerance !== undefined ? { least: 0 } : flow ? { least: minChange.flow } : minChangeOf(replay.clean, reference !== null)),
      flow,
    },
    options.isPair ? 'both' : side,
  );
  const tail = { bake: replay.bake, independent: best.independent, alpha: options.alpha };
  // The small changes of healthy bakes count: they say what is usual.
  const healthy = { ...best, scores: scoresOf(best.bakes, { ...measure, leastBy: 0 }) };
  const { threshold, fall, scores } = limitsOf(healthy, tail, { side, flow });
  const end =
    blend &&
    Math.round(options.forMs / series.stepMs) === replay.bake &&
    endRuleOf(blend.sums, { ...measure, independent: best.independent, alpha: options.alpha });
  const last = series.values.length;
  return {
    ...measure,
    ...(reference === null ? { law: 'line' } : { law: 'log', reference }),
    startAt: series.startAt + last * series.stepMs,
    stepMs: series.stepMs,
    historyMs: last * series.stepMs,
    forecast: Array.from(best.ahead, short),
    ...(best.rivals.length > 0 && { rivals: best.rivals.map((rival) => Array.from(rival, short)) }),
    before: Array.from(series.values.subarray(Math.max(0, last - stepReach)), (value) => (Number.isNaN(value) ? null : value)),
    threshold: short(threshold),
    ...(fall !== undefined && { fall: short(fall) }),
    replayed: scores.length,
    usual: short(quantileSorted(scores, healthyQuantile)),
    top: Array.from(scores.subarray(-kept), short),
    method: best.method.name,
    ...(end && {
      end: { ...end, noise: short(end.noise), minExpected: short(end.minExpected), limit: short(end.limit), top: end.top.map(short) },
    }),
  };
}

/** A tolerated fall, as a difference on the logarithmic scale. A fall to nothing is finite there. */
function asFall(share: number): number {
  return short(Math.min(maxFall, -Math.log1p(-Math.min(1, share))));
}

const maxFall = 50;

type BakeScores = { readonly scores: ScoresByWay; readonly starts: readonly number[] };
type Limits = { readonly threshold: number; readonly fall?: number; readonly scores: Float64Array };

/**
 * The threshold, and the healthy scores in order. Where both directions are worse, each has half of the budget and its own limit: a metric that leaps
 * up now and then may never fall to nothing. The unit of falls makes both limits one threshold.
 */
function limitsOf({ scores, starts }: BakeScores, tail: TailSettings, { side, flow }: Pick<GaugeOptions, 'side' | 'flow'>): Limits {
  const limit = flow ? flowLimit : healthyLimit;
  const both = (fall: number) => scores.up.map((up, i) => Math.max(up, (scores.down[i] ?? 0) / fall));
  if (flow || side !== 'both') return { threshold: limit({ scores: both(1), starts }, tail), scores: both(1).sort() };
  const half = { ...tail, alpha: tail.alpha / 2 };
  const [up, down] = [limit({ scores: scores.up, starts }, half), limit({ scores: scores.down, starts }, half)];
  return { threshold: up, fall: down / up, scores: both(down / up).sort() };
}

/** The minimum effect where the rule sets no tolerance, as a share of the forecast and as a number. */
function minChangeOf({ values }: GaugeSeries, isLog: boolean): Pick<Measure, 'least' | 'leastBy'> {
  const known = values.filter((value) => !Number.isNaN(value));
  const range = quantileOf(known, 1 - rangeTail) - quantileOf(known, rangeTail);
  const size = isLog ? 1 : medianOf(known.map(Math.abs));
  const least = size > 0 ? Math.min(minChange.clear, Math.max(minChange.rare, range / size)) : minChange.rare;
  return { least: short(least), leastBy: range > 0 ? short(minChange.ofRange * range) : 0 };
}

const rangeTail = 0.05;

type PseudoBakes = { readonly bakes: readonly MovingMeans[]; readonly starts: readonly number[]; readonly bake: number };

type ScoreSettings = Pick<Measure, 'law' | 'side' | 'windows' | 'questions' | 'slack' | 'least' | 'leastBy'> & {
  readonly flow: boolean;
};

/**
 * The unit of the score for each question and window: the 95 % quantile of the healthy deviations (of a number without the largest event), so that all
 * windows have the same weight.
 * The variance of events grows with their number, so their unit is in standard deviations.
 */
function measureOf(
  { values }: GaugeSeries,
  { bakes, starts, bake }: PseudoBakes,
  { flow, ...settings }: ScoreSettings,
  unitSide: GaugeSide,
): GaugeMeasure {
  const { deviation, size, phi } = sizesOf(values);
  const noise = flow ? noiseOf(bakes, settings, phi).map(short) : [];
  const peaks = peaksOf(bakes, { ...settings, side: unitSide }, (place, expected, count) =>
    flow ? deviationOf({ expected, count }, phi, noise[place] ?? 0) : 1,
  );
  const spread = places(settings).map(([, length], place) => {
    const own = peaks[place] ?? new Float64Array();
    if (flow) return short(Math.max(minFlowSpread, quantileSorted(sorted(own), healthyQuantile)));
    return short(Math.max(usualPeak(own, starts, bake), (minSpread * deviation) / Math.sqrt(length), resolution * size));
  });
  return { ...settings, questions: [...settings.questions], windows: [...settings.windows], phi: flow ? phi : 0, noise, spread };
}

type GaugeMeasure = { [Key in keyof Measure]: Measure[Key] extends readonly (infer One)[] ? One[] : Measure[Key] };

/** The relative resolution of doubles, with a margin. */
const resolution = 1e-9;

/** The deviation of all numbers, the size of the larger ones, and how much neighbors differ relative to the level (for events). */
function sizesOf(values: Float64Array): { readonly deviation: number; readonly size: number; readonly phi: number } {
  const known = values.filter((value) => !Number.isNaN(value));
  const size = quantileOf(known.map(Math.abs), healthyQuantile);
  let [sum, squares, steps, pairs] = [0, 0, 0, 0];
  for (const value of known) sum += value / known.length;
  for (const value of known) squares += (value - sum) ** 2 / known.length;
  for (let i = 1; i < values.length; i++) {
    const step = (values[i] ?? Number.NaN) - (values[i - 1] ?? Number.NaN);
    if (!Number.isNaN(step)) [steps, pairs] = [steps + step ** 2 / 2, pairs + 1];
  }
  return { deviation: Math.sqrt(squares), size, phi: short(pairs > 0 && sum > 0 ? steps / pairs / sum : 0) };
}

/** Rounds to six significant digits. */
function short(value: number): number {
  return Number(value.toPrecision(6));
}
