import type { Deploy } from '../core/bake/deploy.ts';
import { defaultExtensionMs } from '../core/bake/interventions.ts';
import { describeBake } from '../core/bake/narrate.ts';
import { assertNever } from '../core/base/assert-never.ts';
import { formatDuration } from '../core/base/duration.ts';
import { AppError } from '../core/base/errors.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { AuditOrigin, AuditTrail } from '../ports/audit-trail.ts';
import type { BakeStore } from '../ports/bake-store.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { PersonRequest } from '../ports/inbox.ts';
import { deployEntry } from './audited.ts';
import { approve, extend, pass, rollBack } from './intervene.ts';
import { findDeploy } from './view-deploy.ts';

/** A person's request, the notifier whose message it came from, and when it arrived. */
export type ReceivedRequest = {
  readonly request: PersonRequest;
  readonly notifier: string;
  readonly at: number;
  /** Where the call came from, for the audit trail. */
  readonly origin?: AuditOrigin;
};

type PersonStore = BakeStore & AuditLog & DeliveryStore & Pick<AuditTrail, 'recordAudit'>;

/**
 * Does what a person requests from within a message. Returns the result as a sentence for this person, or `null` where this press of a button was
 * handled before. A request that cannot be done is answered with the reason; only a bug throws.
 */
export async function actOnPersonRequest(store: PersonStore, received: ReceivedRequest): Promise<string | null> {
  const { request, at } = received;
  try {
    const { deploy } = await findDeploy(store, request.deployId);
    const refusal = request.refusal(deploy);
    if (refusal !== null) {
      const entry = deployEntry(deploy, { origin: received.origin, by: request.by, at, verb: request.verb, detail: refusal });
      await store.recordAudit({ ...entry, outcome: 'refused' });
      return `Nothing was done: ${refusal}.`;
    }
    return (await store.press(request.key, at)) ? await act(store, received, deploy) : null;
  } catch (error) {
    if (error instanceof AppError) return `Nothing was done: ${error.message}.`;
    throw error;
  }
}

async function act(
  store: BakeStore & AuditLog & DeliveryStore,
  { request, notifier, at, origin }: ReceivedRequest,
  deploy: Deploy,
): Promise<string> {
  const { deployId: id, by, verb } = request;
  const intervention = { id, by, at, origin, why: 'requested in a message' };
  switch (verb) {
    case 'approve':
      return `Approved: ${describeBake((await approve(store, intervention)).bake)}.`;
    case 'roll_back':
      return `Ordered: ${describeBake((await rollBack(store, intervention)).bake)}.`;
    case 'pass':
      return `Done: ${describeBake((await pass(store, intervention)).bake)}.`;
    case 'extend':
      await extend(store, { ...intervention, byMs: defaultExtensionMs });
      return `Done: the bake goes on ${formatDuration(defaultExtensionMs)} longer.`;
    case 'mute':
      await store.mute({ bakeId: id, notifier }, deployEntry(deploy, { origin, by, at, verb, detail: notifier }));
      await store.appendTimeline(id, { at, kind: 'muted', by, text: `${notifier} gets only bad news of it from now on` });
      return 'Done: from now on you get only bad news of this deploy here.';
    default:
      return assertNever(verb);
  }
}
