import type { FlowArm } from './calibration.ts';
import { dispersionOf } from './dispersion.ts';
import type { Side } from './evidence.ts';
import { forecast, type Method, methodsFor } from './forecast.ts';
import type { Line } from './line.ts';
import { leastLog, logTimesNeeded, mostLog, type PseudoBake } from './replay-counts.ts';
import { tailQuantile } from './tail.ts';

/** `floor`: the least tolerance as a share. */
export type FlowOptions = {
  readonly side: Side;
  readonly forMs: number;
  readonly alpha: number;
  readonly floor: number;
  readonly deployedAt: number;
};

const mostReplays = 110;
/** Pseudo bakes are replayed in so many blocks at most. */
const mostBlocks = 30;
/** The share of the error budget that the replayed tail is taken to. */
const tailShare = 0.4;
/** With fewer pseudo deploys than this, half as much again is tolerated at least. */
const fewReplays = 4;
const fewTimes = 1.5;
/** A forecast never says less than this share of the usual level: at night one event more or less is no news. */
const leastOfLevel = 0.02;

type Candidate = {
  readonly method: Method;
  readonly log: number;
  readonly replayed: number;
  readonly below: number;
  readonly ahead: Float64Array;
};

/**
 * Events without anything to count them against are counted against their own forecast: the season and the last hour say how many there should be,
 * and the replay says how wrong such forecasts have been. The forecast with which the smallest change can be seen is kept.
 */
export function calibrateFlow(line: Line, options: FlowOptions): FlowArm | null {
  const level = meanOf(line.values);
  if (!(level > 0)) return null;
  const [past, least] = [line.values.length, leastOfLevel * level];
  const bake = Math.max(1, Math.round(options.forMs / line.stepMs));
  const gap = Math.min(past, Math.max(0, Math.round((options.deployedAt - line.startAt) / line.stepMs) - past));
  const replay = { line, bake, gap, least, phi: phiOf(line) };
  let best: Candidate | null = null;
  for (const method of methodsFor(line, bake + gap)) {
    const ahead = forecast(line, method, { from: past, gap: 0, length: 2 * bake + gap, least: bake + gap, flow: true });
    if (ahead === null) continue;
    const needed = replayAll(replay, method, options);
    const least = needed.length < fewReplays ? Math.log(fewTimes) : 0;
    const log = Math.max(least, Math.log1p(options.floor), tailQuantile(needed, tailShare * options.alpha, leastLog));
    if (best !== null && log >= best.log - 0.01) continue;
    best = { method, log, ahead, replayed: needed.length, below: needed.filter((one) => one <= log).length };
  }
  if (best === null) return null;
  const times = Math.exp(Math.min(mostLog, best.log));
  return {
    law: 'flow',
    side: options.side,
    startAt: line.startAt + past * line.stepMs,
    stepMs: line.stepMs,
    historyMs: past * line.stepMs,
    forecast: Array.from(best.ahead, (value) => Number(Math.max(value, least).toPrecision(6))),
    tolerated: options.side === 'up' ? times : 1 / times,
    phi: replay.phi,
    replayed: best.replayed,
    below: best.below,
    method: best.method.name,
  };
}

function phiOf(line: Line): number {
  const bad = line.values.map((value) => (Number.isNaN(value) ? 0 : value));
  const total = line.values.map((value) => (Number.isNaN(value) ? 0 : 1));
  return dispersionOf({ ...line, bad, total }, false).whole;
}

type Replay = { readonly line: Line; readonly phi: number; readonly bake: number; readonly gap: number; readonly least: number };

/** For every pseudo deploy, the logarithm of the tolerance at which it would just not have failed. */
function replayAll(replay: Replay, method: Method, { side, alpha }: FlowOptions): readonly number[] {
  const { line, bake, gap, phi } = replay;
  const last = line.values.length - bake;
  const first = gap + Math.round(Math.min(line.values.length / 4, (2 * 86_400_000) / line.stepMs));
  const apart = Math.max(1, Math.round(bake / 6), Math.ceil((last - first) / mostReplays));
  const needed: number[] = [];
  for (let at = last; at >= first; at -= apart) {
    const ahead = forecast(line, method, { from: at, gap, length: bake, least: bake, flow: true });
    if (ahead !== null) needed.push(logTimesNeeded(pseudo(replay, ahead, at), { side, isShare: false, phi }, alpha));
  }
  return needed;
}

function pseudo({ line, least }: Replay, ahead: Float64Array, at: number): PseudoBake {
  const size = Math.max(1, Math.floor(ahead.length / mostBlocks));
  const count = Math.ceil(ahead.length / size);
  const [bad, total] = [new Float64Array(count), new Float64Array(count)];
  for (const [i, expected] of ahead.entries()) {
    const value = line.values[at + i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const block = Math.floor(i / size);
    bad[block] = (bad[block] ?? 0) + value;
    total[block] = (total[block] ?? 0) + Math.max(expected, least);
  }
  return { base: { expected: 1, events: 0, samples: 0 }, bad, total, stepMs: line.stepMs * size };
}

function meanOf(values: Float64Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) if (!Number.isNaN(value)) [sum, count] = [sum + value, count + 1];
  return count > 0 ? sum / count : 0;
}
