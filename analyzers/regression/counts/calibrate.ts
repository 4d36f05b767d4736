import { poissonLower } from '../math/poisson-limits.ts';
import { tailQuantile } from '../math/tail-quantile.ts';
import { dispersionOf, fewEvents } from './dispersion.ts';
import { type CountKind, lostToMixture, neededFor, scaleOdds } from './e-process.ts';
import type { EventCounts } from './event-counts.ts';
import { divergence } from './evidence.ts';
import {
  baselineOf,
  type CountBaseline,
  type CountedPast,
  limitOf,
  logTimesNeeded,
  maxLog,
  minLog,
  pastOf,
  pseudoBake,
  toleratedOf,
} from './pseudo-deploys.ts';

/** The calibration of one counted series for one direction. Plain JSON. */
export type CountsCalibration = {
  readonly expected: number;
  /** The tolerated share or rate, with all margins. It is the null hypothesis of the test. */
  readonly tolerated: number;
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
};

export type CountsOptions = CountKind & {
  readonly forMs: number;
  readonly alpha: number;
  /** The minimum tolerance as a fraction, and the absolute tolerance. */
  readonly floor: number;
  readonly floorShare: number;
};

const windowsMs: readonly number[] = [1_800_000, 7_200_000, 1e15];
const phiFactors = [1, 4];
const maxReplays = 72;
/** The share of the error budget at which the tail of the replay is cut: this share for each bake that fits into the history, and a maximum. */
const tailShareEach = 0.01;
const maxTailShare = 0.15;
/** Another baseline is chosen only where it finds a change much sooner: the best of several estimates from few pseudo deploys is too optimistic. */
const muchSooner = 0.8;
/** The baseline is chosen that detects a change of this size soonest. */
const aimUp = 4;
const aimDown = 0.5;
/** The probability that a normal number lies more than one standard error below its mean. */
const oneStandardError = 0.16;

/**
 * Chooses the baseline and the tolerance with which no stretch of the metric's own healthy past would have failed. `plausible`: what would be tolerated
 * if a short baseline with few events were taken at its word; a release must be better than a rate above it to pass. `null`: nothing was counted.
 */
export function calibrateCounts(
  counts: EventCounts,
  options: CountsOptions,
): { readonly calibration: CountsCalibration; readonly plausible: number } | null {
  const past = pastOf(counts);
  const { whole, calm } = dispersionOf(counts, options.isShare);
  const starts = pseudoStarts(counts, options.forMs);
  const perBake = ((past.total.at(-1) ?? 0) * options.forMs) / Math.max(1, counts.total.length * counts.stepMs);
  let best: (CountsCalibration & { readonly delay: number }) | null = null;
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
  const tolerated = asWorstBaseline(past, best, { ...options, rateOf: surelyAtLeast });
  const calibration = { expected, tolerated, phi, calmPhi, samples, replayed, windowMs, perBake };
  return { calibration, plausible: asWorstBaseline(past, best, { ...options, rateOf: (base) => base.expected }) };
}

/**
 * Applies the minimum tolerance to every plausible baseline, also to those not chosen, and returns the widest limit. Example: a metric that
 * falls all day needs no tolerance against the day's mean, until it rises again.
 */
function asWorstBaseline(
  past: CountedPast,
  best: CountsCalibration,
  options: CountsOptions & { readonly rateOf: (base: CountBaseline, phi: number) => number },
): number {
  const extreme = options.side === 'up' ? Math.max : Math.min;
  const limit = options.side === 'up' ? 0 : Number.POSITIVE_INFINITY;
  let { tolerated } = best;
  for (const windowMs of windowsMs) {
    const base = baselineAt(past, past.counts.bad.length, { windowMs, phi: best.phi });
    if (base === null) continue;
    const expected = options.side === 'up' ? Math.min(base.expected, options.rateOf(base, best.phi)) : base.expected;
    tolerated = extreme(tolerated, toleratedOf({ expected, limit }, { ...options, times: 1 + options.floor }));
  }
  return tolerated;
}

/**
 * The lower limit of a baseline with few events, one standard error down. Half an hour of little traffic holds no error or one by chance; that is no
 * baseline of its own. The more events there are, the more the baseline is taken at its word.
 */
function surelyAtLeast({ expected, events, samples }: CountBaseline, phi: number): number {
  const lower = (poissonLower(events / phi, oneStandardError) * phi) / samples;
  return lower + (expected - lower) * Math.min(1, events / phi / fewEvents);
}

type BaselineChoice = {
  readonly windowMs: number;
  readonly phi: number;
  readonly calmPhi: number;
  readonly perBake: number;
  readonly starts: readonly number[];
};

function candidate(
  past: CountedPast,
  choice: BaselineChoice,
  options: CountsOptions,
): (CountsCalibration & { delay: number; isCalm: boolean }) | null {
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
  const tailShare = Math.min(maxTailShare, tailShareEach * Math.max(1, past.counts.bad.length / bake));
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

function baselineAt(past: CountedPast, at: number, { windowMs, phi }: Pick<BaselineChoice, 'windowMs' | 'phi'>): CountBaseline | null {
  const from = Math.max(0, at - Math.max(1, Math.round(windowMs / past.counts.stepMs)));
  return baselineOf(past, [from, at], phi);
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
