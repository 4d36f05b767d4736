import type { Side } from '../counts/e-process.ts';
import type { Runs } from './constant-control.ts';
import type { Pairs } from './pairs.ts';

/** How the new release stands to a control that never moved, after a tick. `run`: ticks in a row, up to the newest, on one side of what is tolerated. */
export type Exceedance = {
  readonly run: number;
  readonly side: Side;
  /** Whether that run is the first departure, after ticks without any. */
  readonly isFirst: boolean;
  /** How many ticks so far lay on that side. */
  readonly count: number;
  /** By how much the ticks of the run lie apart from the control, on average. */
  readonly apart: number;
};

export const noDeparture: Exceedance = { run: 0, side: 'up', isFirst: false, count: 0, apart: 0 };

/** Reads all ticks that both sides answered; others change nothing. */
export function departuresOf({ own, beside, known, stillFor }: Pairs, tolerance: number): readonly Exceedance[] {
  const list: Exceedance[] = [noDeparture];
  const counts = { up: 0, down: 0 };
  let wasStill = false;
  let now = noDeparture;
  for (let i = 0; i < stillFor; i++) {
    const [value, level] = [own[i] ?? Number.NaN, beside[i] ?? Number.NaN];
    if ((known.both[i + 1] ?? 0) > (known.both[i] ?? 0)) {
      const apart = value - level;
      if (Math.abs(apart) > tolerance * Math.abs(level)) {
        const side = apart > 0 ? 'up' : 'down';
        counts[side]++;
        now = further(now, { side, apart: Math.abs(apart), count: counts[side], isFirst: wasStill && counts.up + counts.down === 1 });
      } else {
        wasStill = true;
        now = noDeparture;
      }
    }
    list.push(now);
  }
  return list;
}

function further(before: Exceedance, { side, apart, count, isFirst }: Omit<Exceedance, 'run'>): Exceedance {
  if (before.run === 0 || before.side !== side) return { run: 1, side, isFirst, count, apart };
  const run = before.run + 1;
  return { run, side, isFirst: before.isFirst, count, apart: before.apart + (apart - before.apart) / run };
}

/** Whether that is more than a healthy bake shows while its control stands still. */
export function isTooMany({ run, isFirst, count }: Exceedance, { first, any }: Runs, most: number): boolean {
  return run >= any || (isFirst && run >= first) || (run > 0 && count >= most);
}

/**
 * A control that never says anything, where nothing is known of a past either, and a new release that speaks up now and then: a metric that is there
 * only when something happened, such as a counter of errors before its first error. `null` where it may be otherwise: readings of a metric that is
 * always there, such as one that the control's query misses, follow one another. `apart`: the fewest ticks from one reading to the next.
 */
export function appearances({ own }: Pairs, ticks: number): { readonly count: number; readonly apart: number } | null {
  const places: number[] = [];
  for (let i = 0; i < ticks; i++) {
    const value = own[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (value < 0) return null;
    if (value > 0) places.push(i);
  }
  const gaps = places.slice(1).map((place, i) => place - (places[i] ?? 0));
  return 4 * places.length <= 3 * ticks ? { count: places.length, apart: Math.min(ticks, ...gaps) } : null;
}
