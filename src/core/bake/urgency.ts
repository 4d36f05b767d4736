import type { Measurement } from '../judge/measurement.ts';
import type { Bake } from './bake.ts';

/** A bake is about to end where its planned or latest end is at most this long after its next pass. */
const nearEndMs = 30_000;
/** How much earlier an urgent bake counts as due, compared with the others. Every other bake has its turn after this time, so none starves. */
const headStartMs = 10_000;

/**
 * Whether the next pass over a bake matters more than those over others, where not all can be made in time: something bad was seen of it, it is about to
 * end, or a rollback must show that it helps.
 */
export function isUrgent(bake: Bake, hasBadSign: boolean): boolean {
  if (bake.state === 'verifying') return true;
  if (bake.state !== 'baking') return false;
  const isNearEnd = [bake.endsAt, bake.limitAt].some((end) => end >= bake.nextAt && end - bake.nextAt <= nearEndMs);
  return isNearEnd || hasBadSign;
}

/** How much earlier than its next pass a bake counts as due, in the order in which due bakes are claimed. */
export function headStartOf(bake: Bake, newest: readonly Measurement[]): number {
  return isUrgent(bake, hasBadSign(newest)) ? headStartMs : 0;
}

/** Whether one of the measurements of a pass shows something bad. */
export function hasBadSign(newest: readonly Measurement[]): boolean {
  return newest.some(isBadSign);
}

/** Evidence against the release, also where it does not count or is not enough. */
function isBadSign({ result }: Measurement): boolean {
  if (result.outcome === 'fail') return true;
  return result.outcome === 'inconclusive' && (result.leans === true || result.isExcused === true);
}

/** The measurements of the last pass among all of a bake, in order of their time. */
export function newestOf(measurements: readonly Measurement[]): readonly Measurement[] {
  const at = measurements.at(-1)?.at;
  let first = measurements.length;
  while (first > 0 && measurements[first - 1]?.at === at) first -= 1;
  return measurements.slice(first);
}
