import { setTimeout } from 'node:timers/promises';
import { formatDuration } from '../core/base/duration.ts';
import { AppError, EffectError, ProviderError } from '../core/base/errors.ts';

/** `warn`: it works, but not as it should. `not_tried`: nothing is known. */
export type ExamOutcome = 'ok' | 'warn' | 'fail' | 'not_tried';

/** What one probe found. `hint`: what a person can do. */
export type ExamAnswer = { readonly outcome: ExamOutcome; readonly reason: string; readonly hint?: string | undefined };

/** One line of the result. `part` is what was looked at, such as `hook`; `name` is which one; empty where there is one only. */
export type ExamRow = ExamAnswer & { readonly part: string; readonly name: string; readonly seconds: number };

/** One question. It gets a signal and must change nothing. Several answers have a name each. */
export type ExamProbe = {
  readonly part: string;
  readonly name: string;
  readonly limitMs: number;
  readonly ask: (signal: AbortSignal) => Promise<ExamAnswer | readonly (ExamAnswer & { readonly name: string })[]>;
  /** What to do where it fails or does not answer. */
  readonly hint?: string | undefined;
};

/** How many probes run at the same time: hooks start programs. */
const maxAtOnce = 8;
/** How long a probe may take to end after its limit. */
const graceMs = 500;

/**
 * Asks all probes, several at a time, and returns their answers in the order of the probes. A probe that throws or exceeds its limit has failed. Those
 * that have no turn before the signal aborts were not tried.
 */
export async function examine(probes: readonly ExamProbe[], signal: AbortSignal): Promise<readonly ExamRow[]> {
  const rows: (readonly ExamRow[])[] = probes.map(() => []);
  const queue = probes.entries();
  const work = async () => {
    for (const [i, probe] of queue) rows[i] = await askOne(probe, signal);
  };
  await Promise.all(Array.from({ length: maxAtOnce }, work));
  return rows.flat();
}

async function askOne({ part, name, limitMs, ask, hint }: ExamProbe, signal: AbortSignal): Promise<readonly ExamRow[]> {
  const from = performance.now();
  const end = (answer: ExamAnswer & { readonly name?: string }): ExamRow => ({
    part,
    name,
    ...answer,
    seconds: Math.round(performance.now() - from) / 1_000,
  });
  if (signal.aborted)
    return [end({ outcome: 'not_tried', reason: 'the time was over before its turn', hint: 'allow more with --timeout' })];
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const late = () => end({ outcome: 'fail', reason: `no answer within ${formatDuration(waited(from, limitMs))}`, hint: hint ?? lateHint });
  try {
    const answer = await Promise.race([ask(limit), untilAborted(limit)]);
    if (answer === null) return [late()];
    return 'outcome' in answer ? [end(answer)] : answer.map(end);
  } catch (error) {
    const reason = wordsOf(error);
    return [limit.aborted && reason.endsWith('aborted') ? late() : end({ outcome: 'fail', reason, hint })];
  }
}

const lateHint = 'look whether it hangs, or whether a firewall drops packets';

/** The limit, or the whole seconds until all probes were ended before it. */
function waited(from: number, limitMs: number): number {
  return Math.min(limitMs, Math.ceil((performance.now() - from - graceMs) / 1_000) * 1_000);
}

// A probe that obeys the signal says better what it waits for.
async function untilAborted(signal: AbortSignal): Promise<null> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await setTimeout(graceMs);
  return null;
}

// The message of an error that is not made for people may contain anything, also a secret.
function wordsOf(error: unknown): string {
  if (error instanceof AppError || error instanceof ProviderError || error instanceof EffectError) return error.message;
  return `an unexpected error: ${error instanceof Error ? error.name : typeof error}`;
}
