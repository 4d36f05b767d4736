import { decide } from '../core/bake/decide.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import { AppError, type EffectError } from '../core/base/errors.ts';
import type { Attempt, NewAttempt } from '../ports/audit-log.ts';
import type { DecideUpdate, ExpectedState } from '../ports/bake-store.ts';
import type { HookTime } from '../ports/hook.ts';
import type { ProcessRef } from '../ports/process-table.ts';
import type { DispatchDeps } from './deps.ts';

/** One attempt of a hook to perform an order. */
export type HookAttempt = {
  readonly kind: 'roll_back' | 'shift';
  readonly bakeId: string;
  readonly orderId: string;
  readonly number: number;
  /** The type of the hook. */
  readonly hook: string;
};

/** How an attempt ended. `output` is stored with the attempt, `detail` with its entry in the timeline. */
export type AttemptEnd = { readonly outcome: string; readonly summary: string; readonly output: string; readonly detail: string };

/** How long an attempt may take in addition to the timeout of its hook: for the looks at what runs, and for ending it. */
const graceMs = 30_000;
/** How long before the deadline a hook is ended. */
const endingMs = 5_000;

/** The program of an attempt that has only looked up to now. No process has this pid, so the attempt is over when its server is. */
export const nothingDone: ProcessRef = { pid: 0, start: '' };

type BeginningAttempt = Pick<NewAttempt, 'orderId' | 'effectId' | 'bakeId' | 'after'> & { readonly hook: HookTime };

/**
 * Records that an attempt begins now, before its hook runs. At its deadline its server has ended the hook, so that nothing of the attempt runs any more.
 * Returns its instant, its number and the earlier attempts at the order.
 */
export async function beginAttempt({ store, clock, processes }: DispatchDeps, { hook, ...attempt }: BeginningAttempt) {
  const at = clock.now();
  const deadlineAt = at + hook.timeoutMs + graceMs;
  return { at, ...(await store.beginAttempt({ ...attempt, at, deadlineAt, owner: processes?.self, program: nothingDone })) };
}

/** Aborts with the signal, and shortly before the deadline of an attempt that begins now. */
export function withDeadline({ timeoutMs }: HookTime, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(Math.min(timeoutMs + graceMs - endingMs, 2 ** 31 - 1))]);
}

/** An attempt or an order belongs to another server now. Nothing may be written for it, and the effect is left to the queue. */
export class NotOurs extends Error {
  constructor(what: string) {
    super(`${what}; this server writes nothing`);
    this.name = 'NotOurs';
  }
}

/** How many attempts an order gets in all where the hook cannot be reached or does not answer in time. */
const maxTries = 4;

const endings = {
  roll_back: { entry: 'hook_ended', message: 'rollback attempted' },
  shift: { entry: 'shift_ended', message: 'shift attempted' },
} as const;

/** Records the end of an attempt: in the store, the timeline, the metrics and the log. Throws `NotOurs` once a newer attempt has begun. */
export async function endAttempt(deps: DispatchDeps, attempt: HookAttempt, end: AttemptEnd): Promise<void> {
  const { kind, bakeId, orderId, number, hook } = attempt;
  const { outcome, output, detail } = end;
  const { entry, message } = endings[kind];
  const at = deps.clock.now();
  const isOurs = await whileUnavailable(deps, () => deps.store.endAttempt({ orderId, number, at, outcome, output }));
  if (!isOurs) throw new NotOurs(`attempt ${number} has ended already, or a newer one has begun`);
  const text = endText(number, end);
  await deps.store.appendTimeline(bakeId, { at, kind: entry, by: 'bakewatch', text, ...(detail && { detail }) });
  deps.meter.attempted({ kind, plugin: hook, outcome });
  deps.log.info({ deploy: bakeId, order: orderId, attempt: number, hook, outcome }, message);
}

/** How often, and how long after each failure, news of an attempt is stored again while the database is away: what a hook did must not be forgotten. */
const [maxStoreTries, storePauseMs] = [20, 1_000];

/** Works again while the database is away: until `until` is aborted, or without it for 20 s. */
export async function whileUnavailable<T>({ clock }: DispatchDeps, work: () => Promise<T>, until?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const isOver = until?.aborted ?? tries === maxStoreTries;
      if (isOver || !(error instanceof AppError && error.code === 'unavailable')) throw error;
    }
    await clock.sleep(storePauseMs, until ?? new AbortController().signal);
  }
}

/** The text of the timeline for the end of an attempt. */
export function endText(number: number, { outcome, summary }: Pick<AttemptEnd, 'outcome' | 'summary'>): string {
  return `attempt ${number}: ${outcome.replaceAll('_', ' ')}: ${summary}`;
}

/**
 * The earlier attempts that the same effect caused. A person who gives an order again knows about the attempts before. They are distinguished by the effect
 * and not by time, because the clocks of two replicas differ.
 */
export function attemptsOf(effectId: string, earlier: readonly Attempt[]): readonly Attempt[] {
  return earlier.filter((attempt) => attempt.effectId === effectId);
}

/** Whether an order is tried again after this error: the hook could not be reached or did not answer in time, and tries are left. */
export function mayTryAgain({ kind }: EffectError, earlier: readonly Attempt[]): boolean {
  return (kind === 'unreachable' || kind === 'timeout') && earlier.length + 1 < maxTries;
}

/** How the end of an attempt is recorded that failed because its server stops, or because the queue gave its order to another one. */
export function interruptedEnd({ kind, message, output }: EffectError, signal: AbortSignal): AttemptEnd {
  const outcome = kind === 'unreachable' || kind === 'refused' ? kind : 'interrupted';
  const why = signal.reason instanceof Error ? signal.reason.message : 'the work was aborted';
  return { outcome, summary: `${why}: ${message}`, output: output || message, detail: output === message ? '' : output };
}

/**
 * Commits what the event makes of the bake. An event that makes no sense any more changes nothing. Throws `NotOurs` if what is expected is no longer true:
 * a newer attempt has begun, or another process moved the bake.
 */
export async function applyEvent(
  { store }: Pick<DispatchDeps, 'store'>,
  { bakeId, expected }: { readonly bakeId: string; readonly expected: ExpectedState },
  event: BakeEvent | ((...context: Parameters<DecideUpdate>) => Promise<BakeEvent>),
): Promise<void> {
  const result = await store.update(bakeId, expected, async (record, facts) =>
    decide(record, typeof event === 'function' ? await event(record, facts) : event, 'bakewatch'),
  );
  if (result.kind === 'lost') throw new NotOurs('the order has moved on elsewhere');
}
