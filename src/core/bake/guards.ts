import { formatDuration } from '../base/duration.ts';
import type { Bake } from './bake.ts';
import type { Target } from './deploy.ts';
import { type Facts, freezeEnd, isInForce } from './facts.ts';
import type { Plan } from './plan.ts';

/** The input of every guard. */
export type GuardInput = {
  readonly bake: Bake;
  readonly plan: Plan;
  readonly facts: Facts;
  /** The reasons of the failing checks for the time before the deploy, if every one of them failed then too. Otherwise `null`. */
  readonly before: string | null;
  readonly at: number;
};

/** A guard that stops a rollback. `reason` says why, and what a person should do next. */
export type GuardHold = { readonly guard: string; readonly reason: string };

type Guard = (input: GuardInput) => GuardHold | null;

/** Bakewatch never rolls back a rollback. */
export function isRollbackDeploy({ bake }: GuardInput): GuardHold | null {
  if (bake.cause !== 'rollback') return null;
  return { guard: 'rollback_deploy', reason: 'not rolled back: this deploy is itself a rollback; decide by hand which release must run' };
}

/** Only the running deploy can be rolled back: an order for an older deploy would remove a newer release without a cause. */
export function isReplaced({ facts }: GuardInput): GuardHold | null {
  if (facts.replacedBy === null) return null;
  const { deployId, version } = facts.replacedBy;
  return {
    guard: 'replaced',
    reason: `not rolled back: ${version} was deployed after it; request a rollback of that deploy (${deployId})`,
  };
}

/** The rules or the operator want notices only. */
export function isObserveOnly({ plan }: GuardInput): GuardHold | null {
  if (plan.observeOnly)
    return { guard: 'observe_only', reason: 'not rolled back: the server runs with observe_only, so a person must act' };
  if (plan.onFailure !== 'notify') return null;
  return { guard: 'observe_only', reason: 'not rolled back: the rules say on_failure: notify, so a person must act' };
}

/** Someone stopped automatic rollbacks, everywhere or for this service. */
export function isFrozen({ facts: { freeze }, at }: GuardInput): GuardHold | null {
  if (freeze === null || !isInForce(freeze, at)) return null;
  const { service, by, why } = freeze;
  const where = service === null ? 'all services are' : `${service} is`;
  return {
    guard: 'frozen',
    reason: `not rolled back: ${where} frozen by ${by}${freezeEnd(freeze)} (${why}); lift the freeze or roll back by hand`,
  };
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
    reason:
      'not rolled back: there is no known-good release of this service and environment; deploy a fix, or roll back by hand and adopt the running release',
  };
}

/** The older release may not work with the database as the newer one migrated it. */
export function isIrreversible({ facts: { irreversible, knownGood } }: GuardInput): GuardHold | null {
  if (irreversible === null) return null;
  const target = knownGood?.version ?? 'the last known-good release';
  return {
    guard: 'irreversible_migrations',
    reason: `not rolled back: the migrations of ${irreversible} cannot be undone, so ${target} may no longer work; deploy a fix, or request a rollback if you know that ${target} works`,
  };
}

/** A rollback cannot repair what was broken before the deploy. */
export function wasUnhealthyBefore({ before }: GuardInput): GuardHold | null {
  if (before === null) return null;
  return {
    guard: 'unhealthy_before',
    reason: `not rolled back: the service was already unhealthy before this deploy (${before}); look for another cause, or request a rollback`,
  };
}

/** Many services that become unhealthy at once have a shared cause: a dependency, the network, or the monitoring. */
export function isSharedCause({ plan: { sharedCause }, facts: { others }, at }: GuardInput): GuardHold | null {
  if (sharedCause === null) return null;
  const recent = others.filter((other) => other.at > at - sharedCause.withinMs).map(({ service }) => service);
  if (recent.length < sharedCause.services) return null;
  const names = recent.length > 5 ? `${recent.slice(0, 5).join(', ')} and ${recent.length - 5} more` : recent.join(', ');
  return {
    guard: 'shared_cause',
    reason: `not rolled back: ${names} also became unhealthy within ${formatDuration(sharedCause.withinMs)}, which suggests a shared cause; look for it first, or request a rollback`,
  };
}

/** Too many rollbacks: the service has a problem that rollbacks do not solve. */
export function isOverBudget({ plan: { budget }, facts: { rollbacks }, at }: GuardInput): GuardHold | null {
  const [newest] = rollbacks;
  if (newest !== undefined && at - newest < budget.cooldownMs) {
    const ago = formatDuration(Math.max(1000, Math.round((at - newest) / 1000) * 1000));
    const cooldown = formatDuration(budget.cooldownMs);
    return {
      guard: 'cooldown',
      reason: `not rolled back: the last rollback was ${ago} ago, and the cooldown is ${cooldown}; find the cause, then request a rollback`,
    };
  }
  const count = rollbacks.filter((ordered) => ordered > at - budget.withinMs).length;
  if (count < budget.rollbacks) return null;
  const happened = count === 1 ? 'there was already 1 rollback' : `there were already ${count} rollbacks`;
  return {
    guard: 'budget',
    reason: `not rolled back: ${happened} within ${formatDuration(budget.withinMs)}, and the maximum is ${budget.rollbacks}; stop deploying and find the cause, or request a rollback`,
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
/** A person who requests a rollback overrides the policy, but not the facts. `isReplaced` is needed only here: the judge never judges a replaced deploy. */
const guardsOnRequest: readonly Guard[] = [isRollbackDeploy, isReplaced, hasNoHook, hasNoKnownGood];

const guardsForOlderTarget: readonly Guard[] = [isReplaced, ...guards];

/** What the guards decide: roll back (`go`), ask a person for approval (`ask`), or do not roll back (`hold`). */
export type GuardAnswer = { readonly kind: 'go' | 'ask'; readonly target: Target } | { readonly kind: 'hold'; readonly hold: GuardHold };

/** Asks the guards in order. The first one that holds decides. `isRequest`: a person requested the rollback. */
export function askGuards(input: GuardInput, isRequest: boolean): GuardAnswer {
  const answer = askAll(input, isRequest ? guardsOnRequest : guards);
  return isRequest && answer.kind === 'ask' ? { ...answer, kind: 'go' } : answer;
}

/**
 * Asks the guards about the known-good release before a missing target. No person requested a rollback to that one, so the whole policy counts.
 * Another release may be running by now, so `isReplaced` counts as well.
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
  if (target === null) return { kind: 'hold', hold: { guard: 'no_known_good', reason: 'not rolled back: there is no known-good release' } };
  return { kind: input.plan.onFailure === 'approve' ? 'ask' : 'go', target };
}

/** The reason for a bake that waited too long for an approval. */
export function approvalTimeoutReason(plan: Plan): string {
  return `the rollback was not approved within ${formatDuration(plan.approvalMs)}`;
}
