import type { RuleSet } from '../rules/rule-set.ts';
import { lengthOf, type Stretch, sliceTicks, upTo } from '../series/ticks.ts';
import type { AnalyzerInput, BoundAnalyzer } from './analyzer.ts';
import type { Verdict } from './verdict.ts';

/** A part of a bake that is judged by itself: its ticks `[from, to)` of the whole. */
export type JudgedPart = { readonly input: AnalyzerInput; readonly from: number; readonly to: number; readonly isAlone: boolean };

type LastStageContext = { readonly ruleSet: RuleSet; readonly aloneFrom: number | null };

/**
 * In the last stage of a bake the release has all of the traffic, and nobody is left to be compared with: what compares with the control until then, and
 * can do without it, compares that stage with the past. What can do neither goes on as it did.
 */
export function partsOf(analyzer: BoundAnalyzer, input: AnalyzerInput, { ruleSet, aloneFrom }: LastStageContext): readonly JudgedPart[] {
  const { bake, control, forMs } = input;
  const length = lengthOf(bake.ticks);
  const whole = { input, from: 0, to: length, isAlone: false };
  const last = ruleSet.traffic?.stages.at(-1);
  if (last === undefined || control === null || !analyzer.needs.control || analyzer.calibrate === undefined) return [whole];
  const first = aloneFrom === null ? length : Math.min(length, Math.max(0, Math.round((aloneFrom - bake.startAt) / bake.stepMs)));
  const besideMs = Math.max(bake.stepMs, forMs - last.forMs);
  const beside: JudgedPart = {
    ...whole,
    to: first,
    input: { ...input, forMs: besideMs, bake: upTo(bake, first), control: upTo(control, first) },
  };
  const alone: JudgedPart = {
    input: { ...input, forMs: last.forMs, control: null, bake: after(bake, first) },
    from: first,
    to: length,
    isAlone: true,
  };
  return [...(first > 0 || length === 0 ? [beside] : []), ...(first < length ? [alone] : [])];
}

function after(stretch: Stretch, ticks: number): Stretch {
  return { ...stretch, startAt: stretch.startAt + ticks * stretch.stepMs, ticks: sliceTicks(stretch.ticks, ticks) };
}

/** A part's verdict, with the words that tell it from the other's. */
export function verdictOf({ isAlone }: Pick<JudgedPart, 'isAlone'>, verdict: Verdict): Verdict {
  return isAlone ? { ...verdict, reason: `with all of the traffic: ${verdict.reason}` } : verdict;
}

/** In how many parts a bake may be judged: each gets its share of the false-alarm budget. */
export function countOfParts({ traffic, control }: Pick<RuleSet, 'traffic' | 'control'>): 1 | 2 {
  return traffic?.stages === undefined || control === null ? 1 : 2;
}
