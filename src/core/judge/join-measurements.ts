import { createGrowingTicks } from '../series/growing-ticks.ts';
import type { Stretch, Ticks } from '../series/ticks.ts';
import type { Measurement, MeasurementPhase } from './measurement.ts';

/** What is stored of one check in one phase: its ticks so far, and up to when it has been answered. */
export type JoinedTicks = { readonly bake: Stretch | null; readonly control: Stretch | null; readonly askedUntil: number };

/** Which check, in which phase, from which instant on, and how long a tick is. */
export type JoinRequest = { readonly check: string; readonly phase: MeasurementPhase; readonly from: number; readonly stepMs: number };

/** The answer to a question: its window, and the ticks. */
export type WindowTicks = Pick<Measurement, 'check' | 'phase' | 'window' | 'ticks' | 'control'>;

/** The ticks of one check in one phase, which grow in place from pass to pass. */
export type CheckColumns = {
  readonly joined: () => JoinedTicks;
  /** Appends the ticks of the next window. Returns false, and changes nothing, where they do not fit. */
  readonly grow: (ticks: Ticks, control: Ticks | null, to: number) => boolean;
  /** About how much memory they take. */
  readonly bytes: () => number;
};

/**
 * Joins a check's stored measurements, oldest first. Each continues where the one before ended. If one has no answer, the next one covers its ticks.
 * A stored tick is never replaced.
 */
export function joinMeasurements(measurements: readonly WindowTicks[], request: JoinRequest): JoinedTicks {
  return createColumns(measurements, request).joined();
}

/** Joins a check's stored measurements into columns that can grow; see `joinMeasurements`. */
export function createColumns(measurements: readonly WindowTicks[], { check, phase, from, stepMs }: JoinRequest): CheckColumns {
  const [bake, control] = [createGrowingTicks(), createGrowingTicks()];
  let askedUntil = from;
  for (const m of measurements) {
    if (m.check !== check || m.phase !== phase || m.ticks === null || m.window.from !== askedUntil) continue;
    if (!bake.grow(m.ticks)) continue;
    // A control whose buckets have nothing in common with what it had before starts again.
    if (m.control !== null && !control.grow(m.control)) control.clear();
    askedUntil = m.window.to;
  }
  const placed = (ticks: Ticks | null) => ticks && { startAt: from, stepMs, ticks };
  return {
    joined: () => ({ bake: placed(bake.whole()), control: placed(control.whole()), askedUntil }),
    grow(ticks, moreControl, to) {
      if (!bake.fits(ticks) || (moreControl !== null && !control.fits(moreControl))) return false;
      bake.grow(ticks);
      if (moreControl !== null) control.grow(moreControl);
      askedUntil = to;
      return true;
    },
    bytes: () => bake.bytes() + control.bytes(),
  };
}
