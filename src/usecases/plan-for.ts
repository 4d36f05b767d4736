import type { Plan } from '../core/plan.ts';
import type { RuleSet } from '../core/rule-set.ts';
import type { Providers } from '../ports/providers.ts';

/** The operator's policies, which rules cannot loosen. Durations in milliseconds. */
export type Policy = {
  readonly observeOnly: boolean;
  readonly approvalMs: number;
  readonly finishMs: number;
  readonly rollbackMs: number;
  readonly blindAfterMs: number;
};

/** Rules and policy become the numbers that one bake runs by. */
export function planFor(
  ruleSet: RuleSet,
  knownGood: string | null,
  { policy, providers }: { readonly policy: Policy; readonly providers: Providers },
): Plan {
  const settle = ruleSet.checks.map((check) => providers.get(check.provider)?.settleMs ?? 0);
  return {
    stepMs: ruleSet.bake.everyMs,
    warmupMs: ruleSet.bake.warmupMs,
    forMs: ruleSet.bake.forMs,
    extendMs: ruleSet.bake.extendMs,
    verifyMs: ruleSet.rollback?.verifyMs ?? ruleSet.bake.everyMs,
    settleMs: Math.max(0, ...settle),
    onFailure: ruleSet.onFailure,
    observeOnly: policy.observeOnly,
    knownGood,
    hook: ruleSet.rollback?.hook ?? null,
    approvalMs: policy.approvalMs,
    finishMs: policy.finishMs,
    rollbackMs: policy.rollbackMs,
    blindAfterMs: policy.blindAfterMs,
  };
}
