import type { Bake } from './bake.ts';
import type { Target } from './deploy.ts';
import { formatDuration } from './duration.ts';
import type { Facts } from './facts.ts';
import type { Plan } from './plan.ts';

/** What every guard may look at. */
export type GuardInput = { readonly bake: Bake; readonly plan: Plan; readonly facts: Facts };

/** Why a rollback is held, in words, and what a person should do next. */
export type Hold = { readonly guard: string; readonly reason: string };

type Guard = (input: GuardInput) => Hold | null;

/** A rollback, whoever performed it, is never rolled back by us. */
export function isRollbackDeploy({ bake }: GuardInput): Hold | null {
  if (bake.cause !== 'rollback') return null;
  return { guard: 'rollback_deploy', reason: 'not rolled back: this deploy is itself a rollback; decide by hand which release should run' };
}

/** What runs is what is rolled back: an order for an older deploy would take down a release that nobody complained about. */
export function isReplaced({ facts }: GuardInput): Hold | null {
  if (facts.replacedBy === null) return null;
  const { deployId, version } = facts.replacedBy;
  return { guard: 'replaced', reason: `not rolled back: ${version} took its place; ask for a rollback of that deploy (${deployId})` };
}

/** The rules or the operator asked to be told only. */
export function isObserveOnly({ plan }: GuardInput): Hold | null {
  if (plan.observeOnly)
    return { guard: 'observe_only', reason: 'not rolled back: the server runs with observe_only, so a person must act' };
  if (plan.onFailure !== 'notify') return null;
  return { guard: 'observe_only', reason: 'not rolled back: the rules say on_failure: notify, so a person must act' };
}

/** Someone stopped automatic rollbacks, everywhere or for this service. */
export function isFrozen({ facts }: GuardInput): Hold | null {
  if (facts.freeze === null) return null;
  const { service, by, why } = facts.freeze;
  const where = service === null ? 'all services are' : `${service} is`;
  return { guard: 'frozen', reason: `not rolled back: ${where} frozen by ${by} (${why}); lift the freeze or roll back by hand` };
}

/** Without a hook nothing can be rolled back. */
export function hasNoHook({ plan }: GuardInput): Hold | null {
  return plan.hook === null ? { guard: 'no_hook', reason: 'not rolled back: the rules name no rollback hook; roll back by hand' } : null;
}

/** Without a known-good release there is nothing to return to. */
export function hasNoKnownGood({ facts }: GuardInput): Hold | null {
  if (facts.knownGood !== null) return null;
  return {
    guard: 'no_known_good',
    reason: 'not rolled back: no known-good release of this service and environment; fix forward, or roll back by hand and adopt what runs',
  };
}

const guards: readonly Guard[] = [isRollbackDeploy, isObserveOnly, isFrozen, hasNoHook, hasNoKnownGood];
/** A person who asks for a rollback overrides policy, not facts. Unlike a person, the judge only ever looks at the deploy that runs. */
const guardsOnRequest: readonly Guard[] = [isRollbackDeploy, isReplaced, hasNoHook, hasNoKnownGood];

export type GuardAnswer = { readonly kind: 'go' | 'ask'; readonly target: Target } | { readonly kind: 'hold'; readonly hold: Hold };

/** Asks every guard in order; the first that holds wins. `ask` means that a person must approve first. */
export function askGuards(input: GuardInput, isRequest: boolean): GuardAnswer {
  for (const guard of isRequest ? guardsOnRequest : guards) {
    const hold = guard(input);
    if (hold !== null) return { kind: 'hold', hold };
  }
  const target = input.facts.knownGood;
  if (target === null) return { kind: 'hold', hold: { guard: 'no_known_good', reason: 'not rolled back: no known-good release' } };
  return { kind: !isRequest && input.plan.onFailure === 'approve' ? 'ask' : 'go', target };
}

/** How long an approval may be waited for, in words. */
export function approvalReason(plan: Plan): string {
  return `nobody approved the rollback within ${formatDuration(plan.approvalMs)}`;
}
