import type { Interval } from '../base/window.ts';
import type { TicksKind } from '../series/ticks.ts';

/** `count` of `of` bakes, with the 95 % interval of the true share. */
export type RateEstimate = { readonly count: number; readonly of: number; readonly low: number; readonly high: number };

/** How often an injected regression was found, and how long after the deploy in the median. */
export type DetectionRate = { readonly effect: string; readonly found: number; readonly of: number; readonly medianDelayMs: number | null };

/** The detection of one type of regression: the smallest found in nine of ten bakes, the smallest found in half of them, and all that were tried. */
export type Sensitivity = {
  readonly family: string;
  readonly nineOfTen: DetectionRate | null;
  readonly half: DetectionRate | null;
  readonly tried: readonly DetectionRate[];
};

/** A healthy bake that a check would have failed: the instant of the deploy, when it failed, and why. It may have been a real incident. */
export type Alarm = { readonly at: number; readonly afterMs: number; readonly reason: string };

/** Another setting of one condition (counted from 0), how many false alarms it would have had, and what the check would then have found. */
export type Suggestion = {
  readonly condition: number;
  readonly param: string;
  readonly now: number | null;
  readonly to: number;
  readonly alarms: number;
  readonly sensitivity: readonly Sensitivity[];
};

/**
 * `keep`: no more false alarms than the budget allows · `cries_wolf`: certainly more · `unsure`: more, but too few bakes to be sure ·
 * `not_judged`: it judged no bake and found no injected regression · `no_data`: its provider has no data for it.
 */
export type Advice = 'keep' | 'cries_wolf' | 'unsure' | 'not_judged' | 'no_data';

export type CheckReport = {
  readonly name: string;
  readonly critical: boolean;
  readonly kind: TicksKind;
  readonly advice: Advice;
  readonly falseAlarms: RateEstimate;
  readonly inconclusive: RateEstimate;
  /** Bakes that it let pass at low confidence: it had nothing to compare with, or could have missed a small change. */
  readonly lowConfidence: RateEstimate;
  /** The share of ticks for which the provider has no data. */
  readonly missing: number;
  /** The first few, oldest first. */
  readonly alarms: readonly Alarm[];
  /** The reason of the first bake that ended undecided, or with low confidence. */
  readonly open: string | null;
  readonly suggestions: readonly Suggestion[];
  readonly sensitivity: readonly Sensitivity[];
  /** A selector matched no series in the whole past while its sibling did, so that nothing is proven: in words. */
  readonly unproven?: string;
};

/** The result of the rules on bakes without a deploy. Instants and durations in milliseconds. */
export type BacktestReport = {
  readonly service: string;
  readonly environment: string;
  /** The past that was read. */
  readonly window: Interval & { readonly stepMs: number };
  readonly bake: { readonly forMs: number; readonly warmupMs: number };
  /** How often a healthy bake may fail, all its checks together. */
  readonly budget: number;
  /** When the pseudo deploys were, oldest first, and how many were left out because of known events. */
  readonly deploys: { readonly count: number; readonly first: number; readonly last: number; readonly leftOut: number };
  readonly whole: {
    readonly advice: Advice;
    readonly falseAlarms: RateEstimate;
    readonly inconclusive: RateEstimate;
    readonly passed: RateEstimate;
  };
  readonly checks: readonly CheckReport[];
  /** Checks that cannot be tried on a past, and why. */
  readonly untried: readonly { readonly name: string; readonly reason: string }[];
  readonly notes: readonly string[];
};
