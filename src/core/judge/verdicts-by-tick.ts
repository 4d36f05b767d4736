import type { Tick } from '../series/tick.ts';
import { advance, type Fold, type FoldProgress, startOf, verdictOf } from './fold.ts';
import type { Verdict } from './verdict.ts';

/** The verdict after the first `ticks` ticks of a series. */
export type VerdictByTick = (ticks: number) => Verdict;

/** Maximum number of intermediate states that are kept, so that a query for an earlier tick does not restart the fold. */
const maxKept = 256;

/** Folds a series once, only as far as needed, and gives the verdict for every prefix of it. `ticksOf` gives the ticks `[from, to)`. */
export function verdictsByTick(fold: Fold, length: number, ticksOf: (from: number, to: number) => Iterable<Tick>): VerdictByTick {
  const apart = Math.max(1, Math.ceil(length / maxKept));
  const kept: FoldProgress[] = [startOf(fold)];
  const forward = (progress: FoldProgress, to: number) => advance(fold, progress, ticksOf(progress.ticks, to));
  return (ticks) => {
    const at = Math.max(0, Math.min(ticks, length));
    let newest = kept.at(-1) ?? startOf(fold);
    while (newest.fail === null && newest.ticks + apart <= at) {
      newest = forward(newest, newest.ticks + apart);
      kept.push(newest);
    }
    const before = kept[Math.min(kept.length - 1, Math.floor(at / apart))] ?? newest;
    return verdictOf(fold, forward(before, at));
  };
}
