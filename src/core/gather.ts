import type { Measurement, Phase } from './measurement.ts';
import { appendTicks, type Stretch } from './series.ts';

/** What is stored of one check in one phase: its ticks so far, and up to when it has been answered. */
export type Gathered = { readonly bake: Stretch | null; readonly control: Stretch | null; readonly askedUntil: number };

/** Which check, in which phase, from which instant on, and how long a tick is. */
export type Gathering = { readonly check: string; readonly phase: Phase; readonly from: number; readonly stepMs: number };

/**
 * Joins a check's stored measurements, oldest first. Each takes up where the one before ended: one that was not answered leaves its ticks to the
 * next, and a tick that is stored already is never replaced.
 */
export function gather(measurements: readonly Measurement[], { check, phase, from, stepMs }: Gathering): Gathered {
  let gathered: Gathered = { bake: null, control: null, askedUntil: from };
  for (const m of measurements) {
    if (m.check !== check || m.phase !== phase || m.ticks === null || m.window.from !== gathered.askedUntil) continue;
    const bake = join(gathered.bake, { startAt: from, stepMs, ticks: m.ticks });
    if (bake === null) continue;
    const control = m.control === null ? gathered.control : join(gathered.control, { startAt: from, stepMs, ticks: m.control });
    gathered = { bake, control, askedUntil: m.window.to };
  }
  return gathered;
}

function join(before: Stretch | null, more: Stretch): Stretch | null {
  if (before === null) return more;
  const ticks = appendTicks(before.ticks, more.ticks);
  return ticks === null ? null : { ...before, ticks };
}
