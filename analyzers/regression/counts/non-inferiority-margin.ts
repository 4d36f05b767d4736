import { type CountKind, scaleOdds } from './e-process.ts';

/** A tenth of a percentage point more is no harm yet. */
const harmlessShare = 0.001;
/** A rate that is just tolerated cannot be distinguished from a slightly higher one. */
const overTolerated = 1.25;

/** What a bake that passes must have ruled out: twice what is expected, or more where that would be next to nothing, or less than the check can see. */
export function nonInferiorityMargin(
  { expected, tolerated }: { readonly expected: number; readonly tolerated: number },
  { side, isShare }: CountKind,
): number {
  if (side === 'down') return Math.min(isShare ? scaleOdds(Math.min(expected, 0.999), 0.5) : expected / 2, tolerated / overTolerated);
  if (!isShare) return Math.max(2 * expected, overTolerated * tolerated);
  const share = Math.min(expected, 0.999);
  return Math.max(scaleOdds(share, 2), Math.min(0.999, share + harmlessShare), scaleOdds(Math.min(tolerated, 0.999), overTolerated));
}
