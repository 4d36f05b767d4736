import { tailProbability } from '../math/tail-probability.ts';
import { baselineAt, type CountBaseline, type CountedPast, windowsMs } from './baseline.ts';
import type { Side } from './e-process.ts';

/** How surely the past tells the level of a bake: as surely as a control with `events` events would, at the rate `rate`. */
export type PastLevel = { readonly rate: number; readonly events: number };

/** Even a service that has never moved may move by 3 % from one bake to the next. */
const leastSpread = 0.001;
const minBakes = 3;

type LevelOptions = {
  readonly starts: readonly number[];
  readonly bakeTicks: number;
  /** The dispersion with bursts, and without. */
  readonly phi: number;
  readonly calmPhi: number;
};

/**
 * How well the baselines of the past foretold the level of its own pseudo bakes, beyond what chance explains: the surest baseline; `null` where there are
 * too few bakes to say.
 */
export function pastLevelOf(past: CountedPast, options: LevelOptions): PastLevel | null {
  const levels = windowsMs.flatMap((windowMs): PastLevel[] => {
    const base = baselineAt(past, past.counts.bad.length, { windowMs, phi: options.phi });
    const spread = spreadOf(past, windowMs, options);
    if (base === null || spread === null || base.events <= 0) return [];
    return [{ rate: base.expected, events: 1 / (spread / options.calmPhi + 1 / base.events) }];
  });
  return levels.reduce<PastLevel | null>((best, level) => (best === null || level.events > best.events ? level : best), null);
}

/** The squared relative error of the baseline, less that of independent clusters of events. Few bakes tell it less surely, so it is taken for more. */
function spreadOf(past: CountedPast, windowMs: number, { starts, bakeTicks, phi }: LevelOptions): number | null {
  const errors = starts.flatMap((at) => {
    const before = baselineAt(past, at, { windowMs, phi });
    return before === null ? [] : excessError(past, before, { from: at, to: at + bakeTicks, phi });
  });
  if (errors.length < minBakes) return null;
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const apart = Math.min(errors.length, past.counts.bad.length / bakeTicks);
  return Math.max(leastSpread, mean * (1 + 3 / apart));
}

type PseudoBake = { readonly from: number; readonly to: number; readonly phi: number };

function excessError({ bad, total }: CountedPast, { expected, events }: CountBaseline, { from, to, phi }: PseudoBake): readonly number[] {
  const mean = expected * ((total[to] ?? 0) - (total[from] ?? 0));
  if (!(mean > 0)) return [];
  const error = ((bad[to] ?? 0) - (bad[from] ?? 0) - mean) / mean;
  return [error ** 2 - phi / mean - phi / Math.max(1, events)];
}

/**
 * What both releases had: `events` of the new one, `trials` events of both, and of these `expected` of the new one at the tested rate. `samples`: of
 * the control.
 */
export type BesideControl = {
  readonly events: number;
  readonly trials: number;
  readonly expected: number;
  readonly samples: number;
  readonly phi: number;
};

/** The control alone must point the same way, as seldom as this by chance. */
const maxAlone = 0.2;

/**
 * The probability of at least (`up`) or at most (`down`) `events` events of the new release. The past is added to the control as events of the same level
 * (a gamma prior): as many as it is sure of, or fewer where the control has left that level, and then it is the control that counts.
 */
export function probabilityBeside(side: Side, found: BesideControl, past: PastLevel | undefined): number {
  const { events, trials, expected, samples, phi } = found;
  const alone = tailProbability(side, found);
  const isUsable = past !== undefined && past.rate > 0 && past.events > 0 && samples > 0 && expected > 0 && expected < trials;
  if (!isUsable || alone > maxAlone) return alone;
  const ofControl = trials - events + phi / 2;
  // One standard error of the control is no sign that the level has moved.
  const moved = Math.log(ofControl / samples / past.rate) ** 2 - phi / ofControl;
  const added = Math.min(past.events, moved > 0 ? phi / moved : Number.POSITIVE_INFINITY);
  const odds = ((expected / (trials - expected)) * samples) / (samples + added / past.rate);
  const all = trials + added;
  return tailProbability(side, { events, trials: all, expected: (all * odds) / (1 + odds), phi });
}
