import type { Bake } from './bake.ts';
import type { Deploy } from './deploy.ts';
import { formatDuration } from './duration.ts';
import { type Moved, moved, remember, tell } from './moved.ts';
import { trafficOf } from './order-shift.ts';
import type { Plan } from './plan.ts';

/**
 * The first state of a deploy's bake. With `phase: started` the bake waits for the `finished` call, because mixed versions are not judged;
 * an adopted release is known-good at once; everything else warms up from now on.
 */
export function begin(deploy: Deploy, plan: Plan, phase: 'started' | 'finished'): Moved {
  const at = deploy.registeredAt;
  const base = { id: deploy.id, cause: deploy.cause.kind, begunAt: at };
  if (deploy.adopted) {
    const reasons = [`adopted as known-good by ${deploy.registeredBy}`] as const;
    return moved({ ...base, deployedAt: at, state: 'passed', at, by: deploy.registeredBy, confidence: 'low', reasons }, ...remember(plan));
  }
  const traffic = trafficOf({ ...base, deployedAt: at, state: 'warming', nextAt: at }, plan);
  const next: Bake =
    phase === 'started'
      ? { ...base, deployedAt: null, state: 'warming', nextAt: at + plan.finishMs }
      : { ...base, deployedAt: at, state: 'warming', nextAt: traffic === null ? at + plan.warmupMs : at };
  const waits = phase === 'started' ? 'waiting for the deploy to finish' : `warming up for ${formatDuration(plan.warmupMs)}`;
  const reason = `${waits}, then baking ${traffic === null ? '' : `in ${traffic.stages.length} stages `}for ${formatDuration(plan.forMs)}`;
  return moved(next, tell('started', at, [reason]));
}
