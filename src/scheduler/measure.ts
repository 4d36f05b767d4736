import { ProviderError } from '../core/base/errors.ts';
import type { Window } from '../core/base/window.ts';
import { withAlerts } from '../core/judge/alert-reason.ts';
import type { Measurement, MeasurementPhase } from '../core/judge/measurement.ts';
import { withObservation } from '../core/judge/probe-reason.ts';
import type { AskError, Verdict } from '../core/judge/verdict.ts';
import type { Ticks } from '../core/series/ticks.ts';
import type { AskTicks, CheckQuestion } from './ask.ts';

/** The measurement that one check of one bake must make now. */
export type MeasureTask = {
  readonly question: CheckQuestion;
  readonly phase: MeasurementPhase;
  readonly at: number;
  readonly window: Window;
  /** The answer is judged once this is over. */
  readonly after: Promise<unknown>;
  /** Appends the new ticks to the stored ones and judges them. */
  readonly judge: (ticks: Ticks, control: Ticks | null) => Verdict;
};

/**
 * Asks the provider of a check and judges the answer. Only here does a `ProviderError` become an outcome: `error`, which never counts against the
 * deploy. The next pass asks for its ticks again.
 */
export async function measure(ask: AskTicks, task: MeasureTask, signal: AbortSignal): Promise<Measurement> {
  const { question, phase, at, window } = task;
  const base = { check: question.rule.name, phase, at, window, query: question.text };
  try {
    const { ticks, control, seen, alerts } = await ask(question, window, signal);
    await task.after;
    const verdict = withObservation(task.judge(ticks, control), seen, ticks);
    return { ...base, result: alerts === undefined ? verdict : withAlerts(verdict, alerts), ticks, control };
  } catch (error) {
    return { ...base, result: toAskError(error), ticks: null, control: null };
  }
}

/** The measurement of a check whose provider has no new tick yet. `judgeKnown` judges the ticks so far; `null`: there are none. */
export async function notYet({ question, phase, at, window, after }: MeasureTask, judgeKnown: () => Verdict | null): Promise<Measurement> {
  await after;
  const reason = `no new data yet: ${question.rule.provider} does not show the next tick yet`;
  const result = judgeKnown() ?? ({ outcome: 'inconclusive', reason, isSilent: true } as const);
  return { check: question.rule.name, phase, at, window, query: question.text, result, ticks: null, control: null };
}

/** Turns a `ProviderError` into an outcome. Any other error is a bug and is thrown again. */
export function toAskError(error: unknown): AskError {
  if (!(error instanceof ProviderError)) throw error;
  return { outcome: 'error', kind: error.kind, reason: error.message };
}
