import { EffectError } from '../../core/base/errors.ts';
import { nameProblem } from '../../core/base/name-pattern.ts';
import type { RollbackOrder } from '../../ports/hook.ts';
import type { HostRelease, HostState } from './state.ts';

/**
 * Finds the release to go back to: by the fingerprint that was read while it was good, else by its version or commit. Throws `EffectError` `refused` if
 * it is gone, or cannot be identified or distinguished from the bad release. Only what is certainly gone has `targetGone`.
 */
export function findTarget(order: RollbackOrder, { current, releases }: HostState): HostRelease {
  const isTarget = createMatcher(order, current);
  if (isTarget(current)) return current;
  const matches = releases.filter(isTarget);
  const good = matches.find(({ isBad }) => !isBad);
  if (good) return good;
  const [bad] = matches;
  if (bad && order.isForward) return bad;
  if (bad) {
    const advice = `remove its file BAD_RELEASE if that is a mistake, or deploy ${order.target.version} again`;
    throw new EffectError('refused', `${bad.fingerprint} is marked as bad, so Deployer would not go back to it; ${advice}`, {
      targetGone: true,
    });
  }
  if (isCertainlyGone(order, releases)) throw new EffectError('refused', goneMessage(order, releases), { targetGone: true });
  throw new EffectError('refused', unknownMessage(order, releases));
}

/** A release is gone if every release on the host is known to be another one. Releases without a recorded tag, commit or time may be any. */
function isCertainlyGone({ from, target }: RollbackOrder, releases: readonly HostRelease[]): boolean {
  const { fingerprint, version, commit = '' } = target;
  if (fingerprint?.startsWith('release ')) {
    const [, name] = fingerprint.split(' ');
    return releases.every((release) => release.name !== name || release.fingerprint.includes(' of '));
  }
  // Tags, commits or folder names tell releases apart only where the operator uses them.
  const isTagged = releases.every((release) => release.target !== undefined) && releases.some((release) => release.target === from.version);
  const hasCommits = releases.every(({ revision }) => revision !== undefined) && (commit.length >= 7 || /^[0-9a-f]{40}$/.test(version));
  const isNamed = releases.some(({ name }) => name === from.version) && !/^\d+$/.test(from.version);
  return isTagged || hasCommits || isNamed;
}

function createMatcher({ from, target }: RollbackOrder, current: HostRelease): (release: HostRelease) => boolean {
  const { fingerprint, version } = target;
  if (fingerprint?.startsWith('release ')) return (release) => release.fingerprint === fingerprint;
  const problem = nameProblem(version);
  if (problem) throw new EffectError('refused', `the version of the known-good deploy ${problem}; no release was searched for`);
  if (from.version === version) {
    const why = `the bad release and the known-good one have the same version ${version}, and no fingerprint of the known-good one was recorded`;
    throw new EffectError('refused', `${why}; they cannot be distinguished, so roll back by hand`);
  }
  // Deployer numbers its releases, and a version may look like such a number. So folder names count only if the current folder is named after a version.
  const isNamed = current.name === from.version || current.name === version;
  const isTarget = (release: HostRelease) => matchesRelease(release, target) && !matchesRelease(release, from);
  return (release) => isTarget(release) || (isNamed && release.name === version);
}

type DeployerTarget = { readonly version: string; readonly commit?: string | undefined };

function matchesRelease({ target, revision = '' }: HostRelease, { version, commit = '' }: DeployerTarget): boolean {
  return target === version || revision === version || (commit.length >= 7 && revision.startsWith(commit));
}

function goneMessage({ target }: RollbackOrder, releases: readonly HostRelease[]): string {
  const name = target.fingerprint ?? target.version;
  return `${name} is gone from the host, which has ${listOf(releases)}; deploy ${target.version} again, and raise keep_releases if it is low`;
}

function unknownMessage({ target: { version } }: RollbackOrder, releases: readonly HostRelease[]): string {
  const why = `which release is ${version} cannot be identified on the host, which has ${listOf(releases)}`;
  return `${why}; roll back by hand, and deploy with --tag=${version} or register the commit of each deploy`;
}

function listOf(releases: readonly HostRelease[]): string {
  const listed = releases.slice(0, 10).map(({ fingerprint }) => fingerprint);
  const more = releases.length > 10 ? ` and ${releases.length - 10} more` : '';
  return listed.join(', ') + more;
}
