import { poissonLower, poissonUpper } from '../math/poisson-limits.ts';
import { fewEvents } from './dispersion.ts';
import { type CountKind, scaleOdds } from './e-process.ts';
import { type EventCounts, runningSums } from './event-counts.ts';
import { nonInferiorityMargin } from './non-inferiority-margin.ts';

/** The past of one counted series with its running sums. */
export type CountedPast = { readonly counts: EventCounts; readonly bad: Float64Array; readonly total: Float64Array };

/** The expected share (or rate), with the events and samples it is computed from. */
export type CountBaseline = { readonly expected: number; readonly events: number; readonly samples: number };

/** A tolerance: `times` the expected rate, and `floorShare` beyond it. */
export type ToleranceOptions = CountKind & { readonly times: number; readonly floorShare: number };

/** The minimum tolerance as a fraction, and the absolute tolerance. */
export type MinimumTolerance = CountKind & { readonly floor: number; readonly floorShare: number };

/** How long before the deploy a baseline may begin, in milliseconds: half an hour, two hours, or as long as there is history. */
export const windowsMs: readonly number[] = [1_800_000, 7_200_000, 1e15];
/** The probability that a normal number lies more than one standard error below its mean. */
const oneStandardError = 0.16;

/** Less exposure than this counts as no exposure. */
const minSamples = 1e-200;

export function pastOf(counts: EventCounts): CountedPast {
  return { counts, bad: runningSums(counts.bad), total: runningSums(counts.total) };
}

/** The baseline that ticks `[from, to)` make; `null` where nothing was counted. */
export function baselineOf({ bad, total }: CountedPast, [from, to]: readonly [number, number], phi: number): CountBaseline | null {
  const events = (bad[to] ?? 0) - (bad[from] ?? 0);
  const samples = (total[to] ?? 0) - (total[from] ?? 0);
  return samples > minSamples ? { expected: (events + 0.5 * phi) / samples, events, samples } : null;
}

/** The confidence limit of the expected rate; wrong with probability `delta`. */
export function limitOf(
  { events, samples }: CountBaseline,
  { side, phi, delta }: { side: CountKind['side']; phi: number; delta: number },
): number {
  const edge = side === 'up' ? poissonUpper(events / phi, delta) : poissonLower(events / phi, delta);
  return (edge * phi) / samples;
}

/** The baseline of `windowMs` before tick `at`; `null` where nothing was counted. */
export function baselineAt(
  past: CountedPast,
  at: number,
  { windowMs, phi }: { readonly windowMs: number; readonly phi: number },
): CountBaseline | null {
  const from = Math.max(0, at - Math.max(1, Math.round(windowMs / past.counts.stepMs)));
  return baselineOf(past, [from, at], phi);
}

/** The tolerated rate: the larger change of `times` the expected rate and the baseline's confidence limit, plus the absolute tolerance. */
export function toleratedOf(
  { expected, limit }: { readonly expected: number; readonly limit: number },
  { side, isShare, times, floorShare }: ToleranceOptions,
): number {
  if (side === 'up') {
    if (!isShare) return Math.max(expected * times, limit) + floorShare;
    return Math.min(0.999, Math.max(scaleOdds(Math.min(expected, 0.999), times), limit) + floorShare);
  }
  const scaled = isShare ? scaleOdds(Math.min(expected, 0.999), 1 / times) : expected / times;
  return Math.max(0, Math.min(scaled, limit) - floorShare);
}

/**
 * The widest of `tolerated` and of the minimum tolerance on every plausible baseline. Example: a metric that falls all day needs no tolerance against
 * the day's mean, until it rises again.
 */
export function asWorstBaseline(
  past: CountedPast,
  { tolerated, phi }: { readonly tolerated: number; readonly phi: number },
  options: MinimumTolerance,
): number {
  const isUp = options.side === 'up';
  let widest = tolerated;
  for (const base of baselinesOf(past, phi)) {
    const expected = isUp ? Math.min(base.expected, surelyAtLeast(base, phi)) : base.expected;
    const least = atMinimum(expected, options);
    widest = isUp ? Math.max(widest, least) : Math.min(widest, least);
  }
  return widest;
}

/**
 * The rate that must be ruled out to pass: the least harmful of those of all plausible baselines, each at its limit of one standard error. A tolerance
 * that the replay raised is no part of it: a doubling that cannot be seen is not ruled out.
 */
export function harmOf(past: CountedPast, phi: number, options: MinimumTolerance): number {
  const isUp = options.side === 'up';
  const limit = isUp ? poissonUpper : poissonLower;
  const margins = baselinesOf(past, phi).map(({ events, samples }) => {
    const expected = (limit(events / phi, oneStandardError) * phi) / samples;
    return nonInferiorityMargin({ expected, tolerated: atMinimum(expected, options) }, options);
  });
  return isUp ? Math.min(...margins) : Math.max(...margins);
}

function baselinesOf(past: CountedPast, phi: number): readonly CountBaseline[] {
  return windowsMs.map((windowMs) => baselineAt(past, past.counts.bad.length, { windowMs, phi })).filter((base) => base !== null);
}

function atMinimum(expected: number, options: MinimumTolerance): number {
  const limit = options.side === 'up' ? 0 : Number.POSITIVE_INFINITY;
  return toleratedOf({ expected, limit }, { ...options, times: 1 + options.floor });
}

/**
 * The lower limit of a baseline with few events, one standard error down. Half an hour of little traffic holds no error or one by chance; that is no
 * baseline of its own. The more events there are, the more the baseline is taken at its word.
 */
function surelyAtLeast({ expected, events, samples }: CountBaseline, phi: number): number {
  const lower = (poissonLower(events / phi, oneStandardError) * phi) / samples;
  return lower + (expected - lower) * Math.min(1, events / phi / fewEvents);
}
