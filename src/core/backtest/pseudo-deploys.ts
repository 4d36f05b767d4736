import { ceilTo, type Interval } from '../base/window.ts';
import type { Random } from './random.ts';

export type PseudoOptions = {
  /** Where deploys may be placed: everything that they need lies in the past of `from` and before `to`. */
  readonly within: Interval;
  /** From the deploy to the end of its bake. */
  readonly lengthMs: number;
  readonly stepMs: number;
  readonly max: number;
};

/**
 * The instants of pseudo deploys, oldest first, on multiples of the step. Their bakes do not overlap, so each is a separate sample. Each lies at a
 * random place in one of equal slots: at regular distances, deploys would hit hourly events either always or never.
 */
export function pseudoDeploys({ within, lengthMs, stepMs, max }: PseudoOptions, random: Random): readonly number[] {
  const room = within.to - within.from;
  const slots = Math.min(max, Math.floor(room / (lengthMs + stepMs)));
  const slotMs = room / slots;
  const found: number[] = [];
  for (let slot = 0; slot < slots; slot++) {
    found.push(ceilTo(within.from + slot * slotMs + random() * (slotMs - lengthMs - stepMs), stepMs));
  }
  return found;
}
