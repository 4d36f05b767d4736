import { decide } from '../core/bake/decide.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import type { EffectError } from '../core/base/errors.ts';
import type { Attempt } from '../ports/audit-log.ts';
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

/** How many attempts an order gets in all where the hook cannot be reached or does not answer in time. */
const maxTries = 4;

const endings = {
  roll_back: { entry: 'hook_ended', message: 'rollback attempted' },
  shift: { entry: 'shift_ended', message: 'shift attempted' },
} as const;

/** Records the end of an attempt: in the store, the timeline, the metrics and the log. */
export async function endAttempt(deps: DispatchDeps, attempt: HookAttempt, end: AttemptEnd): Promise<void> {
  const { kind, bakeId, orderId, number, hook } = attempt;
  const { outcome, output, detail } = end;
  const { entry, message } = endings[kind];
  const at = deps.clock.now();
  await deps.store.endAttempt({ orderId, number, at, outcome, output });
  const text = endText(number, end);
  await deps.store.appendTimeline(bakeId, { at, kind: entry, by: 'bakewatch', text, ...(detail && { detail }) });
  deps.meter.attempted({ kind, plugin: hook, outcome });
  deps.log.info({ deploy: bakeId, order: orderId, attempt: number, hook, outcome }, message);
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

/** Commits what the event makes of the bake. An event that makes no sense any more changes nothing. */
export async function applyEvent({ store }: Pick<DispatchDeps, 'store'>, bakeId: string, event: BakeEvent): Promise<void> {
  await store.update(bakeId, null, (record) => decide(record, event, 'bakewatch'));
}
