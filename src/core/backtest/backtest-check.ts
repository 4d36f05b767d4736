import type { Analyzer } from '../judge/analyzer.ts';
import type { Verdict } from '../judge/verdict.ts';
import { missingOf } from './answers.ts';
import { followBake, type PastPseudoBake, type PseudoBakeResult, pseudoBakeAt, type Trial } from './pseudo-bake.ts';
import type { Random } from './random.ts';
import type { Advice, CheckReport, RateEstimate } from './report.ts';
import { sensitivityOf } from './sensitivity.ts';
import { suggestionsFor } from './suggest.ts';

/** The tools of a backtest. `interval` gives the two-sided 95 % interval of a share. */
export type BacktestTools = {
  readonly analyzers: ReadonlyMap<string, Analyzer>;
  readonly interval: (count: number, of: number) => readonly [low: number, high: number];
  readonly random: Random;
  /** How often this check alone may fail a healthy bake. */
  readonly budget: number;
};

/** The verdict of a check on each pseudo deploy, in their order, and its report. */
export type CheckedPast = { readonly report: CheckReport; readonly verdicts: readonly Verdict[] };

/** The maximum number of alarms that are shown with their reason. */
const maxShownAlarms = 3;

/** Judges every pseudo deploy with one check, injects regressions, and suggests looser settings if there are too many false alarms. Pure. */
export function backtestCheck(trial: Trial, deploys: readonly number[], tools: BacktestTools): CheckedPast {
  const { check, ruleSet, fine } = trial;
  const judged = deploys.map((at) => {
    const bake = pseudoBakeAt(trial, at);
    return { bake, ...followBake(check, bake, ruleSet) };
  });
  const alarms = judged.filter(({ verdict }) => verdict.outcome === 'fail');
  const counted = (matches: (verdict: Verdict) => boolean) =>
    countOf(judged.filter(({ verdict }) => matches(verdict)).length, judged.length, tools);
  const falseAlarms = counted(({ outcome }) => outcome === 'fail');
  const lowConfidence = counted(isLow);
  const missing = missingOf(fine.ticks);
  const calm = judged.filter(({ verdict }) => verdict.outcome !== 'fail').map(bakeOf);
  const sensitivity = missing === 1 ? [] : sensitivityOf({ check, ruleSet, bakes: calm, past: fine.ticks }, tools.random);
  const judgesNothing = lowConfidence.count === judged.length && sensitivity.every(({ tried }) => tried.every(({ found }) => found === 0));
  const advice = missing === 1 ? 'no_data' : judgesNothing ? 'not_judged' : adviceOn(falseAlarms, tools.budget);
  const allowed = Math.floor(tools.budget * judged.length);
  const hasTooManyAlarms = advice === 'cries_wolf' || advice === 'unsure';
  const report: CheckReport = {
    name: check.rule.name,
    critical: check.rule.critical,
    kind: fine.ticks.kind,
    advice,
    falseAlarms,
    inconclusive: counted((verdict) => verdict.outcome === 'inconclusive' && !isLow(verdict)),
    lowConfidence,
    missing,
    alarms: alarms.slice(0, maxShownAlarms).map(({ bake, verdict, failedAfterMs }) => ({
      at: bake.at,
      afterMs: failedAfterMs ?? 0,
      reason: verdict.reason,
    })),
    open: judged.find(({ verdict }) => verdict.outcome === 'inconclusive')?.verdict.reason ?? null,
    suggestions: hasTooManyAlarms
      ? suggestionsFor({ check, ruleSet, past: fine.ticks, alarms: alarms.map(bakeOf), calm, allowed }, tools)
      : [],
    sensitivity,
  };
  return { report, verdicts: judged.map(({ verdict }) => verdict) };
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
