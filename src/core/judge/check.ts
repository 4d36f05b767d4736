import { AppError } from '../base/errors.ts';
import type { CheckRule, RuleSet } from '../rules/rule-set.ts';
import { lengthOf, type Stretch, sliceTicks, upTo } from '../series/ticks.ts';
import type { Analyzer, AnalyzerContext, AnalyzerInput, BoundAnalyzer, CalibrationInput, Json, VerdictByTick } from './analyzer.ts';
import { combineVerdicts } from './combine-verdicts.ts';
import { type JudgedPart, partsOf, verdictOf } from './last-stage.ts';
import { covering } from './spread-sparse-counts.ts';
import type { Verdict } from './verdict.ts';

/** A check with its analyzers bound, and what they need beside the bake's own ticks. */
export type BoundCheck = {
  readonly rule: CheckRule;
  readonly analyzers: readonly BoundAnalyzer[];
  readonly historyMs: number;
  readonly needsControl: boolean;
};

/** What is known of one check of one bake. */
export type CheckData = {
  readonly bake: Stretch;
  readonly control: Stretch | null;
  readonly history: Stretch | null;
  readonly deployedAt: number;
  /** What `calibrateCheck` gave when the bake began, one for each analyzer; without it each works it out again (slower, same answer). */
  readonly calibrations?: readonly (Json | null)[] | null;
  /** The check's share of the false-alarm budget (`shareOfBudget`). */
  readonly alpha?: number;
  /** Since when the release has had all of the traffic, in the last of its stages; `null` or missing: not yet, or there are none. */
  readonly aloneFrom?: number | null | undefined;
};

/** Binds every check of a rule set. Throws `AppError('invalid')` where a stored rule set names an analyzer that this version does not have. */
export function bindChecks(ruleSet: RuleSet, analyzers: ReadonlyMap<string, Analyzer>): readonly BoundCheck[] {
  const context: Omit<AnalyzerContext, 'damping'> = {
    forMs: ruleSet.bake.forMs,
    historyMs: ruleSet.baseline.historyMs,
    like: ruleSet.baseline.like,
  };
  return ruleSet.checks.map((rule) => {
    const bound = rule.failWhen.map((condition) => {
      const analyzer = analyzers.get(condition.analyzer);
      if (analyzer === undefined) throw new AppError('invalid', `check ${rule.name} names an unknown analyzer ${condition.analyzer}`);
      return analyzer.bind(condition.params, { ...context, damping: condition.damping });
    });
    return {
      rule,
      analyzers: bound,
      historyMs: Math.max(0, ...bound.map((b) => b.needs.historyMs)),
      needsControl: bound.some((b) => b.needs.control),
    };
  });
}

/** The probability that a healthy bake fails, all its checks and all looks together, unless the owner says otherwise. */
export const usualFalseAlarms = 0.01;

/** Each critical check's share of the budget: an equal one (Bonferroni), which holds however the checks depend on each other. */
export function shareOfBudget(checks: readonly Pick<BoundCheck, 'rule' | 'analyzers'>[], falseAlarms = usualFalseAlarms): number {
  const sharing = checks.filter(({ rule, analyzers }) => rule.critical && analyzers.some((analyzer) => analyzer.calibrate !== undefined));
  return falseAlarms / Math.max(1, sharing.length);
}

/** What the check's analyzers learn from its history: computed once when the bake begins, and frozen with it. */
export function calibrateCheck(
  check: BoundCheck,
  data: Omit<CheckData, 'bake'> & { readonly stepMs: number },
  ruleSet: RuleSet,
): readonly (Json | null)[] {
  const input: CalibrationInput = { ...data, ...settings(check, ruleSet) };
  return check.analyzers.map((analyzer) => analyzer.calibrate?.(input) ?? null);
}

/**
 * A check's verdict over all of its ticks: one analyzer that fails is enough, and one that cannot tell keeps the others from passing.
 * Depends on the stored series alone, never on how often it was asked.
 */
export function assess(check: BoundCheck, data: CheckData, ruleSet: RuleSet): Verdict {
  return combineVerdicts(
    check.analyzers.flatMap((analyzer, i) =>
      partsFor(check, data, { ruleSet, i }).map((part) => verdictOf(part, analyzer.analyze(part.input))),
    ),
  );
}

/** The same verdicts on every prefix of the ticks, with each analyzer reading the series once where it can. */
export function followCheck(check: BoundCheck, data: CheckData, ruleSet: RuleSet): VerdictByTick {
  const followed = check.analyzers.flatMap((analyzer, i) =>
    partsFor(check, data, { ruleSet, i }).map((part) => ({ part, verdictAt: followPart(analyzer, part) })),
  );
  return (ticks) =>
    combineVerdicts(
      followed
        .filter(({ part }) => part.from === 0 || part.from < ticks)
        .map(({ part, verdictAt }) => verdictOf(part, verdictAt(Math.min(ticks, part.to) - part.from))),
    );
}

function followPart(analyzer: BoundAnalyzer, { input }: JudgedPart): VerdictByTick {
  if (analyzer.follow) return analyzer.follow(input);
  return (ticks) => analyzer.analyze({ ...input, bake: upTo(input.bake, ticks), control: input.control && upTo(input.control, ticks) });
}

function partsFor(
  check: BoundCheck,
  { aloneFrom = null, ...data }: CheckData,
  which: { ruleSet: RuleSet; i: number },
): readonly JudgedPart[] {
  const analyzer = check.analyzers[which.i];
  return analyzer === undefined ? [] : partsOf(analyzer, inputFor(check, data, which), { ruleSet: which.ruleSet, aloneFrom });
}

function inputFor(
  check: BoundCheck,
  { calibrations, ...data }: Omit<CheckData, 'aloneFrom'>,
  { ruleSet, i }: { ruleSet: RuleSet; i: number },
): AnalyzerInput {
  const [bake, control] = [covering(check.rule, data.bake), data.control && covering(check.rule, data.control)];
  return { ...data, bake, control, ...settings(check, ruleSet), calibration: calibrations?.[i] ?? null };
}

function settings({ rule }: BoundCheck, { baseline, bake }: RuleSet) {
  const { direction, minSamples, question } = rule;
  const unit = 'probe' in question ? { unit: 'attempts' } : {};
  return { direction, minSamples, like: baseline.like, forMs: bake.forMs, timezone: baseline.timezone, ...unit };
}

/**
 * A check's verdict on how things are now, after a rollback: the shortest newest stretch that says anything decides, so that what was bad before
 * the recovery does not count for ever.
 */
export function assessNow(check: BoundCheck, data: CheckData, ruleSet: RuleSet): Verdict {
  const length = lengthOf(data.bake.ticks);
  for (let ticks = 1; ticks < length; ticks++) {
    const verdict = assess(check, newest(data, length - ticks), ruleSet);
    if (verdict.outcome !== 'inconclusive' || verdict.blocks === false) return verdict;
  }
  return assess(check, data, ruleSet);
}

function newest(data: CheckData, from: number): CheckData {
  const cut = (stretch: Stretch): Stretch => ({
    ...stretch,
    startAt: stretch.startAt + from * stretch.stepMs,
    ticks: sliceTicks(stretch.ticks, from),
  });
  return { ...data, bake: cut(data.bake), control: data.control && cut(data.control) };
}
