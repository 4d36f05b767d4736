import { type CountKind, scaleOdds } from './e-process.ts';

/** An increase up to this share (0.1 percentage points) is not harmful. */
const harmlessShare = 0.001;
/** A rate that is just tolerated cannot be distinguished from a slightly higher one. */
const overTolerated = 1.25;

/** Non-inferiority margin. To pass upwards, a rate at or above max(2× the expected odds, expected + 0.1 pp, 1.25× tolerated) must be ruled out. */
export function nonInferiorityMargin(
  { expected, tolerated }: { readonly expected: number; readonly tolerated: number },
  { side, isShare }: CountKind,
): number {
  if (side === 'down') return Math.min(isShare ? scaleOdds(Math.min(expected, 0.999), 0.5) : expected / 2, tolerated / overTolerated);
  if (!isShare) return Math.max(2 * expected, overTolerated * tolerated);
  const share = Math.min(expected, 0.999);
  return Math.max(scaleOdds(share, 2), Math.min(0.999, share + harmlessShare), scaleOdds(Math.min(tolerated, 0.999), overTolerated));
}
