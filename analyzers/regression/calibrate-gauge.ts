import type { GaugeArm } from './calibration.ts';
import { forecast, type Method, methodsFor } from './forecast.ts';
import type { Line } from './line.ts';
import { medianOf, quantileSorted, sorted } from './quantiles.ts';
import { type GaugeSide, Means, questions, stepReach, type Trace, windowsFor } from './trace.ts';

/** `deployedAt` and `forMs`: the bake for which is calibrated; `slack`: the owner's tolerance as a share of the forecast. */
export type GaugeOptions = {
  readonly side: GaugeSide;
  readonly slack: number;
  readonly alpha: number;
  readonly forMs: number;
  readonly deployedAt: number;
};

const mostReplays = 200;
/** With fewer pseudo deploys nothing can be said about what is usual. */
const fewestReplays = 6;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Where the wildest twentieth of the pseudo deploys begins. */
const usual = 0.95;
/** How many of the largest healthy scores are kept, for the rank. */
const kept = 12;
/** Distances below a tenth of what the metric varies by altogether, and below what doubles resolve, are no distances. */
const leastSpread = 0.1;
const resolution = 1e-9;

/**
 * Replays a gauge's past: the forecasts that could have been made at each pseudo deploy, how far the bake then went from them, and so how far a
 * healthy bake goes. `null` where the past is too short to say.
 */
export function calibrateGauge(line: Line, options: GaugeOptions): GaugeArm | null {
  const plan = planOf(line, options);
  if (plan.starts.length < fewestReplays) return null;
  const best = bestMethod(line, plan);
  if (best === null) return null;
  const { method, ahead } = best;
  const traces = plan.starts.flatMap((at) => traceAt(line, method, { plan, at, options }) ?? []);
  if (traces.length < fewestReplays) return null;
  const windows = windowsFor(plan.bake);
  const peaks = traces.map((trace) => peaksOf(trace, windows));
  const spread = spreadOf(line, windows, peaks);
  const scores = sorted(peaks.map(({ left }) => Math.max(0, ...left.map((value, i) => ratio(value, spread[i] ?? 0)))));
  const last = line.values.length;
  return {
    law: 'gauge',
    side: options.side,
    startAt: line.startAt + last * line.stepMs,
    stepMs: line.stepMs,
    historyMs: last * line.stepMs,
    forecast: Array.from(ahead, short),
    before: Array.from(line.values.subarray(Math.max(0, last - stepReach)), (value) => (Number.isNaN(value) ? null : value)),
    windows: [...windows],
    spread: spread.map(short),
    slack: options.slack,
    threshold: thresholdOf(scores, { independent: last / plan.bake, alpha: options.alpha }),
    replayed: scores.length,
    usual: short(quantileSorted(scores, usual)),
    top: Array.from(scores.subarray(-kept), short),
    method: method.name,
  };
}

type Plan = { readonly bake: number; readonly gap: number; readonly starts: readonly number[] };

/** Pseudo deploys every sixth of a bake, newest first, after the first day where there are two; a past shorter than four bakes is cut in shorter ones. */
function planOf({ values, startAt, stepMs }: Line, { forMs, deployedAt }: GaugeOptions): Plan {
  const length = values.length;
  const wanted = Math.max(1, Math.round(forMs / stepMs));
  const bake = Math.max(1, Math.min(wanted, Math.floor(length / 4)));
  const gap = Math.min(length, Math.max(0, Math.round((deployedAt - startAt) / stepMs) - length));
  const hour = Math.max(stepReach, Math.round(hourMs / stepMs));
  const first = gap + (length * stepMs >= 2 * dayMs ? Math.round(dayMs / stepMs) : Math.min(hour, Math.floor(length / 4)));
  const last = length - bake;
  const apart = Math.max(1, Math.round(bake / 6), Math.ceil((last - first) / mostReplays));
  const starts: number[] = [];
  for (let at = last; at >= first; at -= apart) starts.push(at);
  return { bake, gap, starts };
}

/** The forecast that was nearest in replay, by the median distance; among nearly equal ones the simplest. */
function bestMethod(line: Line, { bake, gap, starts }: Plan): { readonly method: Method; readonly ahead: Float64Array } | null {
  let best: { method: Method; ahead: Float64Array; error: number } | null = null;
  for (const method of methodsFor(line, bake + gap)) {
    const wanted = { length: 2 * bake + gap, least: bake + gap, gap: 0, flow: false };
    const ahead = forecast(line, method, { from: line.values.length, ...wanted });
    if (ahead === null) continue;
    const errors = starts.flatMap((at) => errorsAt(line, method, { at, bake, gap }));
    const error = medianOf(errors);
    if (errors.length > 0 && (best === null || error < 0.98 * best.error)) best = { method, ahead, error };
  }
  return best;
}

function errorsAt(line: Line, method: Method, { at, bake, gap }: { at: number; bake: number; gap: number }): readonly number[] {
  const ahead = forecast(line, method, { from: at, gap, length: bake, least: bake, flow: false });
  const errors: number[] = [];
  for (const [i, expected] of (ahead ?? []).entries()) {
    const error = Math.abs((line.values[at + i] ?? Number.NaN) - expected);
    if (!Number.isNaN(error)) errors.push(error);
  }
  return errors;
}

function traceAt(line: Line, method: Method, { plan, at, options }: { plan: Plan; at: number; options: GaugeOptions }): Trace | null {
  const ahead = forecast(line, method, { from: at, gap: plan.gap, length: plan.bake, least: plan.bake, flow: false });
  if (ahead === null) return null;
  const from = at - plan.gap;
  const before = plan.gap === 0 ? line.values.subarray(Math.max(0, from - stepReach), from) : new Float64Array();
  return { values: line.values.subarray(at, at + plan.bake), forecast: ahead, before, side: options.side, slack: options.slack };
}

type Peaks = { readonly raw: readonly number[]; readonly left: readonly number[] };

/** How far a bake went at most, for each question and window. */
function peaksOf(trace: Trace, windows: readonly number[]): Peaks {
  const means = new Means(trace);
  const [raw, left]: [number[], number[]] = [[], []];
  for (const question of questions) {
    for (const length of windows) {
      let [most, mostLeft] = [0, 0];
      for (let at = length - 1; at < means.length; at++) {
        const found = means.distance(question, at, length);
        if (found === null) continue;
        most = Math.max(most, found.raw);
        mostLeft = Math.max(mostLeft, found.left);
      }
      raw.push(most);
      left.push(mostLeft);
    }
  }
  return { raw, left };
}

/** What each question and window is measured in: how far the wildest twentieth of the healthy bakes goes, so that all of them weigh alike. */
function spreadOf({ values }: Line, windows: readonly number[], peaks: readonly Peaks[]): readonly number[] {
  const { deviation, size } = sizesOf(values);
  return questions.flatMap((_, question) =>
    windows.map((length, i) => {
      const all = sorted(peaks.map(({ raw }) => raw[question * windows.length + i] ?? 0));
      return Math.max(quantileSorted(all, usual), (leastSpread * deviation) / Math.sqrt(length), resolution * size);
    }),
  );
}

function sizesOf(values: Float64Array): { readonly deviation: number; readonly size: number } {
  const known = values.filter((value) => !Number.isNaN(value));
  const size = quantileSorted(known.map(Math.abs).sort(), usual);
  let [sum, squares] = [0, 0];
  for (const value of known) sum += value / known.length;
  for (const value of known) squares += (value - sum) ** 2 / known.length;
  return { deviation: Math.sqrt(squares), size };
}

/** A distance in its own measure; where nothing ever moved, any distance is a large one. */
export function ratio(distance: number, spread: number): number {
  return distance <= 0 ? 0 : spread > 0 ? Math.min(mostScore, distance / spread) : mostScore;
}

const mostScore = 1e6;

/**
 * Between the wildest twentieth of the healthy scores and the very wildest (their geometric mean: one incident in the past must not blind the
 * check), and above it by a margin: the fewer independent bakes the past holds and the smaller the error budget, the larger.
 */
function thresholdOf(scores: Float64Array, { independent, alpha }: { independent: number; alpha: number }): number {
  const [wild, wildest] = [Math.max(leastScore, quantileSorted(scores, usual)), Math.max(leastScore, scores.at(-1) ?? 0)];
  const margin = 1.1 * (1 + 5 / Math.max(1, independent)) * (0.01 / Math.min(0.1, Math.max(1e-9, alpha))) ** 0.03;
  return short(Math.sqrt(wild * wildest) * margin);
}

/** Where a tolerance leaves nothing of the healthy distances. */
const leastScore = 0.3;

/** Six digits are more than a forecast is worth. */
function short(value: number): number {
  return Number(value.toPrecision(6));
}
