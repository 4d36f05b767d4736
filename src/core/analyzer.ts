import type { Direction, Like } from './rule-set.ts';
import type { Stretch, TicksKind } from './series.ts';
import type { Verdict } from './verdict.ts';

/** What an analyzer sees: the bake's ticks up to the one that is judged, and what they are compared with. */
export type AnalyzerInput = {
  readonly bake: Stretch;
  /** The old release beside the new one, tick by tick with `bake`; `null` where there is none. */
  readonly control: Stretch | null;
  /** The service before this deploy, oldest first; `null` where nothing is known of it. */
  readonly history: Stretch | null;
  readonly deployedAt: number;
  readonly direction: Direction;
  /** Fewer events than this are "could not tell". */
  readonly minSamples: number;
  readonly like: readonly Like[];
  /** How long the whole bake is planned to be. */
  readonly forMs: number;
  /** The zone whose clock "the same time yesterday" follows. */
  readonly timezone: string;
};

/** What must be fetched for an analyzer beside the bake's own ticks. `historyMs`: how far back from the deploy it looks. */
export type Needs = { readonly control: boolean; readonly historyMs: number };

/**
 * An analyzer with its parameters closed over. `analyze` is pure and total: it never throws, on any numbers.
 * Once it fails on a series it fails on every longer one, so that it does not matter how often it is asked.
 */
export type BoundAnalyzer = { readonly needs: Needs; readonly analyze: (input: AnalyzerInput) => Verdict };

/** What an analyzer must know of the rule set to say what it needs. */
export type AnalyzerContext = {
  readonly forMs: number;
  readonly historyMs: number;
  readonly like: readonly Like[];
  readonly damping: { readonly k: number; readonly n: number };
};

/** An analyzer as its folder's index lists it. */
export type Analyzer = {
  readonly type: string;
  readonly summary: string;
  readonly kinds: readonly TicksKind[];
  /** Closes over parameters that its own schema has accepted; throws a `ZodError` for others. */
  readonly bind: (params: unknown, context: AnalyzerContext) => BoundAnalyzer;
  /** A parameter set that works: used by the docs and the contract test. */
  readonly example: unknown;
};
