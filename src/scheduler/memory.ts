import type { CheckProgress } from '../core/judge/assess.ts';
import type { CheckColumns } from '../core/judge/join-measurements.ts';
import type { MeasurementPhase } from '../core/judge/measurement.ts';
import type { RhythmicHistory } from './history.ts';
import { memorySizeOf } from './memory-size.ts';

/** What the store holds about a bake at one version of it, in the form that a pass needs. */
export type BakeMemory = {
  readonly version: number;
  /** The part of the bake that the columns belong to. */
  readonly phase: MeasurementPhase;
  readonly from: number;
  /** The ticks of each check, by its name. A pass grows them in place. */
  readonly columns: ReadonlyMap<string, CheckColumns>;
  /** Whether the last pass saw something bad. */
  readonly hasBadSign: boolean;
  readonly histories: readonly RhythmicHistory[];
  /** How far each check's folds have come. */
  readonly progress: ReadonlyMap<string, CheckProgress>;
};

/**
 * A cache, so that a pass need not read all ticks of its bake. An entry with another version than the bake is not used. A pass that fails has grown the
 * columns, so its entry must be forgotten.
 */
export type Memory = {
  recall(bakeId: string, version: number): BakeMemory | null;
  keep(bakeId: string, remembered: BakeMemory): void;
  forget(bakeId: string): void;
  /** Runs work that reads all ticks of a bake; only two at a time, because that takes much memory for a moment. */
  readonly load: <T>(work: () => Promise<T>) => Promise<T>;
  /** About how much memory the entries take. */
  bytes(): number;
};

export type MemoryOptions = { readonly maxBytes: number; readonly now?: () => number };

type MemoryEntry = { readonly remembered: BakeMemory; readonly keptAt: number; readonly bytes: number; readonly state: StateSize };
/** The size of what is not columns. It is measured at every sixteenth pass, because it changes little. */
type StateSize = { readonly bytes: number; readonly passes: number };

/** An entry that no pass has used for this long may belong to a bake that another replica watches now. */
const idleMs = 600_000;
const maxLoads = 2;
const measureEvery = 16;
/** What a map, its objects and their names take. */
const entryBytes = 2_000;

/**
 * Keeps the newest entries in at most `maxBytes`. Bakes get their passes in turns, so where not all of them fit, a new one is not kept: to drop the oldest
 * would drop the one that is needed next.
 */
export function createMemory({ maxBytes, now = () => performance.now() }: MemoryOptions): Memory {
  const kept = new Map<string, MemoryEntry>();
  let bytes = 0;
  const forget = (bakeId: string): void => {
    bytes -= kept.get(bakeId)?.bytes ?? 0;
    kept.delete(bakeId);
  };
  const forgetIdle = (): void => {
    for (const [id, { keptAt }] of kept) {
      if (bytes <= maxBytes || now() - keptAt < idleMs) break;
      forget(id);
    }
  };
  return {
    recall: (bakeId, version) => {
      const remembered = kept.get(bakeId)?.remembered;
      return remembered?.version === version ? remembered : null;
    },
    keep: (bakeId, remembered) => {
      const state = stateSizeOf(remembered, kept.get(bakeId)?.state);
      forget(bakeId);
      const entry = { remembered, keptAt: now(), bytes: sizeOf(remembered) + state.bytes, state };
      kept.set(bakeId, entry);
      bytes += entry.bytes;
      forgetIdle();
      if (bytes > maxBytes) forget(bakeId);
    },
    forget,
    load: createGate(maxLoads),
    bytes: () => bytes,
  };
}

function sizeOf({ columns }: BakeMemory): number {
  let bytes = entryBytes;
  for (const one of columns.values()) bytes += one.bytes();
  return bytes;
}

function stateSizeOf({ histories, progress }: BakeMemory, before: StateSize | undefined): StateSize {
  const passes = (before?.passes ?? -1) + 1;
  if (before !== undefined && passes % measureEvery !== 0) return { bytes: before.bytes, passes };
  return { bytes: memorySizeOf(histories) + memorySizeOf([...progress.values()]), passes };
}

/** Runs at most `max` pieces of work at a time, in the order in which they came. */
function createGate(max: number): Memory['load'] {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
