import type { Direction, Like } from '../rules/rule-set.ts';
import type { Stretch, TicksKind } from '../series/ticks.ts';
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
  /** What one sample is, in the plural, where it is not what is usual for the kind. */
  readonly unit?: string;
  readonly like: readonly Like[];
  /** How long the whole bake is planned to be. */
  readonly forMs: number;
  /** The zone whose clock "the same time yesterday" follows. */
  readonly timezone: string;
  /** What `calibrate` made of the history, frozen with the bake; without it the analyzer works it out again (slower, same answer). */
  readonly calibration?: Json | null;
  /** This check's share of the probability that a healthy bake fails; default 1 %. */
  readonly alpha?: number;
};

/** Plain data that survives a round trip through JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a calibration is made from: the check as it stands when the bake begins. */
export type CalibrationInput = Omit<AnalyzerInput, 'bake' | 'control' | 'calibration' | 'minSamples'> & {
  /** Seconds that a tick of the bake covers, in milliseconds. */
  readonly stepMs: number;
};

/** The verdict after the first `ticks` ticks of a series that was read once. */
export type VerdictByTick = (ticks: number) => Verdict;

/** What must be fetched for an analyzer beside the bake's own ticks. `historyMs`: how far back from the deploy it looks. */
export type Needs = { readonly control: boolean; readonly historyMs: number };

/**
 * An analyzer with its parameters closed over. `analyze` is pure and total: it never throws, on any numbers.
 * Once it fails on a series it fails on every longer one, so that it does not matter how often it is asked.
 */
export type BoundAnalyzer = {
  readonly needs: Needs;
  readonly analyze: (input: AnalyzerInput) => Verdict;
  /** What can be learned from the history alone. Pure; `null` where there is nothing to learn from. Missing where the analyzer learns nothing. */
  readonly calibrate?: (input: CalibrationInput) => Json | null;
  /** The same answers as `analyze` on every prefix, for the price of one. */
  readonly follow?: (input: AnalyzerInput) => VerdictByTick;
};

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
