import type { Bake } from './bake.ts';
import type { Deploy } from './deploy.ts';
import type { Plan } from './plan.ts';

/** A bake that a registration ends, with the version that it watches. */
type EndedBake = { readonly version: string; readonly bake: Bake };

/**
 * Returns which automatic or proposed rollbacks a registration takes away, one sentence each; none where nothing would have been rolled back anyway.
 * `ended`: the bakes that it supersedes.
 */
export function disarmReasons(
  { release, cause, migrations, registeredBy }: Pick<Deploy, 'release' | 'cause' | 'migrations' | 'registeredBy'>,
  plan: Pick<Plan, 'hook' | 'observeOnly' | 'onFailure'>,
  ended: readonly EndedBake[],
): readonly string[] {
  if (plan.hook === null || plan.observeOnly || plan.onFailure === 'notify') return [];
  const { version } = release;
  return [
    ...(cause.kind === 'rollback' ? [`${registeredBy} registered ${version} as a rollback, and a rollback is never rolled back`] : []),
    ...(migrations === 'irreversible'
      ? [`${registeredBy} registered ${version} with migrations that cannot be undone, so it is not rolled back automatically`]
      : []),
    ...ended
      .filter(({ bake }) => bake.state === 'awaiting_approval')
      .map((old) => `the rollback of ${old.version} waited for an approval, and ends because ${registeredBy} registered ${version}`),
  ];
}
