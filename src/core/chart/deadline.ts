import type { Bake } from '../bake/bake.ts';
import { isExtended } from '../bake/time-left.ts';

/** When a bake will be decided at the latest; `null` where it is not being judged. */
export function deadlineOf(bake: Bake, now: number): number | null {
  if (bake.state !== 'baking') return null;
  return isExtended(bake, now) || bake.extendedSince !== undefined ? bake.limitAt : bake.endsAt;
}
