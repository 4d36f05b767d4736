import type { OnFailure } from '../rules/rule-set.ts';
import type { Traffic } from '../rules/stage.ts';

/** The numbers and choices one bake runs by: rules and operator's policy, frozen at registration. Durations in milliseconds. */
export type Plan = {
  readonly stepMs: number;
  readonly warmupMs: number;
  /** From the first judged tick to the last; with stages, all of them and the warm-ups between them. */
  readonly forMs: number;
  readonly extendMs: number;
  readonly verifyMs: number;
  /** How long after its end a tick is asked about: the slowest of the bake's providers decides, and very many bakes are spread (`spreadOf`). */
  readonly settleMs: number;
  readonly onFailure: OnFailure;
  /** The operator's: judge and tell, but never act. */
  readonly observeOnly: boolean;
  /** The rollback hook's instance name, or `null` where the rules name none. */
  readonly hook: string | null;
  /** How traffic is shifted, or `null` where it is not. */
  readonly traffic: Traffic | null;
  /** The version that was known good when this deploy was registered: what a control compares with. */
  readonly knownGood: string | null;
  readonly approvalMs: number;
  /** How long a deploy registered with `phase: started` may take to finish. */
  readonly finishMs: number;
  /** After this long without a receipt a rollback's outcome is unknown and people are paged. */
  readonly rollbackMs: number;
  /** How long a provider may be unreachable before people are told that the bake is blind. */
  readonly blindAfterMs: number;
  /** No more automatic rollbacks of the service than this. */
  readonly budget: { readonly rollbacks: number; readonly withinMs: number; readonly cooldownMs: number };
  /** Where the known-good release is gone from the platform, the one before it may be put back. */
  readonly nextKnownGood: boolean;
  /** So many other services that were found bad at about the same time point to a shared cause; `null`: never looked at. */
  readonly sharedCause: { readonly services: number; readonly withinMs: number } | null;
};
