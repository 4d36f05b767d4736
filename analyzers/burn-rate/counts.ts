import type { TickValues } from '../../src/core/series/tick-values.ts';
import { lengthOf, type Stretch } from '../../src/core/series/ticks.ts';

/** Bad events and all events. */
export type BurnCounts = { readonly bad: number; readonly total: number };

/** Counts of a stretch of time in cells of equal length, oldest first. Only as many cells are kept as the longest window needs. */
export type BurnCells = { readonly cells: readonly BurnCounts[]; readonly ticks: number };

/** How ticks are joined to cells: `cellTicks` ticks make a cell, and `maxCells` cells are kept. */
export type CellLayout = { readonly stepMs: number; readonly cellTicks: number; readonly maxCells: number };

/** A window consists of about this many cells, so it is exact to half a percent of its length. */
const cellsPerWindow = 240;

export const noCounts: BurnCounts = { bad: 0, total: 0 };

/** The layout for a longest window. Memory does not grow with the bake. */
export function layoutFor(longMs: number, stepMs: number): CellLayout {
  const cellTicks = Math.max(1, Math.floor(longMs / cellsPerWindow / stepMs));
  return { stepMs, cellTicks, maxCells: Math.ceil(longMs / (cellTicks * stepMs)) + 1 };
}

/** The cells of a whole past. */
export function cellsOf(past: readonly BurnCounts[], { cellTicks, maxCells }: CellLayout): BurnCells {
  const cells: BurnCounts[] = [];
  const from = Math.max(0, Math.ceil(past.length / cellTicks) - maxCells) * cellTicks;
  for (let i = from; i < past.length; i += cellTicks) cells.push(sumOf(past.slice(i, i + cellTicks)));
  return { cells, ticks: past.length };
}

/** Adds the counts of one tick. */
export function addTick({ cells, ticks }: BurnCells, counts: BurnCounts, { cellTicks, maxCells }: CellLayout): BurnCells {
  const isNew = ticks % cellTicks === 0;
  const last = isNew ? noCounts : (cells.at(-1) ?? noCounts);
  const kept = isNew ? cells.slice(-(maxCells - 1)) : cells.slice(0, -1);
  return { cells: [...kept, sumOf([last, counts])], ticks: ticks + 1 };
}

/** The counts of the newest stretch of this length. The newest cell may be half full, so the window may be longer by a part of a cell, never shorter. */
export function newest({ cells, ticks }: BurnCells, ms: number, { stepMs, cellTicks }: CellLayout): BurnCounts {
  const wanted = Math.round(ms / stepMs);
  const open = cells.length === 0 ? 0 : ((ticks - 1) % cellTicks) + 1;
  const count = wanted <= open ? 1 : 1 + Math.ceil((wanted - open) / cellTicks);
  return sumOf(cells.slice(-count));
}

/** The counts of a tick. A tick without an answer has none: that is what is known of it. */
export function countsOf(tick: TickValues): BurnCounts {
  if (tick.kind !== 'ratio') return noCounts;
  return counted(tick.bad, tick.total);
}

/** The past before a deploy in ticks of the bake, oldest first: its own ticks may be longer, and are then spread evenly. */
export function pastCounts(past: Stretch, deployedAt: number, { stepMs, longMs }: { readonly stepMs: number; readonly longMs: number }) {
  const { startAt, ticks } = past;
  if (ticks.kind !== 'ratio') return [];
  const times = Math.max(1, Math.round(past.stepMs / stepMs));
  const end = Math.min(lengthOf(ticks), Math.floor((deployedAt - startAt) / past.stepMs));
  const first = Math.max(0, end - Math.ceil(longMs / past.stepMs));
  return Array.from({ length: Math.max(0, end - first) }, (_, i) =>
    counted(ticks.bad[first + i] ?? null, ticks.total[first + i] ?? null),
  ).flatMap(({ bad, total }) => Array.from({ length: times }, () => ({ bad: bad / times, total: total / times })));
}

/** No service has more events in a tick: such a number is no answer. */
const maxEvents = 1e12;

function counted(bad: number | null, total: number | null): BurnCounts {
  if (bad === null || total === null || !(total > 0) || !(bad >= 0) || total > maxEvents) return noCounts;
  return { bad: Math.min(bad, total), total };
}

export function sumOf(list: readonly BurnCounts[]): BurnCounts {
  let [bad, total] = [0, 0];
  for (const one of list) {
    bad += one.bad;
    total += one.total;
  }
  return { bad, total };
}
