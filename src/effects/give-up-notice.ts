import type { NoticeEffect } from '../ports/delivery-store.ts';
import type { DispatchDeps } from './deps.ts';

/** The reasons for which a notice is given up, other than a refusal by the receiver. */
export const giveUpReasons = { undefinedNotifier: 'it is no longer defined', unreachable: 'it could not be reached' } as const;

/** Counts a message that a notifier will never get. */
export function countGivenUp({ meter, notifiers }: DispatchDeps, notifier: string): void {
  meter.gaveUp({ kind: 'notify', plugin: notifiers.get(notifier)?.type ?? 'unknown' });
}

/** Records in the timeline of a deploy that a notice about it will never arrive. */
export async function recordGivenUp(
  { store, clock }: DispatchDeps,
  { bakeId, notifier, notice }: { readonly bakeId: string; readonly notifier: string; readonly notice: NoticeEffect },
  why: string,
): Promise<void> {
  const text = `${notifier} was not notified that the deploy is ${notice.topic}: ${why}`;
  await store.appendTimeline(bakeId, { at: clock.now(), kind: 'notice_given_up', by: 'bakewatch', text });
}
