import { normalCdf } from './poisson-limits.ts';

/** Events of `trials`, and how many are expected; `trials` infinite: a Poisson number. `phi`: the overdispersion. */
export type EventTail = { readonly events: number; readonly trials: number; readonly expected: number; readonly phi: number };

/**
 * The probability of at least (`up`) or at most (`down`) this number of events. It is the normal tail of the signed root of the deviance, with half an event of
 * continuity (Molenaar 1970), so it works for tempered counts, and it never throws. Nothing is expected, or everything: 1.
 */
export function tailProbability(side: 'up' | 'down', { events, trials, expected, phi }: EventTail): number {
  if (!(expected > 0) || !(expected < trials)) return 1;
  const half = phi / 2;
  const x = side === 'up' ? events - half : Math.min(events + half, trials);
  if (side === 'up' ? x <= expected : x >= expected) return 1;
  return normalCdf(-Math.sqrt((2 * deviance(x, trials, expected)) / phi));
}

function deviance(x: number, trials: number, expected: number): number {
  const own = x > 0 ? x * Math.log(x / expected) : 0;
  if (!Number.isFinite(trials)) return own - x + expected;
  const rest = trials - x;
  return own + (rest > 0 ? rest * Math.log(rest / (trials - expected)) : 0);
}
