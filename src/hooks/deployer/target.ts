import { EffectError } from '../../core/base/errors.ts';
import { nameProblem } from '../../core/base/name-pattern.ts';
import type { RollbackOrder } from '../../ports/hook.ts';
import type { HostRelease, HostState } from './state.ts';

/**
 * Finds the release to go back to: by what ran while it was good, else by its version or commit. Throws `EffectError` `refused` where it is gone, or
 * cannot be told from the bad one.
 */
export function findTarget(order: RollbackOrder, { current, releases }: HostState): HostRelease {
  const isTarget = recognizer(order, current);
  if (isTarget(current)) return current;
  const found = releases.filter(isTarget);
  const good = found.find(({ isBad }) => !isBad);
  if (good) return good;
  const [bad] = found;
  if (bad) {
    const how = `remove its file BAD_RELEASE if that was a mistake, or deploy ${order.target.version} again`;
    throw new EffectError('refused', `${bad.fingerprint} is marked as bad, and Deployer would not go back to it: ${how}`, {
      targetGone: true,
    });
  }
  throw new EffectError('refused', gone(order, releases), { targetGone: true });
}

function recognizer({ from, target }: RollbackOrder, current: HostRelease): (release: HostRelease) => boolean {
  const { fingerprint, version } = target;
  if (fingerprint?.startsWith('release ')) return (release) => release.fingerprint === fingerprint;
  const problem = nameProblem(version);
  if (problem) throw new EffectError('refused', `the version of the known-good deploy ${problem}: no release was looked for`);
  if (from.version === version) {
    const why = `the bad release and the known-good one are both called ${version}, and what ran while it was good is not known`;
    throw new EffectError('refused', `${why}: nothing tells them apart; roll back by hand`);
  }
  // Deployer numbers its releases, and a version may happen to be such a number: names count only where what runs is named as a version is.
  const isNamed = current.name === from.version || current.name === version;
  const isTarget = (release: HostRelease) => carries(release, target) && !carries(release, from);
  return (release) => isTarget(release) || (isNamed && release.name === version);
}

type DeployerTarget = { readonly version: string; readonly commit?: string | undefined };

function carries({ target, revision = '' }: HostRelease, { version, commit = '' }: DeployerTarget): boolean {
  return target === version || revision === version || (commit.length >= 7 && revision.startsWith(commit));
}

function gone({ target }: RollbackOrder, releases: readonly HostRelease[]): string {
  const wanted = target.fingerprint ?? target.version;
  const listed = releases.slice(0, 10).map(({ fingerprint }) => fingerprint);
  const more = releases.length > 10 ? ` and ${releases.length - 10} more` : '';
  return `${wanted} is gone from the host, which has ${listed.join(', ')}${more}; deploy ${target.version} again, and raise keep_releases if it is low`;
}
