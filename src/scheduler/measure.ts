import { ProviderError } from '../core/base/errors.ts';
import type { Window } from '../core/base/window.ts';
import type { Measurement, MeasurementPhase } from '../core/judge/measurement.ts';
import { withSeen } from '../core/judge/probe-reason.ts';
import type { AskError, Verdict } from '../core/judge/verdict.ts';
import type { Ticks } from '../core/series/ticks.ts';
import type { AskTicks, CheckQuestion } from './ask.ts';

/** What one check of one bake must find out now. */
export type MeasureTask = {
  readonly question: CheckQuestion;
  readonly phase: MeasurementPhase;
  readonly at: number;
  readonly window: Window;
  /** Joins the new ticks with what is stored and judges them. */
  readonly judge: (ticks: Ticks, control: Ticks | null) => Verdict;
};

/**
 * Asks one check's provider and judges the answer. The only place where a `ProviderError` becomes an outcome: an error, which is never held
 * against the deploy, and whose ticks are asked again next time.
 */
export async function measure(ask: AskTicks, task: MeasureTask, signal: AbortSignal): Promise<Measurement> {
  const { question, phase, at, window } = task;
  const base = { check: question.rule.name, phase, at, window, query: question.text };
  try {
    const { ticks, control, seen } = await ask(question, window, signal);
    return { ...base, result: withSeen(task.judge(ticks, control), seen, ticks), ticks, control };
  } catch (error) {
    return { ...base, result: toAskError(error), ticks: null, control: null };
  }
}

/** An error of ours or of the provider, as an outcome. Anything but a `ProviderError` is a bug and is thrown on. */
export function toAskError(error: unknown): AskError {
  if (!(error instanceof ProviderError)) throw error;
  return { outcome: 'error', kind: error.kind, reason: error.message };
}
