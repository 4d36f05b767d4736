import { type Law, scaleOdds } from './evidence.ts';

/** A tenth of a percentage point more is no harm yet. */
const harmlessShare = 0.001;
/** What is just tolerated cannot be told from a little more. */
const overTolerated = 1.25;

/** What a bake that passes must have ruled out: twice what is expected, or more where that would be next to nothing, or less than the check can see. */
export function harmOf({ expected, tolerated }: { readonly expected: number; readonly tolerated: number }, { side, isShare }: Law): number {
  if (side === 'down') return Math.min(isShare ? scaleOdds(Math.min(expected, 0.999), 0.5) : expected / 2, tolerated / overTolerated);
  if (!isShare) return Math.max(2 * expected, overTolerated * tolerated);
  const share = Math.min(expected, 0.999);
  return Math.max(scaleOdds(share, 2), Math.min(0.999, share + harmlessShare), scaleOdds(Math.min(tolerated, 0.999), overTolerated));
}
