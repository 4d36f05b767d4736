import { formatDuration } from '../base/duration.ts';
import type { Bake } from './bake.ts';
import type { Target } from './deploy.ts';
import type { Facts } from './facts.ts';
import type { Plan } from './plan.ts';

/** What every guard may look at. */
export type GuardInput = {
  readonly bake: Bake;
  readonly plan: Plan;
  readonly facts: Facts;
  /** What the failing checks say of the time before the deploy, where every one of them failed then already. */
  readonly before: string | null;
  readonly at: number;
};

/** Why a rollback is held, in words, and what a person should do next. */
export type GuardHold = { readonly guard: string; readonly reason: string };

type Guard = (input: GuardInput) => GuardHold | null;

/** A rollback, whoever performed it, is never rolled back by us. */
export function isRollbackDeploy({ bake }: GuardInput): GuardHold | null {
  if (bake.cause !== 'rollback') return null;
  return { guard: 'rollback_deploy', reason: 'not rolled back: this deploy is itself a rollback; decide by hand which release should run' };
}

/** What runs is what is rolled back: an order for an older deploy would take down a release that nobody complained about. */
export function isReplaced({ facts }: GuardInput): GuardHold | null {
  if (facts.replacedBy === null) return null;
  const { deployId, version } = facts.replacedBy;
  return { guard: 'replaced', reason: `not rolled back: ${version} took its place; ask for a rollback of that deploy (${deployId})` };
}

/** The rules or the operator asked to be told only. */
export function isObserveOnly({ plan }: GuardInput): GuardHold | null {
  if (plan.observeOnly)
    return { guard: 'observe_only', reason: 'not rolled back: the server runs with observe_only, so a person must act' };
  if (plan.onFailure !== 'notify') return null;
  return { guard: 'observe_only', reason: 'not rolled back: the rules say on_failure: notify, so a person must act' };
}

/** Someone stopped automatic rollbacks, everywhere or for this service. */
export function isFrozen({ facts }: GuardInput): GuardHold | null {
  if (facts.freeze === null) return null;
  const { service, by, why } = facts.freeze;
  const where = service === null ? 'all services are' : `${service} is`;
  return { guard: 'frozen', reason: `not rolled back: ${where} frozen by ${by} (${why}); lift the freeze or roll back by hand` };
}

/** Without a hook nothing can be rolled back. */
export function hasNoHook({ plan }: GuardInput): GuardHold | null {
  return plan.hook === null ? { guard: 'no_hook', reason: 'not rolled back: the rules name no rollback hook; roll back by hand' } : null;
}

/** Without a known-good release there is nothing to return to. */
export function hasNoKnownGood({ facts }: GuardInput): GuardHold | null {
  if (facts.knownGood !== null) return null;
  return {
    guard: 'no_known_good',
    reason: 'not rolled back: no known-good release of this service and environment; fix forward, or roll back by hand and adopt what runs',
  };
}

/** The older release cannot run on what the newer one made of the database. */
export function isIrreversible({ facts: { irreversible, knownGood } }: GuardInput): GuardHold | null {
  if (irreversible === null) return null;
  const target = knownGood?.version ?? 'the last known-good release';
  return {
    guard: 'irreversible_migrations',
    reason: `not rolled back: the migrations of ${irreversible} cannot be undone, so ${target} may not run any more; fix forward, or ask for a rollback if you know that it does`,
  };
}

/** A rollback heals nothing that was broken before the deploy. */
export function wasUnhealthyBefore({ before }: GuardInput): GuardHold | null {
  if (before === null) return null;
  return {
    guard: 'unhealthy_before',
    reason: `not rolled back: it was so before this deploy already (${before}); look for another cause, or ask for a rollback`,
  };
}

/** Many services that break at once have a cause in common: a dependency, the network, or the monitoring. */
export function isSharedCause({ plan: { sharedCause }, facts: { others }, at }: GuardInput): GuardHold | null {
  if (sharedCause === null) return null;
  const lately = others.filter((other) => other.at > at - sharedCause.withinMs).map(({ service }) => service);
  if (lately.length < sharedCause.services) return null;
  const named = lately.length > 5 ? `${lately.slice(0, 5).join(', ')} and ${lately.length - 5} more` : lately.join(', ');
  return {
    guard: 'shared_cause',
    reason: `not rolled back: ${named} went bad within ${formatDuration(sharedCause.withinMs)} too, which points to a shared cause; look there first, or ask for a rollback`,
  };
}

/** A service that is rolled back again and again has a problem that rollbacks do not solve. */
export function isOverBudget({ plan: { budget }, facts: { rollbacks }, at }: GuardInput): GuardHold | null {
  const [newest] = rollbacks;
  if (newest !== undefined && at - newest < budget.cooldownMs) {
    const ago = formatDuration(Math.max(1000, Math.round((at - newest) / 1000) * 1000));
    const cooldown = formatDuration(budget.cooldownMs);
    return {
      guard: 'cooldown',
      reason: `not rolled back: the last rollback was ${ago} ago, and the cooldown is ${cooldown}; look, then ask for a rollback`,
    };
  }
  const spent = rollbacks.filter((ordered) => ordered > at - budget.withinMs).length;
  if (spent < budget.rollbacks) return null;
  const times = spent === 1 ? 'once' : `${spent} times`;
  return {
    guard: 'budget',
    reason: `not rolled back: rolled back ${times} within ${formatDuration(budget.withinMs)} already, and the budget is ${budget.rollbacks}; stop deploying and look, or ask for a rollback`,
  };
}

const guards: readonly Guard[] = [
  isRollbackDeploy,
  isObserveOnly,
  isFrozen,
  hasNoHook,
  hasNoKnownGood,
  isIrreversible,
  wasUnhealthyBefore,
  isSharedCause,
  isOverBudget,
];
/** A person who asks for a rollback overrides policy, not facts. Unlike a person, the judge only ever looks at the deploy that runs. */
const guardsOnRequest: readonly Guard[] = [isRollbackDeploy, isReplaced, hasNoHook, hasNoKnownGood];

const guardsForOlderTarget: readonly Guard[] = [isReplaced, ...guards];

export type GuardAnswer = { readonly kind: 'go' | 'ask'; readonly target: Target } | { readonly kind: 'hold'; readonly hold: GuardHold };

/** Asks every guard in order; the first that holds wins. `ask` means that a person must approve first. */
export function askGuards(input: GuardInput, isRequest: boolean): GuardAnswer {
  const answer = askAll(input, isRequest ? guardsOnRequest : guards);
  return isRequest && answer.kind === 'ask' ? { ...answer, kind: 'go' } : answer;
}

/**
 * Asks again for the known-good release before a target that is gone. Nobody asked for that one, so policy counts whoever asked for the first; and
 * what runs may be another release by now.
 */
export function askGuardsForOlderTarget(input: GuardInput): GuardAnswer {
  return askAll(input, guardsForOlderTarget);
}

function askAll(input: GuardInput, list: readonly Guard[]): GuardAnswer {
  for (const guard of list) {
    const hold = guard(input);
    if (hold !== null) return { kind: 'hold', hold };
  }
  const target = input.facts.knownGood;
  if (target === null) return { kind: 'hold', hold: { guard: 'no_known_good', reason: 'not rolled back: no known-good release' } };
  return { kind: input.plan.onFailure === 'approve' ? 'ask' : 'go', target };
}

/** How long an approval may be waited for, in words. */
export function approvalTimeoutReason(plan: Plan): string {
  return `nobody approved the rollback within ${formatDuration(plan.approvalMs)}`;
}
