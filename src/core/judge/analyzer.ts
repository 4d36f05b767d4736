import type { Json } from '../base/json.ts';
import type { Direction, Like } from '../rules/rule-set.ts';
import type { CheckUnit } from '../series/check-unit.ts';
import type { StretchShape } from '../series/tick.ts';
import type { Stretch, TicksKind } from '../series/ticks.ts';
import type { ConditionRule, LooserSettings } from './condition-rule.ts';
import type { Fold } from './fold.ts';

/** What an analyzer knows before the first tick: the shape of the series, what it is compared with, and how it is judged. */
export type AnalyzerInput = {
  readonly bake: StretchShape;
  /** The old release that runs at the same time; `null` where none runs. */
  readonly control: StretchShape | null;
  /** The service before this deploy, oldest first; `null` where there is no history. */
  readonly history: Stretch | null;
  readonly deployedAt: number;
  readonly direction: Direction;
  /** With fewer events than this, the verdict is inconclusive. */
  readonly minSamples: number;
  /** How its numbers are shown; missing: the default of the kind. */
  readonly unit?: CheckUnit;
  readonly like: readonly Like[];
  /** The planned length of the whole bake. */
  readonly forMs: number;
  /** The time zone of "the same time yesterday". */
  readonly timezone: string;
  /** What `calibrate` or `readCalibration` returned, frozen with the bake; without it the analyzer computes it again (slower, same answer). */
  readonly calibration?: Json | null;
  /** This check's share of the probability that a healthy bake fails; default 1 %. */
  readonly alpha?: number;
};

/** The input of a calibration: the state of the check when the bake begins. */
export type CalibrationInput = Omit<AnalyzerInput, 'bake' | 'control' | 'calibration' | 'minSamples'> & {
  /** How long a tick of the bake is, in milliseconds. */
  readonly stepMs: number;
};

/** What must be fetched for an analyzer, apart from the bake's own ticks. `historyMs`: how far back from the deploy it looks. */
export type Needs = { readonly control: boolean; readonly historyMs: number };

/** An analyzer with its parameters bound. All its functions are pure and never throw, whatever the numbers are. */
export type BoundAnalyzer = {
  readonly needs: Needs;
  /** Begins the judgement of one bake. */
  readonly start: (input: AnalyzerInput) => Fold;
  /**
   * Computes what can be learned from the history alone; `null` where there is no usable history. An analyzer that has this method gets a share of the
   * budget of false alarms.
   */
  readonly calibrate?: (input: CalibrationInput) => Json | null;
  /** The same in steps, between which something else may run. Missing: it is one step. */
  readonly calibrateInSteps?: (input: CalibrationInput) => Generator<undefined, Json | null>;
  /** Checks a stored calibration once, when it is read; `null` where this version cannot use it. */
  readonly readCalibration?: (stored: Json) => Json | null;
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
  /** The conditions of `fail_when` that this analyzer judges, as people write them. */
  readonly conditions: readonly ConditionRule[];
  /** How a condition can be made looser, for `backtest`; `null` where it cannot. */
  readonly loosen: (params: Readonly<Record<string, unknown>>, kind: TicksKind) => LooserSettings | null;
  /** Binds parameters that its own schema has accepted; throws a `ZodError` for others. */
  readonly bind: (params: unknown, context: AnalyzerContext) => BoundAnalyzer;
  /** A parameter set that works: used by the docs and the contract test. */
  readonly example: unknown;
};
