import type { GaugeModel } from '../calibration.ts';
import { quantileSorted } from '../math/quantiles.ts';
import { deviationOf, type Measure } from './deviation-score.ts';
import type { GaugeSeries } from './gauge-series.ts';
import { type GaugeSide, type MovingMeans, stepReach, windowsFor } from './moving-means.ts';
import { bestForecasts, noiseOf, peaksOf, places, replayOf, scoresOf, usualShare } from './pseudo-deploys.ts';

/** `deployedAt` and `forMs`: the bake for which is calibrated. `tolerance`: the owner's, as a share of the forecast. `flow`: the line counts events. */
export type GaugeOptions = {
  readonly flow: boolean;
  readonly side: GaugeSide;
  readonly tolerance: number | undefined;
  readonly alpha: number;
  readonly forMs: number;
  readonly deployedAt: number;
};

/** With fewer pseudo deploys nothing can be said about what is usual. */
const fewestReplays = 6;
/** How many of the largest healthy scores are kept, for the rank. */
const kept = 12;
/** Distances below a tenth of what the metric varies by altogether are no distances. */
const leastSpread = 0.1;
/** Minimum effect where the rule sets no tolerance: smaller changes than these shares are ignored. */
const leastChange = 0.01;
const leastFlowChange = 0.05;

/**
 * Replays a metric's past: the forecasts that could have been made at each pseudo deploy, how far the bake then went from them, and so how far a
 * healthy bake goes. `null` where the past is too short to say.
 */
export function calibrateGauge(line: GaugeSeries, options: GaugeOptions): GaugeModel | null {
  const { flow, side, tolerance } = options;
  const replay = replayOf(line, flow, options);
  // Of events that never happen nothing can be forecast.
  if (replay.starts.length < fewestReplays || replay.least === 0) return null;
  const best = bestForecasts(replay);
  if (best === null || best.bakes.length < fewestReplays) return null;
  const measure = measureOf(line, best.bakes, {
    side,
    windows: windowsFor(replay.bake),
    questions: flow ? ['forecast'] : ['forecast', 'step'],
    slack: tolerance ?? 0,
    least: tolerance === undefined ? (flow ? leastFlowChange : leastChange) : 0,
    flow,
  });
  const scores = scoresOf(best.bakes, measure);
  const last = line.values.length;
  return {
    law: 'line',
    ...measure,
    startAt: line.startAt + last * line.stepMs,
    stepMs: line.stepMs,
    historyMs: last * line.stepMs,
    forecast: Array.from(best.ahead, short),
    before: Array.from(line.values.subarray(Math.max(0, last - stepReach)), (value) => (Number.isNaN(value) ? null : value)),
    threshold: thresholdOf(scores, { independent: best.independent, alpha: options.alpha, flow }),
    replayed: scores.length,
    usual: short(quantileSorted(scores, usualShare)),
    top: Array.from(scores.subarray(-kept), short),
    method: best.method.name,
  };
}

type ScoreSettings = Pick<Measure, 'side' | 'windows' | 'questions' | 'slack' | 'least'> & { readonly flow: boolean };

/**
 * What each question and window is measured in: how far the wildest twentieth of the healthy bakes goes, so that all of them weigh alike. Events
 * vary with their number, so theirs is in deviations.
 */
function measureOf({ values }: GaugeSeries, bakes: readonly MovingMeans[], { flow, ...asked }: ScoreSettings): LineMeasure {
  const { deviation, size, phi } = sizesOf(values);
  const noise = flow ? noiseOf(bakes, asked, phi).map(short) : [];
  const peaks = peaksOf(bakes, asked, (place, expected, count) => (flow ? deviationOf({ expected, count }, phi, noise[place] ?? 0) : 1));
  const spread = places(asked).map(([, length], place) => {
    const wild = quantileSorted(peaks[place] ?? [], usualShare);
    return short(flow ? Math.max(1, wild) : Math.max(wild, (leastSpread * deviation) / Math.sqrt(length), resolution * size));
  });
  return { ...asked, questions: [...asked.questions], windows: [...asked.windows], phi: flow ? phi : 0, noise, spread };
}

type LineMeasure = { [Key in keyof Measure]: Measure[Key] extends readonly (infer One)[] ? One[] : Measure[Key] };

/** What doubles resolve of the usual size. */
const resolution = 1e-9;

/** The deviation of all numbers, the size of the larger ones, and how much neighbors differ beside the level (for events). */
function sizesOf(values: Float64Array): { readonly deviation: number; readonly size: number; readonly phi: number } {
  const known = values.filter((value) => !Number.isNaN(value));
  const size = quantileSorted(known.map(Math.abs).sort(), usualShare);
  let [sum, squares, steps, pairs] = [0, 0, 0, 0];
  for (const value of known) sum += value / known.length;
  for (const value of known) squares += (value - sum) ** 2 / known.length;
  for (let i = 1; i < values.length; i++) {
    const step = (values[i] ?? Number.NaN) - (values[i - 1] ?? Number.NaN);
    if (!Number.isNaN(step)) [steps, pairs] = [steps + step ** 2 / 2, pairs + 1];
  }
  return { deviation: Math.sqrt(squares), size, phi: short(pairs > 0 && sum > 0 ? steps / pairs / sum : 0) };
}

/**
 * Between the wildest twentieth of the healthy scores and the very wildest (their geometric mean: one incident in the past must not blind the
 * check), and above it by a margin: the fewer independent bakes the past holds and the smaller the error budget, the larger.
 */
function thresholdOf(scores: Float64Array, { independent, alpha, flow }: { independent: number; alpha: number; flow: boolean }): number {
  const [wild, wildest] = [Math.max(leastScore, quantileSorted(scores, usualShare)), Math.max(leastScore, scores.at(-1) ?? 0)];
  const few = 1 + fewBakes / Math.max(1, independent);
  const strict = (usualAlpha / Math.min(0.1, Math.max(1e-9, alpha))) ** alphaPower;
  return short(Math.sqrt(wild * wildest) * (flow ? flowMargin : 1) * few * strict);
}

/** With this many healthy bakes to learn from, the threshold doubles, and with more it is lower; a tenth of the error budget raises it by 12 %. */
const fewBakes = 10;
const usualAlpha = 0.01;
const alphaPower = 0.05;
/** The nearest of many forecasts of events was also the luckiest. */
const flowMargin = 1.05;

/** Where a tolerance leaves nothing of the healthy distances. */
const leastScore = 0.3;

/** Six digits are more than a forecast is worth. */
function short(value: number): number {
  return Number(value.toPrecision(6));
}
