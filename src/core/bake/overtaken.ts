import type { Bake } from './bake.ts';
import type { Deploy } from './deploy.ts';
import type { TimelineEntry } from './narrate.ts';
import { formatClock } from './time-left.ts';

/** Another deploy of the same service and environment, with its bake. */
export type Neighbor = { readonly deploy: Deploy; readonly bake: Bake };

/**
 * Whether a deploy that is registered late went out before another one that was registered earlier and may run now. Then there is nothing to watch: what
 * runs is the other release. A deploy without a time of its own went out when it was registered, so it is never overtaken.
 */
export function isOvertaken({ deployedAt }: Deploy, { bake }: Neighbor): boolean {
  return deployedAt !== undefined && mayRun(bake) && wentOutAt(bake) > deployedAt;
}

/** The first and last state of a deploy that was overtaken. It has no effects: nobody waits for its end. */
export function beginOvertaken(deploy: Deploy, by: Neighbor): { readonly next: Bake; readonly entry: TimelineEntry } {
  const { id, cause, registeredAt: at, release } = deploy;
  const text = `${by.deploy.release.version} went out later, at ${formatClock(wentOutAt(by.bake))}: ${release.version} is recorded as superseded by it, and is not watched`;
  return {
    next: {
      id,
      cause: cause.kind,
      begunAt: at,
      deployedAt: deploy.deployedAt ?? at,
      state: 'superseded',
      at,
      by: by.deploy.id,
      byVersion: by.deploy.release.version,
    },
    entry: { at, kind: 'superseded', by: 'bakewatch', text },
  };
}

function wentOutAt({ deployedAt, begunAt }: Bake): number {
  return deployedAt ?? begunAt;
}

/** After a rollback, or where a person took over, the release of the deploy may be gone. */
function mayRun(bake: Bake): boolean {
  if (bake.state === 'failed') return bake.rolledBack === 'no';
  return bake.state !== 'rolled_back' && bake.state !== 'canceled' && bake.state !== 'superseded';
}
