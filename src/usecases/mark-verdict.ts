import { entryOf, type VerdictMarkChange, type VerdictMarkKind, whyNotMarked } from '../core/bake/verdict-mark.ts';
import { AppError } from '../core/base/errors.ts';
import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';
import { deployEntry } from './audited.ts';
import type { InterventionRequest } from './intervene.ts';
import { assertUnmoved } from './move-bake.ts';
import { findDeploy } from './view-deploy.ts';

/** Who marks which verdict as what, and why. `undo`: the mark is taken back. */
export type MarkRequest = InterventionRequest & { readonly kind: VerdictMarkKind; readonly why: string; readonly undo: boolean };

/** The request is done already, so nothing is written. */
const unchanged = 'the mark is already as requested';

/**
 * Marks the verdict of a deploy as wrong, or takes the mark back. Idempotent: a mark that is there stays as it is, and a repeated request changes nothing.
 * Throws `AppError`: `not_found`, or `conflict` where the deploy was not judged bad.
 */
export async function markVerdict(
  store: BakeStore,
  { id, by, at, origin, kind, why, undo, expectedVersion }: MarkRequest,
): Promise<DeployRecord> {
  const change: VerdictMarkChange = undo ? { takeBack: kind } : { set: { kind, by, why, at } };
  const result = await store.update(id, null, (record) => {
    assertUnmoved(record, expectedVersion);
    const { deploy, bake, marks = [] } = record;
    const refusal = whyNotMarked(bake);
    if (refusal !== null) return { ok: false, refusal };
    const isDone = marks.some((mark) => mark.kind === kind) !== undo;
    if (isDone) return { ok: false, refusal: unchanged };
    const audit = deployEntry(deploy, { origin, by, at, verb: 'mark', detail: `${kind}${undo ? ', taken back' : ''}: ${why}` });
    return { ok: true, next: bake, effects: [], timeline: [entryOf(change, by, at)], marks: [change], audit };
  });
  if (result.kind === 'refused' && result.refusal !== unchanged)
    throw new AppError('conflict', result.refusal, { problem: 'not_in_this_state' });
  return await findDeploy(store, id);
}
