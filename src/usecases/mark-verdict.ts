import { entryOf, type VerdictMarkChange, type VerdictMarkKind, whyNotMarked } from '../core/bake/verdict-mark.ts';
import { AppError } from '../core/base/errors.ts';
import type { BakeStore, Commit, DeployRecord } from '../ports/bake-store.ts';
import type { InterventionRequest } from './intervene.ts';
import { findDeploy } from './view-deploy.ts';

/** Who marks which verdict as what, and why. `undo`: the mark is taken back. */
export type MarkRequest = InterventionRequest & { readonly kind: VerdictMarkKind; readonly why: string; readonly undo: boolean };

/**
 * Marks the verdict of a deploy as wrong, or takes the mark back. Idempotent: a mark that is there stays as it is.
 * Throws `AppError`: `not_found`, or `conflict` where the deploy was not judged bad.
 */
export async function markVerdict(store: BakeStore, { id, by, at, kind, why, undo }: MarkRequest): Promise<DeployRecord> {
  const change: VerdictMarkChange = undo ? { takeBack: kind } : { set: { kind, by, why, at } };
  const result = await store.update(id, null, ({ bake, marks = [] }) => {
    const refusal = whyNotMarked(bake);
    if (refusal !== null) return { ok: false, refusal };
    const isDone = marks.some((mark) => mark.kind === kind) !== undo;
    const commit: Commit = { next: bake, effects: [], timeline: isDone ? [] : [entryOf(change, by, at)] };
    return { ok: true, ...commit, marks: [change] };
  });
  if (result.kind === 'refused') throw new AppError('conflict', result.refusal);
  return await findDeploy(store, id);
}
