import { formatDuration } from '../base/duration.ts';
import { targetName } from './deploy.ts';
import {
  type GuardHold,
  type GuardInput,
  hasNoHook,
  hasNoKnownGood,
  isFrozen,
  isIrreversible,
  isObserveOnly,
  isOverBudget,
  isReplaced,
  isRollbackDeploy,
  isSharedCause,
} from './guards.ts';

/**
 * What one guard says of a rollback now. `clear`: nothing speaks against it. `warns`: it would hold Bakewatch, and a person may decide otherwise. `holds`: it
 * holds a person as well.
 */
export type GuardLine = { readonly guard: string; readonly kind: 'clear' | 'warns' | 'holds'; readonly says: string };

type GuardSource = {
  readonly ask: (input: GuardInput) => GuardHold | null;
  readonly clear: (input: GuardInput) => string;
  readonly name: string;
  /** It is about facts, so it holds a person too. */
  readonly isFact: boolean;
};

const sources: readonly GuardSource[] = [
  { name: 'frozen', ask: isFrozen, isFact: false, clear: () => 'nothing is frozen' },
  {
    name: 'observe_only',
    ask: isObserveOnly,
    isFact: false,
    clear: ({ plan }) => (plan.onFailure === 'approve' ? 'the rules ask a person' : 'the rules allow a rollback'),
  },
  { name: 'irreversible_migrations', ask: isIrreversible, isFact: false, clear: ({ facts }) => `no migration since ${goodName(facts)}` },
  { name: 'shared_cause', ask: isSharedCause, isFact: false, clear: ({ facts: { others } }) => othersText(others.length) },
  { name: 'budget', ask: isOverBudget, isFact: false, clear: budgetText },
  { name: 'rollback_deploy', ask: isRollbackDeploy, isFact: true, clear: () => 'this deploy is not a rollback itself' },
  { name: 'replaced', ask: isReplaced, isFact: true, clear: () => 'no newer deploy has replaced it' },
  { name: 'no_hook', ask: hasNoHook, isFact: true, clear: ({ plan }) => `the hook ${plan.hook} can roll back` },
  { name: 'no_known_good', ask: hasNoKnownGood, isFact: true, clear: ({ facts }) => `the known-good release is ${goodName(facts)}` },
];

/** What each guard says of a rollback that a person requests, those that speak against it first. Whether it was unhealthy before is judged by passes only. */
export function reportGuards(input: GuardInput): readonly GuardLine[] {
  const lines = sources.map(({ name, ask, clear, isFact }): GuardLine => {
    const hold = ask(input);
    if (hold === null) return { guard: name, kind: 'clear', says: clear(input) };
    return { guard: hold.guard, kind: isFact ? 'holds' : 'warns', says: hold.reason.replace(/^not rolled back: /, '') };
  });
  const rank = { holds: 0, warns: 1, clear: 2 } as const;
  return lines.toSorted((a, b) => rank[a.kind] - rank[b.kind]);
}

function goodName({ knownGood }: GuardInput['facts']): string {
  return knownGood === null ? 'the last known-good release' : targetName(knownGood);
}

function othersText(count: number): string {
  return count === 0
    ? 'no other service turned bad'
    : `${count} other ${count === 1 ? 'service' : 'services'} turned bad: too few to suggest a shared cause`;
}

function budgetText({ plan: { budget }, facts: { rollbacks }, at }: GuardInput): string {
  const used = rollbacks.filter((ordered) => ordered > at - budget.withinMs).length;
  return `${used} of ${budget.rollbacks} rollbacks used in ${formatDuration(budget.withinMs)}`;
}
