import { tailQuantile } from '../math/tail-quantile.ts';
import {
  asWorstBaseline,
  baselineAt,
  type CountBaseline,
  type CountedPast,
  harmOf,
  limitOf,
  pastOf,
  toleratedOf,
  windowsMs,
} from './baseline.ts';
import { dispersionOf } from './dispersion.ts';
import { type CountKind, lostToMixture, neededFor, scaleOdds } from './e-process.ts';
import { toleratedAtEnd } from './end-replay.ts';
import type { EventCounts } from './event-counts.ts';
import { divergence } from './evidence.ts';
import { type PastLevel, pastLevelOf } from './past-level.ts';
import { logTimesNeeded, maxLog, minLog, pseudoBake, tailShareFor } from './pseudo-deploys.ts';

/** The calibration of one counted series for one direction. Plain JSON. */
export type CountsCalibration = {
  readonly expected: number;
  /** The tolerated share or rate, with all margins. It is the null hypothesis of the test. */
  readonly tolerated: number;
  /** The non-inferiority margin: to pass, this rate must be ruled out. */
  readonly harm: number;
  readonly phi: number;
  /** The dispersion without bursts: for a comparison with a control. */
  readonly calmPhi: number;
  readonly samples: number;
  /** How many healthy pseudo deploys were replayed. */
  readonly replayed: number;
  /** How long before the deploy the baseline begins, in milliseconds. */
  readonly windowMs: number;
  /** How many samples a bake has with the traffic of the past. */
  readonly perBake: number;
  /** The tolerated rate in the test at the planned end, and the overdispersion there. */
  readonly endTolerated: number;
  readonly endPhi: number;
  /** Beside a control: how surely the past tells the level of a bake. */
  readonly level?: PastLevel;
};

type Candidate = Omit<CountsCalibration, 'harm' | 'endTolerated' | 'endPhi' | 'level'> & {
  readonly delay: number;
  readonly isCalm: boolean;
};

export type CountsOptions = CountKind & {
  readonly forMs: number;
  readonly alpha: number;
  /** The minimum tolerance as a fraction, and the absolute tolerance. */
  readonly floor: number;
  readonly floorShare: number;
};

const phiFactors = [1, 4];
const maxReplays = 72;
/** Another baseline is chosen only where it finds a change much sooner: the best of several estimates from few pseudo deploys is too optimistic. */
const muchSooner = 0.8;
/** The baseline is chosen that detects a change of this size soonest. */
const aimUp = 4;
const aimDown = 0.5;

/** Chooses the baseline and the tolerances with which no stretch of the metric's own healthy past would have failed. `null`: nothing was counted. */
export function calibrateCounts(counts: EventCounts, options: CountsOptions): CountsCalibration | null {
  const past = pastOf(counts);
  const { whole, calm } = dispersionOf(counts, options.isShare);
  const starts = pseudoStarts(counts, options.forMs);
  const perBake = ((past.total.at(-1) ?? 0) * options.forMs) / Math.max(1, counts.total.length * counts.stepMs);
  let best: Candidate | null = null;
  for (const windowMs of windowsMs) {
    for (const factor of phiFactors) {
      const found = candidate(past, { windowMs, phi: whole * factor, calmPhi: calm, perBake, starts }, options);
      if (found === null) continue;
      if (best === null || found.delay < muchSooner * best.delay) best = found;
      // If no pseudo deploy needs more than the minimum tolerance, more tempering only slows detection.
      if (found.isCalm) break;
    }
  }
  if (best === null) return null;
  const { expected, phi, calmPhi, samples, replayed, windowMs } = best;
  const tolerated = asWorstBaseline(past, best, options);
  const endTolerated = asWorstBaseline(past, { tolerated: toleratedAtEnd(past, { windowMs, starts, phi: whole, options }), phi }, options);
  const harm = harmOf(past, phi, options);
  const bakeTicks = Math.max(1, Math.round(options.forMs / counts.stepMs));
  const level = pastLevelOf(past, { starts, bakeTicks, phi: whole, calmPhi });
  return {
    expected,
    tolerated,
    harm,
    phi,
    calmPhi,
    samples,
    replayed,
    windowMs,
    perBake,
    endTolerated,
    endPhi: whole,
    ...(level !== null && { level }),
  };
}

type BaselineChoice = {
  readonly windowMs: number;
  readonly phi: number;
  readonly calmPhi: number;
  readonly perBake: number;
  readonly starts: readonly number[];
};

function candidate(past: CountedPast, choice: BaselineChoice, options: CountsOptions): Candidate | null {
  const base = baselineAt(past, past.counts.bad.length, choice);
  if (base === null) return null;
  const bake = Math.max(1, Math.round(options.forMs / past.counts.stepMs));
  const needed: number[] = [];
  for (const at of choice.starts) {
    const before = baselineAt(past, at, choice);
    if (before === null) continue;
    needed.push(
      logTimesNeeded(pseudoBake(past, before, [at, at + bake]), { ...options, phi: choice.phi, perBake: choice.perBake }, options.alpha),
    );
  }
  const floor = Math.log(1 + options.floor);
  const tailShare = tailShareFor(past.counts.bad.length / bake);
  const log = Math.min(maxLog, Math.max(floor, tailQuantile(needed, tailShare * options.alpha, minLog)));
  const limit = limitOf(base, { side: options.side, phi: choice.phi, delta: 0.1 * options.alpha });
  const tolerated = toleratedOf({ expected: base.expected, limit }, { ...options, times: Math.exp(log) });
  return {
    expected: base.expected,
    tolerated,
    phi: choice.phi,
    calmPhi: choice.calmPhi,
    samples: base.samples,
    replayed: needed.length,
    windowMs: choice.windowMs,
    perBake: choice.perBake,
    delay: delayOf(base, tolerated, choice.phi, options),
    isCalm: log <= floor,
  };
}

/** How many samples it takes to detect the target change: Wald's bound against the tolerated rate, tempered. */
function delayOf({ expected }: CountBaseline, tolerated: number, phi: number, options: CountsOptions): number {
  const { side, isShare, alpha } = options;
  const aim = side === 'up' ? aimUp : aimDown;
  const rate = isShare ? scaleOdds(expected, aim) : expected * aim;
  const perSample = divergence(rate, tolerated, options);
  // If no baseline can detect the change, the one with the smallest tolerance is preferred.
  if (perSample <= 0) return 1e12 * Math.sqrt(phi) * (side === 'up' ? tolerated : 1 / Math.max(tolerated, 1e-12));
  return ((neededFor(alpha) + lostToMixture) * phi) / perSample;
}

/** The ticks at which pseudo deploys are placed: every sixth of a bake, or fewer over a long history; half an hour comes before the first. */
function pseudoStarts(counts: EventCounts, forMs: number): readonly number[] {
  const bake = Math.max(1, Math.round(forMs / counts.stepMs));
  const before = Math.max(1, Math.round((windowsMs[0] ?? 0) / counts.stepMs));
  const last = counts.bad.length - bake;
  if (last < before) return [];
  const spacing = Math.max(1, Math.round(bake / 6), Math.ceil((last - before) / maxReplays));
  const starts: number[] = [];
  for (let at = last; at >= before; at -= spacing) starts.push(at);
  return starts;
}
