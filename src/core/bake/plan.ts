import type { OnFailure, UndecidedEnding } from '../rules/rule-set.ts';
import type { Traffic } from '../rules/stage.ts';

/** The settings of one bake, from the rules and the operator's policy, frozen at registration. Durations in milliseconds. */
export type Plan = {
  readonly stepMs: number;
  readonly warmupMs: number;
  /** From the first judged tick to the last. With stages: all stages and the warm-ups between them. */
  readonly forMs: number;
  readonly extendMs: number;
  readonly verifyMs: number;
  /** How long after its end a tick is measured. The slowest provider of the bake decides. */
  readonly settleMs: number;
  readonly onFailure: OnFailure;
  /** Missing: `hold`. */
  readonly whenUndecided?: UndecidedEnding | undefined;
  /** Set by the operator: judge and notify, but never act. */
  readonly observeOnly: boolean;
  /** The instance name of the rollback hook, or `null` if the rules name none. */
  readonly hook: string | null;
  /** How traffic is shifted, or `null` if it is not shifted. */
  readonly traffic: Traffic | null;
  /** The version that was known-good when this deploy was registered. The control is this version. */
  readonly knownGood: string | null;
  readonly approvalMs: number;
  /** The maximum duration of a deploy that was registered with `phase: started`. */
  readonly finishMs: number;
  /** The timeout of a rollback order: after it, the result is unknown and people are paged. */
  readonly rollbackMs: number;
  /** How long a provider may be unreachable before people are notified that the bake is blind. */
  readonly blindAfterMs: number;
  /** The maximum number of automatic rollbacks of the service within a time, and the pause between two of them. */
  readonly budget: { readonly rollbacks: number; readonly withinMs: number; readonly cooldownMs: number };
  /** Whether a rollback may use the known-good release before, if the newest one is no longer on the platform. */
  readonly nextKnownGood: boolean;
  /** How many other services must become unhealthy within a time to suggest a shared cause. `null`: not checked. */
  readonly sharedCause: { readonly services: number; readonly withinMs: number } | null;
};

/** The operator's policy, which the rules cannot loosen. Durations in milliseconds. */
export type OperatorPolicy = {
  readonly observeOnly: boolean;
  readonly approvalMs: number;
  readonly finishMs: number;
  readonly rollbackMs: number;
  readonly blindAfterMs: number;
  /** How often every rollback is rehearsed (`null`: only by hand), and where a drill may really roll back. */
  readonly drill: { readonly everyMs: number | null; readonly forRealIn: readonly string[] };
} & Pick<Plan, 'budget' | 'sharedCause' | 'nextKnownGood'>;
