import type { Analyzer } from '../judge/analyzer.ts';
import type { Verdict } from '../judge/verdict.ts';
import { missingOf } from './answers.ts';
import { followBake, type PastPseudoBake, type PseudoBakeResult, pseudoBakeAt, type Trial } from './pseudo-bake.ts';
import type { Random } from './random.ts';
import type { Advice, CheckReport, RateEstimate } from './report.ts';
import { sensitivityOf } from './sensitivity.ts';
import { suggestionsFor } from './suggest.ts';

/** With what a check is backtested. `interval` gives the two-sided 95 % interval of a share. */
export type BacktestTools = {
  readonly analyzers: ReadonlyMap<string, Analyzer>;
  readonly interval: (count: number, of: number) => readonly [low: number, high: number];
  readonly random: Random;
  /** How often this check alone may fail a healthy bake. */
  readonly budget: number;
};

/** What a check made of each pseudo deploy, in their order, and the report about it. */
export type CheckedPast = { readonly report: CheckReport; readonly verdicts: readonly Verdict[] };

/** The maximum number of alarms that are shown with their reason. */
const mostShown = 3;

/** Follows one check over every pseudo deploy, injects regressions, and looks for better settings where it cries wolf. Pure. */
export function backtestCheck(trial: Trial, deploys: readonly number[], means: BacktestTools): CheckedPast {
  const { check, ruleSet, fine } = trial;
  const followed = deploys.map((at) => {
    const bake = pseudoBakeAt(trial, at);
    return { bake, ...followBake(check, bake, ruleSet) };
  });
  const alarms = followed.filter(({ verdict }) => verdict.outcome === 'fail');
  const counted = (isIt: (verdict: Verdict) => boolean) =>
    countOf(followed.filter(({ verdict }) => isIt(verdict)).length, followed.length, means);
  const falseAlarms = counted(({ outcome }) => outcome === 'fail');
  const lowConfidence = counted(isLow);
  const missing = missingOf(fine.ticks);
  const calm = followed.filter(({ verdict }) => verdict.outcome !== 'fail').map(bakeOf);
  const sensitivity = missing === 1 ? [] : sensitivityOf({ check, ruleSet, bakes: calm, past: fine.ticks }, means.random);
  const isDeaf = lowConfidence.count === followed.length && sensitivity.every(({ tried }) => tried.every(({ found }) => found === 0));
  const advice = missing === 1 ? 'no_data' : isDeaf ? 'not_judged' : adviceOn(falseAlarms, means.budget);
  const allowed = Math.floor(means.budget * followed.length);
  const isWolf = advice === 'cries_wolf' || advice === 'unsure';
  const report: CheckReport = {
    name: check.rule.name,
    critical: check.rule.critical,
    kind: fine.ticks.kind,
    advice,
    falseAlarms,
    inconclusive: counted((verdict) => verdict.outcome === 'inconclusive' && !isLow(verdict)),
    lowConfidence,
    missing,
    alarms: alarms.slice(0, mostShown).map(({ bake, verdict, failedAfterMs }) => ({
      at: bake.at,
      afterMs: failedAfterMs ?? 0,
      reason: verdict.reason,
    })),
    open: followed.find(({ verdict }) => verdict.outcome === 'inconclusive')?.verdict.reason ?? null,
    suggestions: isWolf ? suggestionsFor({ check, ruleSet, past: fine.ticks, alarms: alarms.map(bakeOf), calm, allowed }, means) : [],
    sensitivity,
  };
  return { report, verdicts: followed.map(({ verdict }) => verdict) };
}

/** A count with its interval. */
export function countOf(count: number, of: number, { interval }: Pick<BacktestTools, 'interval'>): RateEstimate {
  const [low, high] = of > 0 ? interval(count, of) : [0, 1];
  return { count, of, low, high };
}

/** The advice that follows from the false alarms and their budget. */
export function adviceOn({ count, of, low }: RateEstimate, budget: number): Advice {
  if (count <= budget * of) return 'keep';
  return low > budget ? 'cries_wolf' : 'unsure';
}

function isLow(verdict: Verdict): boolean {
  return verdict.outcome === 'inconclusive' && verdict.blocks === false;
}

function bakeOf({ bake }: { readonly bake: PastPseudoBake } & PseudoBakeResult): PastPseudoBake {
  return bake;
}
