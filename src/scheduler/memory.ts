import type { Measurement } from '../core/judge/measurement.ts';
import type { FrozenHistory } from '../ports/measurement-store.ts';

/** What is stored of a bake's past, as of one version of it. */
export type BakeMemory = {
  readonly version: number;
  readonly measurements: readonly Measurement[];
  readonly histories: readonly FrozenHistory[];
};

/** Spares the store from telling a bake's whole past at every tick. Only ever a copy: what does not match the bake's version is read again. */
export type Memory = {
  recall(bakeId: string, version: number): BakeMemory | null;
  keep(bakeId: string, remembered: BakeMemory): void;
  forget(bakeId: string): void;
};

/** Keeps the pasts of the `most` bakes that were looked at last. */
export function createMemory(most: number): Memory {
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
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
    forget: (bakeId) => {
      kept.delete(bakeId);
    },
  };
}
