import { AppError } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import type { CheckRule, RuleSet } from '../rules/rule-set.ts';
import { unitOf } from '../rules/unit-of.ts';
import type { Stretch } from '../series/ticks.ts';
import type { Analyzer, AnalyzerContext, BoundAnalyzer, CalibrationInput } from './analyzer.ts';
import type { DataRhythm } from './data-rhythm.ts';
import type { SourceSighting } from './source-sightings.ts';
import { splitAnalyzer } from './split-analyzer.ts';

/** A check with its analyzers bound, and what they need apart from the bake's own ticks. */
export type BoundCheck = {
  readonly rule: CheckRule;
  readonly analyzers: readonly BoundAnalyzer[];
  readonly historyMs: number;
  readonly needsControl: boolean;
};

/** The data of one check of one bake. */
export type CheckData = {
  readonly bake: Stretch;
  readonly control: Stretch | null;
  readonly history: Stretch | null;
  readonly deployedAt: number;
  /** What `calibrateCheck` or `readCalibrations` returned, one for each analyzer; without it each computes it again (slower, same answer). */
  readonly calibrations?: readonly (Json | null)[] | null;
  /** How often the past had data (`dataRhythm`); `null`: unknown. Missing: it is read off `history`. */
  readonly rhythm?: DataRhythm | null | undefined;
  /** The check's share of the false-alarm budget (`shareOfBudget`). */
  readonly alpha?: number;
  /** When the release got all of the traffic, in the last stage. `null` or missing: not yet, or the bake has no stages. */
  readonly aloneFrom?: number | null | undefined;
  /** Which sources of the check have ever matched a series. Missing: nobody looked. */
  readonly sightings?: readonly SourceSighting[] | undefined;
};

/**
 * Binds every check of a rule set. Throws `AppError('invalid')` where a stored rule set names an analyzer that this version does not have, or one that
 * does not judge what the check asks.
 */
export function bindChecks(ruleSet: RuleSet, analyzers: ReadonlyMap<string, Analyzer>): readonly BoundCheck[] {
  const context: Omit<AnalyzerContext, 'damping'> = {
    forMs: ruleSet.bake.forMs,
    historyMs: ruleSet.baseline.historyMs,
    like: ruleSet.baseline.like,
  };
  return ruleSet.checks.map((rule) => {
    const bound = rule.failWhen.map((condition) => {
      const analyzer = analyzerFor(rule, condition.analyzer, analyzers);
      const own = analyzer.bind(condition.params, { ...context, damping: condition.damping });
      return rule.by === undefined ? own : splitAnalyzer(own, rule.by);
    });
    return {
      rule,
      analyzers: bound,
      historyMs: Math.max(0, ...bound.map((b) => b.needs.historyMs)),
      needsControl: bound.some((b) => b.needs.control),
    };
  });
}

function analyzerFor({ name, question }: CheckRule, type: string, analyzers: ReadonlyMap<string, Analyzer>): Analyzer {
  const analyzer = analyzers.get(type);
  if (analyzer === undefined) throw new AppError('invalid', `check ${name} names an unknown analyzer ${type}`);
  if (analyzer.kinds.includes(question.kind)) return analyzer;
  throw new AppError(
    'invalid',
    `check ${name} asks for a ${question.kind}, and the analyzer ${type} judges only: ${analyzer.kinds.join(', ')}`,
  );
}

/** The default probability that a healthy bake fails, over all its checks and passes together. */
export const defaultFalseAlarms = 0.01;

/** Each critical check's share of the budget: equal shares (Bonferroni). The budget holds for any dependence between checks. */
export function shareOfBudget(checks: readonly Pick<BoundCheck, 'rule' | 'analyzers'>[], falseAlarms = defaultFalseAlarms): number {
  const sharing = checks.filter(({ rule, analyzers }) => rule.critical && analyzers.some((analyzer) => analyzer.calibrate !== undefined));
  return falseAlarms / Math.max(1, sharing.length);
}

type CalibratedData = Omit<CheckData, 'bake'> & { readonly stepMs: number };

/** What the check's analyzers learn from its history: computed once when the bake begins, and frozen with it. */
export function calibrateCheck(check: BoundCheck, data: CalibratedData, ruleSet: RuleSet): readonly (Json | null)[] {
  const steps = calibrateInSteps(check, data, ruleSet);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** `calibrateCheck` in steps, because a split check learns from many series. */
export function* calibrateInSteps(
  check: BoundCheck,
  data: CalibratedData,
  ruleSet: RuleSet,
): Generator<undefined, readonly (Json | null)[]> {
  const input: CalibrationInput = { ...data, ...settingsOf(check, ruleSet) };
  const learned: (Json | null)[] = [];
  for (const { calibrate, calibrateInSteps: steps } of check.analyzers)
    learned.push(steps === undefined ? (calibrate?.(input) ?? null) : yield* steps(input));
  return learned;
}

/** Checks stored calibrations once, when they are read: one that this version cannot use becomes `null`. */
export function readCalibrations({ analyzers }: BoundCheck, stored: readonly (Json | null)[]): readonly (Json | null)[] {
  return analyzers.map((analyzer, i) => analyzer.readCalibration?.(stored[i] ?? null) ?? null);
}

/** The settings from the rules that every analyzer of a check gets. */
export function settingsOf({ rule }: BoundCheck, { baseline, bake }: RuleSet) {
  const { direction, minSamples } = rule;
  return { direction, minSamples, unit: unitOf(rule), like: baseline.like, forMs: bake.forMs, timezone: baseline.timezone };
}
