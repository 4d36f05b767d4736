import type { Chart } from '../core/chart/chart.ts';
import { answerOf, type CheckAnswer } from '../core/judge/check-answer.ts';
import type { DeployWords } from '../usecases/explain-deploy.ts';
import type { CheckView, DeployView } from '../usecases/view-deploy.ts';

/** A check with its answers during the bake and after a rollback. */
export type AnsweredCheck = { readonly check: CheckView; readonly answer: CheckAnswer; readonly after: CheckAnswer | null };

export function answeredChecks(checks: readonly CheckView[]): readonly AnsweredCheck[] {
  return checks.map((check) => ({
    check,
    answer: answerOf(check, check.baking),
    after: check.verifying === null ? null : answerOf(check, check.verifying),
  }));
}

type LeadInput = {
  readonly view: DeployView;
  readonly words: DeployWords;
  readonly answered: readonly AnsweredCheck[];
  readonly charts: readonly Chart[];
};

/** The check that the page is about: the one that decided, the one that proves nothing, or else the one that is nearest to failing. */
export function leadCheck({ view, words, answered, charts }: LeadInput): AnsweredCheck | null {
  const { state } = view.record.bake;
  const named = (name: string | undefined) => answered.find(({ check }) => check.name === name);
  const suspicious = charts.find(({ isSuspicious }) => isSuspicious);
  const unproven = state === 'passed' ? answered.find(({ answer }) => answer.unproven !== null) : undefined;
  const reason = words.reasons.find(({ check }) => check !== null)?.check ?? undefined;
  const isOpen = state === 'baking' || state === 'shifting' || state === 'warming';
  const candidates = [
    isOpen ? suspicious?.check : undefined,
    unproven?.check.name,
    state === 'passed' ? undefined : reason,
    charts[0]?.check,
  ];
  return candidates.map(named).find((one) => one !== undefined) ?? null;
}

/** Whether a check has evidence against the release that is not enough to fail. */
export function isSuspicious({ check }: AnsweredCheck): boolean {
  const result = check.baking?.result;
  return result?.outcome === 'inconclusive' && result.leans === true;
}
