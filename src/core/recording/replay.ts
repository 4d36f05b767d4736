import type { ProviderErrorKind } from '../base/errors.ts';
import type { Analyzer } from '../judge/analyzer.ts';
import { assessByTick } from '../judge/assess.ts';
import { type BoundCheck, bindChecks, type CheckData, defaultFalseAlarms, readCalibrations, shareOfBudget } from '../judge/check.ts';
import { excuseOf, excusesOf, excusingChecks, withExcuses } from '../judge/excuse.ts';
import { type CheckResult, judge } from '../judge/judge.ts';
import { countOfParts } from '../judge/last-stage.ts';
import type { AskError, Verdict } from '../judge/verdict.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { binarySearch } from '../series/binary-search.ts';
import { lengthOf, type Stretch, upTo } from '../series/ticks.ts';
import { defaultRules } from './default-rules.ts';
import { readStretch } from './read-recording.ts';
import type { RecordedCheck, Recording } from './recording.ts';

export type ReplayVerdict = 'pass' | 'fail' | 'inconclusive';
export type ReplayedCheck = {
  readonly name: string;
  readonly verdict: ReplayVerdict;
  readonly decidedAfter: number;
  readonly reason: string;
};
/** One line of `bakewatch replay`. `decidedAfter` is seconds after the deploy: the end of the tick at which the verdict was final. */
export type ReplayResult = {
  readonly id: string;
  readonly verdict: ReplayVerdict;
  readonly decidedAfter: number;
  readonly checks: readonly ReplayedCheck[];
};

/**
 * The settings of a replay. `ruleSet: null`: the rules of the recording, or the defaults of each kind if it has none.
 * `falseAlarms`: the probability that a healthy bake fails, all its checks together; default 1 %.
 */
export type ReplayOptions = {
  readonly analyzers: ReadonlyMap<string, Analyzer>;
  readonly ruleSet: RuleSet | null;
  readonly falseAlarms?: number | undefined;
};

/**
 * Judges a recording tick by tick, exactly as the live bake was judged. Without rules, a bake that would pass only at low confidence is
 * `inconclusive`. Pure. Throws `AppError('invalid')` where its rules cannot be bound.
 */
export function replay(recording: Recording, { analyzers, ruleSet, falseAlarms }: ReplayOptions): ReplayResult {
  const rules = ruleSet ?? recording.rules?.ruleSet ?? defaultRules(recording);
  const named = { ...rules, checks: rules.checks.filter((rule) => recording.checks.some((check) => check.name === rule.name)) };
  const bounds = bindChecks(named, analyzers);
  const budget = {
    ruleSet: named,
    alpha: shareOfBudget(bounds, (falseAlarms ?? named.falseAlarms ?? defaultFalseAlarms) / countOfParts(named)),
  };
  const prepared = bounds.flatMap((bound) => {
    const recorded = recording.checks.find((check) => check.name === bound.rule.name);
    return recorded ? [prepare(bound, recorded, { recording, ...budget, isFrozen: ruleSet === null && falseAlarms === undefined })] : [];
  });
  const checks = excusable(prepared, named);
  const clock = clockOf(
    checks.map(({ data }) => data.bake),
    recording,
  );
  const endsAt = ruleSet === null && recording.rules ? recording.rules.endsAt : clock.at(clock.length);
  const resultsAt = (tick: number) => checks.map((check) => resultAt(check, clock.at(tick)));
  const finish = (verdict: ReplayVerdict, tick: number): ReplayResult => {
    const decidedAfter = Math.round(clock.at(tick) - recording.deployedAt * 1000) / 1000;
    return { id: recording.id, verdict, decidedAfter, checks: resultsAt(tick).map(show(decidedAfter)) };
  };
  const isRuled = ruleSet !== null || recording.rules !== undefined;
  const isUnhealthy = (tick: number) => judge(resultsAt(tick)).kind === 'unhealthy';
  // A failed check stays failed (`FoldOf`), unless another one excuses it.
  const failedAt = excusingChecks(named).size > 0 ? firstOf(clock.length, isUnhealthy) : binarySearch(clock.length, isUnhealthy);
  for (let tick = 1; tick <= Math.min(clock.length, failedAt - 1); tick++) {
    if (clock.at(tick) < endsAt) continue;
    const judgement = judge(resultsAt(tick));
    if (judgement.kind === 'healthy') return finish(isRuled || judgement.confidence === 'full' ? 'pass' : 'inconclusive', tick);
  }
  return failedAt <= clock.length ? finish('fail', failedAt) : finish('inconclusive', clock.length);
}

/** The first tick of 1 to `length` for which it is true, or `length + 1`. */
function firstOf(length: number, isTrue: (tick: number) => boolean): number {
  let tick = 1;
  while (tick <= length && !isTrue(tick)) tick++;
  return tick;
}

/** Checks whose failures do not count while a check of a dependency fails too (`unless`), as in the live bake. */
function excusable(checks: readonly PreparedCheck[], ruleSet: RuleSet): readonly PreparedCheck[] {
  const excusing = excusingChecks(ruleSet);
  const until = (data: CheckData, at: number): CheckData => {
    const ticks = Math.max(0, Math.floor((at - data.bake.startAt) / data.bake.stepMs));
    return { ...data, bake: upTo(data.bake, ticks), control: data.control && upTo(data.control, ticks) };
  };
  return checks.map((one) => {
    const names = excusing.has(one.bound.rule.name) ? [] : excusesOf(one.bound.rule, ruleSet);
    const others = checks.filter(({ bound }) => names.includes(bound.rule.name));
    if (others.length === 0) return one;
    const verdictAt = (ticks: number): Verdict => {
      const verdict = one.verdictAt(ticks);
      if (verdict.outcome !== 'fail') return verdict;
      const at = one.data.bake.startAt + ticks * one.data.bake.stepMs;
      const excuses = others.map(({ bound, data }) => excuseOf(bound, until(data, at), ruleSet));
      return withExcuses(verdict, { check: one.bound, data: until(one.data, at), ruleSet, isRecovery: false }, excuses);
    };
    return { ...one, verdictAt };
  });
}

/** The instants of the passes: the ticks of its finest check, from the first to the last. */
function clockOf(bakes: readonly Stretch[], { deployedAt }: Recording): { readonly length: number; readonly at: (tick: number) => number } {
  const stepMs = bakes.length === 0 ? 1000 : Math.min(...bakes.map((bake) => bake.stepMs));
  const from = bakes.length === 0 ? deployedAt * 1000 : Math.min(...bakes.map((bake) => bake.startAt));
  const until = Math.max(from, ...bakes.map((bake) => bake.startAt + lengthOf(bake.ticks) * bake.stepMs));
  return { length: Math.ceil((until - from) / stepMs), at: (tick) => from + tick * stepMs };
}

type PreparedCheck = {
  readonly bound: BoundCheck;
  readonly data: CheckData;
  readonly errors: ReadonlyMap<number, string>;
  readonly verdictAt: (ticks: number) => Verdict;
};
type ReplayContext = { readonly recording: Recording; readonly ruleSet: RuleSet; readonly alpha: number; readonly isFrozen: boolean };

function prepare(bound: BoundCheck, recorded: RecordedCheck, { recording, ruleSet, alpha, isFrozen }: ReplayContext): PreparedCheck {
  const stepMs = recorded.step * 1000;
  const startAt = (recorded.bake.start ?? recording.deployedAt) * 1000;
  const data: CheckData = {
    bake: readStretch(recorded, recorded.bake, { startAt, stepMs }),
    control: recorded.control ? readStretch(recorded, recorded.control, { startAt, stepMs }) : null,
    history: recorded.history
      ? readStretch(recorded, recorded.history, {
          startAt: recorded.history.start * 1000,
          stepMs: (recorded.history.step ?? recorded.step) * 1000,
        })
      : null,
    deployedAt: recording.deployedAt * 1000,
    calibrations: isFrozen && recorded.calibration ? readCalibrations(bound, recorded.calibration) : null,
    alpha,
    aloneFrom: recording.rules?.aloneFrom ?? null,
  };
  const errors = new Map((recorded.errors ?? []).map(({ tick, kind }) => [tick, kind]));
  return { bound, data, errors, verdictAt: assessByTick(bound, data, ruleSet) };
}

function resultAt({ bound, data: { bake }, errors, verdictAt }: PreparedCheck, at: number): CheckResult {
  const ticks = Math.min(lengthOf(bake.ticks), Math.max(0, Math.floor((at - bake.startAt) / bake.stepMs)));
  const kind = errors.get(ticks - 1);
  const verdict = verdictAt(ticks);
  const result: Verdict | AskError =
    kind !== undefined && verdict.outcome !== 'fail'
      ? { outcome: 'error', kind: kindOf(kind), reason: `this tick could not be asked (${kind})` }
      : verdict;
  return { name: bound.rule.name, critical: bound.rule.critical, result };
}

function show(decidedAfter: number): (result: CheckResult) => ReplayedCheck {
  return ({ name, result }) => ({
    name,
    verdict: result.outcome === 'error' ? 'inconclusive' : result.outcome,
    decidedAfter,
    reason: result.reason,
  });
}

const kinds: readonly ProviderErrorKind[] = ['unavailable', 'timeout', 'rate_limited', 'unauthorized', 'bad_query', 'bad_response'];

function kindOf(text: string): ProviderErrorKind {
  return kinds.find((kind) => kind === text) ?? 'unavailable';
}
