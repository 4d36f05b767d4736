import type { RuleSet } from '../rules/rule-set.ts';
import type { AnalyzerInput, BoundAnalyzer } from './analyzer.ts';
import { explain } from './explanation.ts';
import { explanationOf } from './headline.ts';
import type { Verdict } from './verdict.ts';

/** A part of a bake that is judged separately: ticks `[from, to)` of the bake. `to: null`: to the end. */
export type JudgedPart = { readonly input: AnalyzerInput; readonly from: number; readonly to: number | null; readonly isAlone: boolean };

type LastStageContext = { readonly ruleSet: RuleSet; readonly aloneFrom: number | null };

/**
 * In the last stage of a bake the release has all of the traffic, and no control runs any more. An analyzer that compares with the control until then,
 * and can do without it, compares that stage with the past. Any other one goes on as before. `length`: how many ticks there are.
 */
export function partsOf(
  analyzer: BoundAnalyzer,
  input: AnalyzerInput,
  { ruleSet, aloneFrom, length }: LastStageContext & { readonly length: number },
): readonly JudgedPart[] {
  const { bake, control, forMs } = input;
  const whole: JudgedPart = { input, from: 0, to: null, isAlone: false };
  const last = ruleSet.traffic?.stages.at(-1);
  if (last === undefined || control === null || !analyzer.needs.control || analyzer.calibrate === undefined) return [whole];
  const controlMs = Math.max(bake.stepMs, forMs - last.forMs);
  const controlled: JudgedPart = { ...whole, input: { ...input, forMs: controlMs } };
  if (aloneFrom === null) return [controlled];
  const first = Math.max(0, Math.round((aloneFrom - bake.startAt) / bake.stepMs));
  if (first >= length) return [controlled];
  const aloneInput = { ...input, forMs: last.forMs, control: null, bake: { ...bake, startAt: bake.startAt + first * bake.stepMs } };
  const alone: JudgedPart = { input: aloneInput, from: first, to: null, isAlone: true };
  return first === 0 ? [alone] : [{ ...controlled, to: first }, alone];
}

/** A part's verdict. Its words name the part. */
export function verdictOfPart({ isAlone }: Pick<JudgedPart, 'isAlone'>, verdict: Verdict): Verdict {
  if (!isAlone) return verdict;
  const { headline, because, notes } = explanationOf(verdict);
  return { ...verdict, ...explain(headline, `with all of the traffic${because && `: ${because}`}`, notes) };
}

/** In how many parts a bake may be judged: each gets its share of the false-alarm budget. */
export function countOfParts({ traffic, control }: Pick<RuleSet, 'traffic' | 'control'>): 1 | 2 {
  return traffic?.stages === undefined || control === null ? 1 : 2;
}
