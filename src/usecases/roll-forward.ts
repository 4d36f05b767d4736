import { isRolledForward } from '../core/bake/bake.ts';
import { decide } from '../core/bake/decide.ts';
import type { Target } from '../core/bake/deploy.ts';
import { AppError } from '../core/base/errors.ts';
import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import { deployEntry } from './audited.ts';
import type { InterventionRequest } from './intervene.ts';
import { assertUnmoved } from './move-bake.ts';
import { findDeploy } from './view-deploy.ts';

/** Who rolls forward to which deploy, and why. `confirm`: what holds automatic orders only is overridden. */
export type ForwardRequest = InterventionRequest & { readonly why: string; readonly confirm: boolean };

/** The release is being put back, or runs again already. Nothing is written. */
const alreadyForward = 'it is rolled forward already';

/**
 * Puts the release of a deploy back that was rolled back. Only a person does this. Idempotent: while the release is being put back, and while it runs
 * because of that, a repeated request changes nothing. Throws what `moveBake` throws.
 */
export async function rollForward(
  store: BakeStore & DeployCatalog,
  { id, by, at, origin, why, confirm: isConfirmed, expectedVersion }: ForwardRequest,
): Promise<DeployRecord> {
  const fingerprint = (await store.firstFingerprint(id)) ?? undefined;
  const result = await store.update(id, null, async (record, facts) => {
    if (isRolledForward(record.bake)) return { ok: false, refusal: alreadyForward };
    assertUnmoved(record, expectedVersion);
    const { version, commit, image } = record.deploy.release;
    const own: Target = { deployId: id, version, commit, image, fingerprint };
    const isExonerated = (record.marks ?? []).length > 0;
    const decision = decide(record, { type: 'forward_requested', at, by, why, own, isExonerated, isConfirmed, facts: await facts() }, by);
    if (!decision.ok) return decision;
    const detail = `${why}${isConfirmed ? ' (confirmed)' : ''}`;
    return { ...decision, audit: deployEntry(record.deploy, { origin, by, at, verb: 'roll-forward', detail }) };
  });
  if (result.kind === 'refused' && result.refusal !== alreadyForward)
    throw new AppError('conflict', result.refusal, { problem: 'not_in_this_state' });
  return await findDeploy(store, id);
}
