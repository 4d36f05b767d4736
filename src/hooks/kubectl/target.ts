import { EffectError } from '../../core/base/errors.ts';
import { nameProblem } from '../../core/base/name-pattern.ts';
import type { RollbackOrder } from '../../ports/hook.ts';
import { hashIn, isImageOf, type PodRelease } from './template.ts';
import { type Revision, resourceOf, type Subject, type Workload } from './workload.ts';

/** The target of a rollback, with the number that its revision has now. `number` is `null` if its template is already in place. */
export type Destination = { readonly release: PodRelease; readonly number: number | null };

type TargetRequest = { readonly order: RollbackOrder; readonly subject: Subject };

/**
 * Finds the target by its pod template: by the hash recorded with the known-good deploy, else by the image or version of its release. Revision numbers
 * are never recorded, because a rollback gives its revision a new number. Throws `EffectError` `refused` if the target is gone or cannot be identified.
 */
export function findTarget({ order, subject }: TargetRequest, { current, revisions }: Workload): Destination {
  const isTarget = createMatcher(order);
  if (isTarget(current)) return { release: current, number: null };
  const found = revisions.find(({ release }) => isTarget(release));
  if (found) return found;
  throw new EffectError('refused', goneMessage({ order, subject }, revisions), { targetGone: true });
}

/** A template with the version of the bad release is never the target, even if it also matches the target: a sidecar may have the target's tag. */
function createMatcher({ from, target }: RollbackOrder): (release: PodRelease) => boolean {
  const hash = hashIn(target.fingerprint);
  if (hash !== null) return (release) => release.hash === hash;
  const problem = nameProblem(target.version);
  if (problem) throw new EffectError('refused', `the version of the known-good deploy ${problem}; no release was searched for`);
  if (from.version === target.version) {
    const why = `the bad release and the known-good one have the same version ${target.version}, and no fingerprint of the known-good one was recorded`;
    throw new EffectError('refused', `${why}; they cannot be distinguished, so roll back by hand`);
  }
  return (release) => matchesRelease(release, target) && !matchesRelease(release, from);
}

function matchesRelease(
  { images, version }: PodRelease,
  release: { readonly version: string; readonly image?: string | undefined },
): boolean {
  return version === release.version || images.some((image) => isImageOf(image, release));
}

function goneMessage({ order: { target }, subject }: TargetRequest, revisions: readonly Revision[]): string {
  const name = hashIn(target.fingerprint) === null ? (target.image ?? target.version) : (target.fingerprint ?? target.version);
  const known = revisions.map(({ number, release }) => `${number}: ${release.fingerprint}`);
  const listed = known.slice(0, 10).join(', ') + (known.length > 10 ? ` and ${known.length - 10} more` : '');
  const history = known.length === 0 ? 'which is empty' : `which holds ${listed}`;
  const advice = `deploy ${target.version} again, and raise spec.revisionHistoryLimit if it is low`;
  return `${name} is gone from the history of ${resourceOf(subject)}, ${history}; ${advice}`;
}
