import type { TicksKind } from '../../../src/core/series/ticks.ts';
import type { CountsWithControl, EvidenceByTick, TestDesign } from './evidence.ts';

/** One counted series with its name in words ("slower than 250ms", or nothing) and what it is compared with ("last 2h"). */
export type CountedSeries = CountsWithControl & { readonly name: string; readonly replayed: number; readonly baseline: string };

export type CountsInput = {
  readonly kind: TicksKind;
  readonly bake: TestDesign;
  readonly minSamples: number;
  readonly streams: readonly CountedSeries[];
  /** What the bucket bounds can and cannot tell; empty where nothing needs to be said. */
  readonly grid: string;
};

export type CountsState = {
  readonly watch: CountsInput;
  readonly weighed: readonly EvidenceByTick[];
  readonly bad: readonly Float64Array[];
  readonly total: readonly Float64Array[];
  /** What `minSamples` counts, after each tick: requests, or readings of a rate. */
  readonly samples: Float64Array;
  readonly needed: number;
};

/** A series on which a change of so many times what is expected could have been seen. */
export type DetectableSeries = { readonly i: number; readonly smallest: number; readonly expected: number };
