import { EffectError } from '../core/base/errors.ts';
import type { AttemptRef } from '../ports/audit-log.ts';
import type { HookTime, OnOutput } from '../ports/hook.ts';
import type { ProcessRef } from '../ports/process-table.ts';
import type { DispatchDeps } from './deps.ts';
import { NotOurs, nothingDone, whileUnavailable, withDeadline } from './hook-attempt.ts';
import { keepOutput } from './keep-output.ts';

/** The attempts whose hook this process runs now. */
const atWork = new Set<string>();
const keyOf = ({ orderId, number }: AttemptRef) => `${number} ${orderId}`;

/** Whether this process runs the hook of the attempt now. */
export function isAtWork(attempt: AttemptRef): boolean {
  return atWork.has(keyOf(attempt));
}

/**
 * Runs a hook, and ends it before the deadline of its attempt. What it prints and which program it runs is stored meanwhile: people watch it, and a server
 * that takes the order over knows what to wait for. Throws `EffectError`, and `NotOurs` once a newer attempt has begun.
 */
export async function runHook<Result>(
  deps: DispatchDeps,
  { attempt: { orderId, number }, hook, signal }: { readonly attempt: AttemptRef; readonly hook: HookTime; readonly signal: AbortSignal },
  run: (signal: AbortSignal, onOutput: OnOutput) => Promise<Result>,
): Promise<Result> {
  const { store, log, processes } = deps;
  const kept = keepOutput(
    (output) => store.saveAttemptOutput({ orderId, number, output }),
    (error) => log.debug({ err: error, order: orderId, attempt: number }, 'output of a running hook not saved'),
  );
  const programs = keepProgram(deps, { orderId, number });
  const work = () => run(withDeadline(hook, signal), kept.onOutput);
  const key = keyOf({ orderId, number });
  atWork.add(key);
  try {
    return await (processes === undefined ? work() : processes.watch(programs, work));
  } catch (error) {
    if (error instanceof EffectError || error instanceof NotOurs) throw error;
    log.error({ err: error, order: orderId, attempt: number }, 'unexpected error of a hook');
    throw unexpected(error);
  } finally {
    atWork.delete(key);
    await Promise.all([kept.stop(), programs.saved()]);
  }
}

/** An error in our own code: the hook may have acted before it. Its message may hold what the platform answered, so it is in the log only. */
function unexpected(error: unknown): EffectError {
  const name = error instanceof Error ? error.name : 'unknown';
  const message = `the hook ended with an error of Bakewatch (${name}), and may have acted before it: see the log of the server`;
  return new EffectError('timeout', message, { cause: error });
}

/**
 * Stores which program an attempt runs. Before a program starts, the one before is cleared: a server that takes over must not take the end of an earlier
 * program for the end of the attempt. A program does not start once a newer attempt has begun. It starts if the database is away: the rollback matters more.
 * Then it is stored as soon as the database is back.
 */
function keepProgram(deps: DispatchDeps, attempt: AttemptRef) {
  let hasActed = false;
  let kept = { over: new AbortController(), saved: Promise.resolve(true) };

  async function save(program: ProcessRef | null, until = AbortSignal.abort()): Promise<boolean> {
    try {
      return await whileUnavailable(deps, () => deps.store.saveAttemptProgram({ ...attempt, program }), until);
    } catch (error) {
      deps.log.debug({ err: error, order: attempt.orderId, attempt: attempt.number }, 'program of a running hook not saved');
      return true;
    }
  }

  async function saved(): Promise<void> {
    kept.over.abort();
    await kept.saved;
  }

  async function replace(program: ProcessRef | null): Promise<void> {
    await saved();
    if (!(await save(program))) throw new NotOurs('a newer attempt has begun');
  }

  return {
    // An attempt begins as one that has done nothing.
    looking: async () => {
      if (hasActed) await replace(nothingDone);
    },
    starting: async () => {
      hasActed = true;
      await replace(null);
    },
    started(program: ProcessRef): void {
      const over = new AbortController();
      kept = { over, saved: save(program, over.signal) };
    },
    saved,
  };
}
