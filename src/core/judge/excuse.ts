import type { Interval } from '../base/window.ts';
import type { CheckRule, RuleSet } from '../rules/rule-set.ts';
import { lengthOf, type Stretch, sliceTicks } from '../series/ticks.ts';
import { assess, assessNow } from './assess.ts';
import type { BoundCheck, CheckData } from './check.ts';
import { explain, fitHeadline } from './explanation.ts';
import { explanationOf, headlineOf } from './headline.ts';
import { excludeFromBake } from './spread-sparse-counts.ts';
import type { Verdict } from './verdict.ts';

/**
 * What an excusing check (of a dependency, say) has shown. `intervals`: the times in which it was bad. `now`: its headline, where it is bad now; otherwise
 * `null`.
 */
export type Excuse = { readonly check: string; readonly intervals: readonly Interval[]; readonly now: string | null };

/** How many of its newest ticks say whether a check without damping is bad at a tick. */
const defaultWindow = 4;
/** Only this many of the newest ticks are looked at: a day of quarter minutes. */
const maxTicks = 5_760;

/** The names of the checks that excuse a check: its own list, and that of the whole rule set. A check never excuses itself. */
export function excusesOf({ name, unless = [] }: CheckRule, ruleSet: Pick<RuleSet, 'unless'>): readonly string[] {
  return [...new Set([...unless, ...(ruleSet.unless ?? [])])].filter((other) => other !== name);
}

/** The names of all checks that excuse another one. They are never excused themselves. */
export function excusingChecks({ checks, unless = [] }: Pick<RuleSet, 'checks' | 'unless'>): ReadonlySet<string> {
  return new Set([...unless, ...checks.flatMap((check) => check.unless ?? [])]);
}

/**
 * When an excusing check was bad. It is bad at a tick where its newest ticks up to there fail it, or lean that way: the dependency and the service often
 * turn bad within the same tick. An interval reaches from the first of these ticks to one tick after the last, because effects come late and end late.
 * One that is bad at its newest tick counts as bad until a later tick shows otherwise: its provider may be away.
 */
export function excuseOf(check: BoundCheck, data: CheckData, ruleSet: RuleSet): Excuse {
  const { startAt, stepMs, ticks } = data.bake;
  const length = lengthOf(ticks);
  const window = Math.max(1, ...check.rule.failWhen.map(({ damping }) => damping.n), hasUndamped(check) ? defaultWindow : 1);
  const intervals: Interval[] = [];
  let now: string | null = null;
  for (let end = Math.max(1, length - maxTicks); end <= length; end++) {
    const from = Math.max(0, end - window);
    const { verdict } = assess(check, partOf(data, from, end), ruleSet);
    if (!isBad(verdict)) continue;
    const isNewest = end === length;
    intervals.push({ from: startAt + from * stepMs, to: isNewest ? Number.POSITIVE_INFINITY : startAt + (end + 1) * stepMs });
    if (isNewest) now = headlineOf(check.rule.name, verdict);
  }
  return { check: check.rule.name, intervals, now };
}

/** Conditions without damping weigh all of their ticks together. */
function hasUndamped({ rule }: BoundCheck): boolean {
  return rule.failWhen.some(({ analyzer }) => analyzer !== 'threshold');
}

function isBad(verdict: Verdict): boolean {
  return verdict.outcome === 'fail' || (verdict.outcome === 'inconclusive' && verdict.leans === true);
}

function partOf(data: CheckData, from: number, end: number): CheckData {
  const cut = (stretch: Stretch): Stretch => ({
    ...stretch,
    startAt: stretch.startAt + from * stretch.stepMs,
    ticks: sliceTicks(stretch.ticks, from, end),
  });
  return { ...data, bake: cut(data.bake), control: data.control && cut(data.control) };
}

export type ExcusedCheck = {
  readonly check: BoundCheck;
  readonly data: CheckData;
  readonly ruleSet: RuleSet;
  readonly isRecovery: boolean;
};

/**
 * A failure of an excused check, judged once more without the times in which an excusing check was bad. If it still fails, it fails. Otherwise, as long as
 * an excusing check is bad, the check is undecided and blocks; afterwards the rest of its ticks decide. Any other verdict stays as it is.
 */
export function withExcuses(verdict: Verdict, { check, data, ruleSet, isRecovery }: ExcusedCheck, excuses: readonly Excuse[]): Verdict {
  const intervals = excuses.flatMap((excuse) => excuse.intervals);
  if (verdict.outcome !== 'fail' || intervals.length === 0) return verdict;
  const without = (stretch: Stretch): Stretch => excludeFromBake(check.rule, stretch, intervals);
  const rest = { ...data, bake: without(data.bake), control: data.control && without(data.control) };
  const again = isRecovery ? assessNow(check, rest, ruleSet) : assess(check, rest, ruleSet).verdict;
  const bad = excuses.find(({ now }) => now !== null);
  if (again.outcome === 'fail' || bad === undefined) return again;
  const { headline } = explanationOf(verdict);
  const first = fitHeadline(`not counted: ${bad.check} fails too (unless)`, 'not counted (unless)');
  return { outcome: 'inconclusive', ...explain(first, `${bad.now}`, [`this check alone: ${headline}`]), isExcused: true };
}
