import { appendTicks, concatTicks, haveSameColumns, type Stretch, type Ticks } from '../series/ticks.ts';
import type { Measurement, MeasurementPhase } from './measurement.ts';

/** What is stored of one check in one phase: its ticks so far, and up to when it has been answered. */
export type JoinedTicks = { readonly bake: Stretch | null; readonly control: Stretch | null; readonly askedUntil: number };

/** Which check, in which phase, from which instant on, and how long a tick is. */
export type JoinRequest = { readonly check: string; readonly phase: MeasurementPhase; readonly from: number; readonly stepMs: number };

/**
 * Joins a check's stored measurements, oldest first. Each continues where the one before ended. If one has no answer, the next one covers its ticks.
 * A stored tick is never replaced.
 */
export function joinMeasurements(measurements: readonly Measurement[], { check, phase, from, stepMs }: JoinRequest): JoinedTicks {
  const [bake, control] = [growing(), growing()];
  let askedUntil = from;
  for (const m of measurements) {
    if (m.check !== check || m.phase !== phase || m.ticks === null || m.window.from !== askedUntil) continue;
    if (!bake.grow(m.ticks)) continue;
    // A control whose buckets have nothing in common with what it had before starts again.
    if (m.control !== null && !control.grow(m.control)) control.clear();
    askedUntil = m.window.to;
  }
  const placed = (ticks: Ticks | null) => ticks && { startAt: from, stepMs, ticks };
  return { bake: placed(bake.whole()), control: placed(control.whole()), askedUntil };
}

/** Ticks to which more are appended, one look at a time. Those that fit as they are wait to be joined all at once: a long bake has thousands. */
function growing() {
  let run: Ticks[] = [];
  const whole = (): Ticks | null => {
    const [first, ...rest] = run;
    if (first === undefined) return null;
    const joined = rest.length === 0 ? first : concatTicks(first, rest);
    run = [joined];
    return joined;
  };
  const grow = (more: Ticks): boolean => {
    const last = run.at(-1);
    if (last !== undefined && haveSameColumns(last, more)) {
      run.push(more);
      return true;
    }
    const before = whole();
    const next = before === null ? more : appendTicks(before, more);
    if (next !== null) run = [next];
    return next !== null;
  };
  return {
    grow,
    whole,
    clear: () => {
      run = [];
    },
  };
}
