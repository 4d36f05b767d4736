import type { TicksShape } from '../series/tick.ts';
import type { TickValues } from '../series/tick-values.ts';

/** Data are never too old before this many ticks. */
export const minSilentTicks = 4;

/**
 * What the rules about silence, gaps and total failure must know of the ticks of a check. It is carried on from pass to pass, so that a tick costs the
 * same at any age of the bake. Plain JSON.
 */
export type SeriesTally = {
  readonly ticks: number;
  /** How many ticks have data, the index of the first one, and the end of the newest one. */
  readonly count: number;
  readonly first: number;
  readonly newest: number;
  /** Whole blocks of `blockTicks` ticks with data, and whether the open block has data. */
  readonly blockTicks: number;
  readonly blocks: number;
  readonly isBlockFull: boolean;
  /** How many ticks up to here have no data, and how many of all lie in gaps: at least `minSilentTicks` ticks in a row without data. */
  readonly run: number;
  readonly gaps: number;
  /** Sums over the ticks with data: bad requests of all requests, slow ones of all, events of ticks, or nothing of ticks. `null`: not finite. */
  readonly top: number | null;
  readonly bottom: number | null;
  /** The sources of the check with at least one event. */
  readonly sources: readonly string[];
};

/** A tally before the first tick. */
export function emptyTally(blockTicks: number): SeriesTally {
  const counts = { ticks: 0, count: 0, first: 0, newest: 0, blockTicks, blocks: 0, isBlockFull: false };
  return { ...counts, run: 0, gaps: 0, top: 0, bottom: 0, sources: [] };
}

/** Adds one tick. */
export function addToTally(tally: SeriesTally, tick: TickValues, shape: TicksShape): SeriesTally {
  const isKnown = hasData(tick, shape);
  const ticks = tally.ticks + 1;
  const isBlockFull = tally.isBlockFull || isKnown;
  const isBlockOver = ticks % tally.blockTicks === 0;
  const run = isKnown ? 0 : tally.run + 1;
  const [top, bottom] = isKnown ? countOf(tick) : [0, 0];
  return {
    ticks,
    count: tally.count + (isKnown ? 1 : 0),
    first: isKnown && tally.count === 0 ? tally.ticks : tally.first,
    newest: isKnown ? ticks : tally.newest,
    blockTicks: tally.blockTicks,
    blocks: tally.blocks + (isBlockOver && isBlockFull ? 1 : 0),
    isBlockFull: !isBlockOver && isBlockFull,
    run,
    // The ticks of a run count once it is long enough to be a gap.
    gaps: tally.gaps + (run === minSilentTicks ? minSilentTicks : run > minSilentTicks ? 1 : 0),
    top: sumOf(tally.top, top),
    bottom: sumOf(tally.bottom, bottom),
    sources: withSources(tally.sources, tick),
  };
}

/** Whether a tick holds data: a number, or (of a share or a latency) at least one request. */
function hasData(tick: TickValues, shape: TicksShape): boolean {
  switch (tick.kind) {
    case 'ratio':
      return tick.bad !== null && (tick.total ?? 0) > 0;
    case 'rate':
      return Number.isFinite(tick.count ?? Number.NaN) && !(shape.kind === 'rate' && shape.hasExposure && !((tick.exposure ?? 0) > 0));
    case 'latency':
      return (tick.row?.at(-1) ?? 0) > 0;
    case 'value':
      return Number.isFinite(tick.value ?? Number.NaN);
  }
}

function countOf(tick: TickValues): readonly [number, number] {
  switch (tick.kind) {
    case 'ratio': {
      const total = tick.total ?? 0;
      return [Math.min(tick.bad ?? 0, total), total];
    }
    case 'latency': {
      const total = tick.row?.at(-1) ?? 0;
      return [Math.max(0, total - (tick.row?.at(-2) ?? 0)), total];
    }
    case 'rate':
      return [Math.max(0, tick.count ?? 0), 1];
    case 'value':
      return [0, 1];
  }
}

/** A sum that has once not been finite stays so. */
function sumOf(a: number | null, b: number): number | null {
  return a === null || !Number.isFinite(a + b) ? null : a + b;
}

function withSources(known: readonly string[], tick: TickValues): readonly string[] {
  if (tick.kind === 'ratio') return withSource(withSource(known, 'bad', tick.bad), 'total', tick.total);
  if (tick.kind === 'rate') return withSource(withSource(known, 'count', tick.count), 'exposure', tick.exposure);
  return known;
}

function withSource(known: readonly string[], source: string, count: number | null): readonly string[] {
  return (count ?? 0) > 0 && !known.includes(source) ? [...known, source] : known;
}
