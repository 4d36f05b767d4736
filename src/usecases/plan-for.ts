import type { Plan } from '../core/bake/plan.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Providers } from '../ports/providers.ts';

/** The operator's policies, which rules cannot loosen. Durations in milliseconds. */
export type Policy = {
  readonly observeOnly: boolean;
  readonly approvalMs: number;
  readonly finishMs: number;
  readonly rollbackMs: number;
  readonly blindAfterMs: number;
} & Pick<Plan, 'budget' | 'sharedCause' | 'nextKnownGood'>;

export type PlanContext = { readonly policy: Policy; readonly providers: Providers };

/** What a plan depends on at the moment of registration. */
export type PlanFacts = { readonly knownGood: string | null };

/** Builds the plan of one bake from the rules and the policy. */
export function planFor(ruleSet: RuleSet, now: PlanFacts, { policy, providers }: PlanContext): Plan {
  const settle = ruleSet.checks.map((check) => providers.get(check.provider)?.settleMs ?? 0);
  return {
    stepMs: ruleSet.bake.everyMs,
    warmupMs: ruleSet.bake.warmupMs,
    forMs: ruleSet.bake.forMs,
    extendMs: ruleSet.bake.extendMs,
    verifyMs: ruleSet.rollback?.verifyMs ?? ruleSet.bake.everyMs,
    settleMs: Math.max(0, ...settle),
    onFailure: ruleSet.onFailure,
    whenUndecided: ruleSet.whenUndecided,
    observeOnly: policy.observeOnly,
    knownGood: now.knownGood,
    hook: ruleSet.rollback?.hook ?? null,
    traffic: ruleSet.traffic,
    approvalMs: policy.approvalMs,
    finishMs: policy.finishMs,
    rollbackMs: policy.rollbackMs,
    blindAfterMs: policy.blindAfterMs,
    budget: policy.budget,
    sharedCause: policy.sharedCause,
    nextKnownGood: policy.nextKnownGood,
  };
}
