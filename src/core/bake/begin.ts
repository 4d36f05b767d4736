import { formatDuration } from '../base/duration.ts';
import { formatWeight, type Traffic } from '../rules/stage.ts';
import type { Bake } from './bake.ts';
import type { Deploy } from './deploy.ts';
import type { Plan } from './plan.ts';
import { trafficOf } from './traffic.ts';
import { type AcceptedTransition, accept, notify, rememberRunning } from './transition-result.ts';

/**
 * Builds the first state of a bake. With `phase: started` the bake waits for the `finished` call, because mixed versions are not judged.
 * An adopted release is known-good at once. Every other deploy starts to warm up now; one that was registered late has warmed up for that time.
 */
export function begin(deploy: Deploy, plan: Plan, phase: 'started' | 'finished'): AcceptedTransition {
  const at = deploy.registeredAt;
  const base = { id: deploy.id, cause: deploy.cause.kind, begunAt: at };
  if (deploy.adopted) {
    const reasons = [`adopted as known-good by ${deploy.registeredBy}`] as const;
    return accept(
      { ...base, deployedAt: at, state: 'passed', at, by: deploy.registeredBy, confidence: 'low', reasons },
      ...rememberRunning(plan),
    );
  }
  const traffic = trafficOf({ ...base, deployedAt: at, state: 'warming', nextAt: at }, plan);
  const deployedAt = deploy.deployedAt ?? at;
  const next: Bake =
    phase === 'started'
      ? { ...base, deployedAt: null, state: 'warming', nextAt: at + plan.finishMs }
      : { ...base, deployedAt, state: 'warming', nextAt: traffic === null ? Math.max(at, deployedAt + plan.warmupMs) : at };
  const remember = phase === 'finished' ? rememberRunning(plan, 'deployed') : [];
  return accept(next, ...remember, notify('started', at, [nextSteps(phase, traffic, plan)]));
}

function nextSteps(phase: 'started' | 'finished', traffic: Traffic | null, { warmupMs, forMs }: Plan): string {
  const shares = traffic?.stages.map(({ weight }) => formatWeight(weight)).join(', ');
  const baking = `baking for ${formatDuration(forMs)}${shares === undefined ? '' : ` with ${shares} of the traffic`}`;
  if (phase === 'started') return `waiting for the deploy to finish, then ${baking}`;
  return traffic === null ? `warming up for ${formatDuration(warmupMs)}, then ${baking}` : baking;
}
