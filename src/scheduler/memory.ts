import type { CheckProgress } from '../core/judge/assess.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { RhythmicHistory } from './history.ts';

/** What the store holds about a bake at one version of it. */
export type BakeMemory = {
  readonly version: number;
  readonly measurements: readonly Measurement[];
  readonly histories: readonly RhythmicHistory[];
  /** How far each check's folds have come. */
  readonly progress: ReadonlyMap<string, CheckProgress>;
};

/** A cache, so that a pass need not read all measurements of its bake. An entry with another version than the bake is not used. */
export type Memory = {
  recall(bakeId: string, version: number): BakeMemory | null;
  keep(bakeId: string, remembered: BakeMemory): void;
  forget(bakeId: string): void;
};

/** Keeps the entries of the last `capacity` bakes that had a pass. */
export function createMemory(capacity: number): Memory {
  const kept = new Map<string, BakeMemory>();
  return {
    recall: (bakeId, version) => {
      const remembered = kept.get(bakeId);
      return remembered?.version === version ? remembered : null;
    },
    keep: (bakeId, remembered) => {
      kept.delete(bakeId);
      kept.set(bakeId, remembered);
      const [oldest] = kept.keys();
      if (kept.size > capacity && oldest !== undefined) kept.delete(oldest);
    },
    forget: (bakeId) => {
      kept.delete(bakeId);
    },
  };
}
