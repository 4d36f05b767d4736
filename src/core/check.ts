import type { Analyzer, AnalyzerContext, AnalyzerInput, BoundAnalyzer } from './analyzer.ts';
import { AppError } from './errors.ts';
import type { CheckRule, RuleSet } from './rule-set.ts';
import { lengthOf, type Stretch, sliceTicks } from './series.ts';
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

/**
 * A check's verdict over all of its ticks: one analyzer that fails is enough, and one that cannot tell keeps the others from passing.
 * Depends on the stored series alone, never on how often it was asked.
 */
export function assess(check: BoundCheck, data: CheckData, ruleSet: RuleSet): Verdict {
  const input: AnalyzerInput = {
    ...data,
    direction: check.rule.direction,
    minSamples: check.rule.minSamples,
    like: ruleSet.baseline.like,
    forMs: ruleSet.bake.forMs,
    timezone: ruleSet.baseline.timezone,
  };
  return combine(check.analyzers.map((analyzer) => analyzer.analyze(input)));
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

/** Fail wins over inconclusive, inconclusive over pass; of inconclusive answers one that blocks wins. */
function combine(verdicts: readonly Verdict[]): Verdict {
  const fail = verdicts.find((v) => v.outcome === 'fail');
  if (fail) return fail;
  const blocking = verdicts.find((v) => v.outcome === 'inconclusive' && v.blocks !== false);
  if (blocking) return blocking;
  const open = verdicts.find((v) => v.outcome === 'inconclusive');
  const reason = verdicts.map((v) => v.reason).join('; ');
  if (open) return { outcome: 'inconclusive', blocks: false, reason };
  const evidence = verdicts[0]?.evidence;
  return { outcome: 'pass', reason: reason || 'nothing is asked of it', ...(evidence && { evidence }) };
}
