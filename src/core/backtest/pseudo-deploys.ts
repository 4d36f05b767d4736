import { ceilTo, type Interval } from '../base/window.ts';
import type { Random } from './random.ts';

export type PseudoOptions = {
  /** Where deploys may be placed: everything that they need lies in the past of `from` and before `to`. */
  readonly within: Interval;
  /** From the deploy to the end of its bake. */
  readonly lengthMs: number;
  readonly stepMs: number;
  readonly most: number;
};

/**
 * The instants of pseudo deploys, oldest first, on multiples of the step. Their bakes do not overlap, so that each is a look of its own, and they
 * lie at chance places of equal slots: a regular distance would always meet, or never, what happens on the hour.
 */
export function pseudoDeploys({ within, lengthMs, stepMs, most }: PseudoOptions, random: Random): readonly number[] {
  const room = within.to - within.from;
  const slots = Math.min(most, Math.floor(room / (lengthMs + stepMs)));
  const slotMs = room / slots;
  const found: number[] = [];
  for (let slot = 0; slot < slots; slot++) {
    found.push(ceilTo(within.from + slot * slotMs + random() * (slotMs - lengthMs - stepMs), stepMs));
  }
  return found;
}
