import { EffectError } from '../../core/base/errors.ts';
import { nameProblem } from '../../core/base/name-pattern.ts';
import type { RollbackOrder } from '../../ports/hook.ts';
import { hashIn, isImageOf, type PodRelease } from './template.ts';
import { type Revision, resourceOf, type Subject, type Workload } from './workload.ts';

/** Where a rollback goes: to a revision, by the number that it has now, or nowhere because its template runs already (`number` is `null`). */
export type Destination = { readonly release: PodRelease; readonly number: number | null };

type TargetRequest = { readonly order: RollbackOrder; readonly subject: Subject };

/**
 * Finds the target by its pod template: by the hash kept with the known-good deploy, else by the image or version of its release. A revision
 * number is never remembered, because a rollback gives its revision a new one. Throws `EffectError` `refused` where the target cannot be told.
 */
export function findTarget({ order, subject }: TargetRequest, { current, revisions }: Workload): Destination {
  const isTarget = recognizer(order);
  if (isTarget(current)) return { release: current, number: null };
  const found = revisions.find(({ release }) => isTarget(release));
  if (found) return found;
  throw new EffectError('refused', gone({ order, subject }, revisions), { targetGone: true });
}

/** A template that carries the bad release's version is not the target, whatever else it carries: a sidecar may have the target's tag. */
function recognizer({ from, target }: RollbackOrder): (release: PodRelease) => boolean {
  const hash = hashIn(target.fingerprint);
  if (hash !== null) return (release) => release.hash === hash;
  const problem = nameProblem(target.version);
  if (problem) throw new EffectError('refused', `the version of the known-good deploy ${problem}: no release was looked for`);
  if (from.version === target.version) {
    const why = `the bad release and the known-good one are both called ${target.version}, and what ran while it was good is not known`;
    throw new EffectError('refused', `${why}: nothing tells them apart; roll back by hand`);
  }
  return (release) => carries(release, target) && !carries(release, from);
}

function carries({ images, version }: PodRelease, wanted: { readonly version: string; readonly image?: string | undefined }): boolean {
  return version === wanted.version || images.some((image) => isImageOf(image, wanted));
}

function gone({ order: { target }, subject }: TargetRequest, revisions: readonly Revision[]): string {
  const wanted = hashIn(target.fingerprint) === null ? (target.image ?? target.version) : (target.fingerprint ?? target.version);
  const known = revisions.map(({ number, release }) => `${number}: ${release.fingerprint}`);
  const listed = known.slice(0, 10).join(', ') + (known.length > 10 ? ` and ${known.length - 10} more` : '');
  const history = known.length === 0 ? 'which is empty' : `which holds ${listed}`;
  const advice = `deploy ${target.version} again, and raise spec.revisionHistoryLimit if it is low`;
  return `${wanted} is gone from the history of ${resourceOf(subject)}, ${history}; ${advice}`;
}
