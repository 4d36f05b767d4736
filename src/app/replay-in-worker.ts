import { existsSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../core/base/errors.ts';
import type { ReplayResult } from '../core/recording/replay.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';

/** `recording`: the text of a recording. `ruleSet: null`: the rules of the recording, or the defaults. */
export type ReplayTask = {
  readonly recording: string;
  readonly ruleSet: RuleSet | null;
  readonly falseAlarms: number | undefined;
};

/** What the thread answers: the verdict, or what is wrong with the recording or the rules. */
export type ReplayOutcome = { readonly result: ReplayResult } | { readonly refusal: string };

/** Judges a recording again. Throws `AppError`: `invalid` for a recording that cannot be judged, or takes too much. */
export type RunReplay = (task: ReplayTask, signal: AbortSignal) => Promise<ReplayResult>;

export type ReplayLimits = { readonly timeoutMs: number; readonly maxHeapMb: number };

const limits: ReplayLimits = { timeoutMs: 20_000, maxHeapMb: 512 };

/** The file of the thread: bundled in a package, plain in a checkout. */
function workerFile(): string {
  const folder = dirname(findPackageJSON(import.meta.url) ?? '.');
  const bundled = join(folder, 'dist', 'replay-worker.js');
  return existsSync(bundled) && !existsSync(join(folder, 'src', 'app')) ? bundled : join(folder, 'src', 'app', 'replay-worker.ts');
}

/**
 * Creates what judges recordings: each in a thread of its own, one after the other, so that the passes of live bakes are not late. A thread has a limited
 * time and a limited heap.
 */
export function createReplays({ timeoutMs, maxHeapMb }: ReplayLimits = limits): RunReplay {
  let last: Promise<unknown> = Promise.resolve();
  return async (task, signal) => {
    const before = last;
    const own = before.then(() => (signal.aborted ? Promise.reject(stopped()) : judge(task, signal)));
    last = own.catch(() => undefined);
    return await own;
  };

  async function judge(task: ReplayTask, signal: AbortSignal): Promise<ReplayResult> {
    const worker = new Worker(workerFile(), { workerData: task, env: {}, resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } });
    try {
      const outcome = await answerOf(worker, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      if ('refusal' in outcome) throw new AppError('invalid', outcome.refusal);
      return outcome.result;
    } catch (error) {
      throw signal.aborted ? stopped() : tooMuch(error, timeoutMs);
    } finally {
      await worker.terminate();
    }
  }
}

function answerOf(worker: Worker, signal: AbortSignal): Promise<ReplayOutcome> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread ended without an answer')));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function stopped(): AppError {
  return new AppError('unavailable', 'the server is stopping');
}

function tooMuch(error: unknown, timeoutMs: number): unknown {
  const instead = 'send fewer checks or a shorter past, or use `bakewatch replay`, which has no limit';
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new AppError('invalid', `the recording cannot be judged within ${timeoutMs / 1_000} s: ${instead}`);
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new AppError('invalid', `the recording needs too much memory: ${instead}`);
  return error;
}
