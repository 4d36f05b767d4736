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
 * are never recorded, because a rollback gives its revision a new number. Throws `EffectError` `refused` if the target is gone or cannot be identified;
 * `targetGone` only where it is known to be gone.
 */
export function findTarget({ order, subject }: TargetRequest, { current, revisions }: Workload): Destination {
  const isTarget = createMatcher(order);
  if (isTarget(current)) return { release: current, number: null };
  const found = revisions.find(({ release }) => isTarget(release));
  if (found) return found;
  const { target } = order;
  const history = `the history of ${resourceOf(subject)}, ${listOf(revisions)}`;
  if (!isKnownToBeGone(order, [current, ...revisions.map(({ release }) => release)])) {
    const hint = 'register deploys with their `image`, or set the label app.kubernetes.io/version';
    const why = `${target.version} cannot be identified in ${history}: no template there shows the version of a deploy`;
    throw new EffectError('refused', `${why}; ${hint}, and roll back by hand this time`);
  }
  const name = hashIn(target.fingerprint) === null ? (target.image ?? target.version) : (target.fingerprint ?? target.version);
  const advice = `deploy ${target.version} again, and raise spec.revisionHistoryLimit if it is low`;
  throw new EffectError('refused', `${name} is gone from ${history}; ${advice}`, { targetGone: true });
}

/** Without a hash, the target is known to be gone only where templates show versions: then that of the bad release is to be seen. */
function isKnownToBeGone({ from, target }: RollbackOrder, all: readonly PodRelease[]): boolean {
  return hashIn(target.fingerprint) !== null || all.some((release) => matchesRelease(release, from));
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

function listOf(revisions: readonly Revision[]): string {
  const known = revisions.map(({ number, release }) => `${number}: ${release.fingerprint}`);
  const listed = known.slice(0, 10).join(', ') + (known.length > 10 ? ` and ${known.length - 10} more` : '');
  return known.length === 0 ? 'which is empty' : `which holds ${listed}`;
}
