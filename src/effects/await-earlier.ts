import { hookKindOf } from '../core/bake/order-shift.ts';
import { formatClock } from '../core/bake/time-left.ts';
import type { Attempt } from '../ports/audit-log.ts';
import type { ProcessRef } from '../ports/process-table.ts';
import type { DispatchDeps } from './deps.ts';
import { isAtWork } from './run-hook.ts';

/** An order that is about to be performed. */
export type WaitingOrder = {
  readonly bakeId: string;
  readonly orderId: string;
  /** The effect that carries it. A person who gives an order again has a new one, and wants the hook to act. */
  readonly effectId: string;
  /** Whether another machine does the work of the hook, and goes on with it when the server ends. */
  readonly isRemote: boolean;
  /** Whether the platform shows what was ordered; `null`: it cannot be asked. */
  readonly look: (signal: AbortSignal) => Promise<boolean | null>;
  /** Whether the bake still wants the order. */
  readonly isWanted: () => Promise<boolean>;
};

/**
 * `free`: no earlier attempt can be running. `done`: an attempt whose end was never recorded carried the order out. `not_wanted`: the bake has moved on.
 * `newest`: the number of the newest attempt at the order, 0 for none.
 */
export type WaitEnd =
  | { readonly kind: 'free'; readonly newest: number }
  | { readonly kind: 'done'; readonly newest: number; readonly by: Attempt }
  | { readonly kind: 'not_wanted' };

const firstPauseMs = 500;
const maxPauseMs = 5_000;

/**
 * Waits until no earlier attempt at the orders of a bake can be running, so that no two hooks run at the same time. An attempt without a recorded end
 * counts as running until its deadline, or until its server and its program are known to have ended. The platform is asked meanwhile: if it comes to show
 * what was ordered, the earlier attempt did its work, and nothing is left to do.
 */
export async function awaitEarlier(deps: DispatchDeps, order: WaitingOrder, signal: AbortSignal): Promise<WaitEnd> {
  let pauseMs = firstPauseMs;
  let seenAtWork = order.isRemote;
  let waitedFor: Attempt | undefined;
  for (;;) {
    const attempts = await earlierAttempts(deps, order);
    const newest = Math.max(0, ...attempts.filter(({ orderId }) => orderId === order.orderId).map(({ number }) => number));
    const running = attempts.filter((attempt) => mayBeRunning(deps, attempt, order));
    const orphan = attempts.find((attempt) => attempt.number === newest && isOverOrphan(deps, attempt, order));
    const current = running.at(-1) ?? waitedFor ?? orphan;
    if (current === undefined) return { kind: 'free', newest };
    const isAlive = running.some((attempt) => programOf(deps, attempt) !== null);
    const isThere =
      running.every(({ orderId }) => orderId === order.orderId) && !hasResult(current, attempts) ? await order.look(signal) : null;
    signal.throwIfAborted();
    // An attempt that nobody saw at work may have stopped half-way, although the platform shows its result.
    const wasAtWork = seenAtWork || current === orphan;
    if (isThere && wasAtWork && !isAlive && current.orderId === order.orderId) return { kind: 'done', newest, by: current };
    if (running.length === 0) return { kind: 'free', newest };
    seenAtWork ||= isAlive || isThere === false;
    for (const attempt of running) {
      await noteOrphan(deps, attempt);
      await announce(deps, attempt);
    }
    waitedFor = current;
    await deps.clock.sleep(Math.min(pauseMs, Math.max(1, ...running.map(({ deadlineAt = 0 }) => deadlineAt - deps.clock.now()))), signal);
    signal.throwIfAborted();
    if (!(await order.isWanted())) return { kind: 'not_wanted' };
    pauseMs = Math.min(2 * pauseMs, maxPauseMs);
  }
}

/** The attempts of the same kind of hook: an attempt to shift traffic does not delay a rollback. Ends programs that run past their deadline. */
async function earlierAttempts(deps: DispatchDeps, { bakeId, orderId }: WaitingOrder): Promise<readonly Attempt[]> {
  const attempts = (await deps.store.attempts(bakeId)).filter((one) => hookKindOf(one.orderId) === hookKindOf(orderId));
  for (const attempt of attempts) {
    const program = attempt.outcome === null ? programOf(deps, attempt) : null;
    if (program === null || (attempt.deadlineAt ?? Number.POSITIVE_INFINITY) > deps.clock.now()) continue;
    deps.log.warn({ deploy: bakeId, order: attempt.orderId, attempt: attempt.number, pid: program.pid }, 'hook ended at its deadline');
    await deps.processes?.end(program);
  }
  return attempts;
}

function mayBeRunning(deps: DispatchDeps, attempt: Attempt, { isRemote }: WaitingOrder): boolean {
  const { outcome, deadlineAt = 0 } = attempt;
  if (deadlineAt <= deps.clock.now()) return false;
  if (outcome !== null) return isRemote && outcome === 'interrupted';
  if (isOwn(deps, attempt)) return isAtWork(attempt);
  return isRemote || !isKnownToBeOver(deps, attempt);
}

/** This very process performed the attempt: it knows whether it still does. Its end may not be stored, because the database was away. */
function isOwn({ processes }: DispatchDeps, { owner }: Attempt): boolean {
  const self = processes?.self;
  return self !== undefined && owner?.space === self.space && owner.pid === self.pid && owner.start === self.start;
}

/** The server of the attempt has ended, and so has the program that it ran. Only known for processes of this machine. */
function isKnownToBeOver({ processes }: DispatchDeps, { owner, program }: Attempt): boolean {
  if (processes === undefined || owner === undefined || program === undefined || owner.space !== processes.self.space) return false;
  return !processes.isRunning(owner) && !processes.isRunning(program);
}

/** For the next server, should this one end before the program does. */
async function noteOrphan(deps: DispatchDeps, attempt: Attempt): Promise<void> {
  const { orderId, number, owner, program } = attempt;
  if (program === undefined || program.hasOutlived || programOf(deps, attempt) === null) return;
  if (owner === undefined || deps.processes?.isRunning(owner)) return;
  await deps.store.saveAttemptProgram({ orderId, number, program: { ...program, hasOutlived: true } });
}

/** An attempt at the order that is over without a recorded end, and whose program did not end with its server, nor at its deadline. */
function isOverOrphan(deps: DispatchDeps, attempt: Attempt, { orderId, effectId }: WaitingOrder): boolean {
  const { outcome, program, deadlineAt = 0 } = attempt;
  if (attempt.orderId !== orderId || attempt.effectId !== effectId || outcome !== null || deadlineAt <= deps.clock.now()) return false;
  return program?.hasOutlived === true && isKnownToBeOver(deps, attempt);
}

/** The program of an attempt that runs on this machine now. */
function programOf({ processes }: DispatchDeps, { owner, program }: Attempt): ProcessRef | null {
  if (processes === undefined || program === undefined || owner?.space !== processes.self.space) return null;
  return processes.isRunning(program) ? program : null;
}

/** Whether the end of the attempt was recorded in the meantime: then its record says what is left to do. */
function hasResult({ orderId, number }: Attempt, attempts: readonly Attempt[]): boolean {
  const outcome = attempts.find((one) => one.orderId === orderId && one.number === number)?.outcome ?? null;
  return outcome !== null && outcome !== 'interrupted';
}

/** Says in the timeline, once for each attempt, what the order waits for and until when. */
async function announce({ store, clock, processes, log }: DispatchDeps, attempt: Attempt): Promise<void> {
  const { bakeId, orderId, number, owner, deadlineAt = 0 } = attempt;
  const where = owner === undefined || owner.space === processes?.self.space ? 'here' : `on another server (${owner.host})`;
  const text = `attempt ${number} may still be running ${where} until ${formatClock(deadlineAt)}; the order waits for it`;
  if ((await store.timeline(bakeId)).some((entry) => entry.text === text)) return;
  log.info({ deploy: bakeId, order: orderId, attempt: number, until: deadlineAt }, 'order waits for an earlier attempt');
  await store.appendTimeline(bakeId, { at: clock.now(), kind: 'hook_awaited', by: 'bakewatch', text });
}
