import type { Bake } from '../core/bake/bake.ts';
import type { Deploy, Target } from '../core/bake/deploy.ts';
import type { QueuedEffect } from '../core/bake/effect.ts';
import type { Facts } from '../core/bake/facts.ts';
import type { TimelineEntry } from '../core/bake/narrate.ts';
import type { Plan } from '../core/bake/plan.ts';
import type { VerdictMark, VerdictMarkChange } from '../core/bake/verdict-mark.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { AttemptRef } from './audit-log.ts';
import type { AuditEntry } from './audit-trail.ts';

/** A deploy with its bake. `version` counts the commits of the bake. */
export type DeployRecord = {
  readonly deploy: Deploy;
  readonly bake: Bake;
  readonly version: number;
  readonly ruleSet: RuleSet;
  readonly plan: Plan;
  /** What was found about the verdict afterwards. Missing: nothing. */
  readonly marks?: readonly VerdictMark[] | undefined;
};

/** A deploy with its bake, without the rules and the plan: these are large, and lists do not show them. */
export type DeploySummary = Omit<DeployRecord, 'ruleSet' | 'plan'>;

/** What a decision writes: all of it in one transaction, or nothing. */
export type Commit = {
  readonly next: Bake;
  readonly effects: readonly QueuedEffect[];
  readonly timeline: readonly TimelineEntry[];
  readonly measurements?: readonly Measurement[];
  readonly marks?: readonly VerdictMarkChange[];
  /** The row of the audit trail, where a person or a pipeline asked for the decision. */
  readonly audit?: AuditEntry | undefined;
};

/** The commit of a pass that moves nothing: its bake keeps its state, and nothing is queued. `version`: the one that it was decided on. */
export type QuietCommit = {
  readonly version: number;
  readonly next: Bake;
  readonly ruleSet: RuleSet;
  readonly timeline: readonly TimelineEntry[];
  readonly measurements: readonly Measurement[];
};

/** A commit, or the reason why nothing is written. */
export type Decision = ({ readonly ok: true } & Commit) | { readonly ok: false; readonly refusal: string };

/**
 * Decides what to do with a bake. `facts` reads, in the same transaction, what the guards must know. The known-good release in these facts is the
 * newest one whose version is not among the versions of `passedOver`.
 */
export type DecideUpdate = (
  record: DeployRecord,
  facts: (passedOver?: readonly Target[]) => Promise<Facts>,
) => Decision | Promise<Decision>;

/** What must still be true when a decision is committed: the version of the bake, or that an attempt is the newest one at its order. `null`: nothing. */
export type ExpectedState = number | AttemptRef | null;

/** `lost`: another process changed the bake, or began a newer attempt at the order, so `expected` is no longer true; nothing was written. */
export type UpdateResult =
  | { readonly kind: 'committed'; readonly record: DeployRecord }
  | { readonly kind: 'refused'; readonly refusal: string }
  | { readonly kind: 'lost' }
  | { readonly kind: 'not_found' };

/** A deploy to register. */
export type Registration = {
  readonly deploy: Deploy;
  /** (service, environment, version, build id), or the caller's `Idempotency-Key`: a retried call finds the same deploy. `null`: every call is new. */
  readonly idempotencyKey: string | null;
  /** The same key in the form of older versions. It counts only for a deploy that the same caller registered, because two callers may have made the same one. */
  readonly olderKey?: string | undefined;
  /** Hash of the request: the same key with another hash is a conflict. */
  readonly bodyHash: string;
  readonly ruleSet: RuleSet;
  readonly plan: Plan;
};

/** The live bakes of the same service and environment. They are read under a lock of this place, so two registrations run one after the other. */
export type RegistrationContext = { readonly live: readonly DeployRecord[] };

/** The first commit of the new bake and the last commits of the bakes that it supersedes; or the reason why nothing is registered. */
export type RegistrationDecision =
  | { readonly ok: true; readonly first: Commit; readonly superseded: readonly { readonly id: string; readonly commit: Commit }[] }
  | { readonly ok: false; readonly refusal: string };

/** `key_conflict`: the idempotency key belongs to the deploy `id`, which was registered with another body. */
export type RegistrationResult =
  | { readonly kind: 'created' | 'existing'; readonly record: DeployRecord }
  | { readonly kind: 'refused'; readonly refusal: string }
  | { readonly kind: 'key_conflict'; readonly id: string; readonly registeredBy: string };

/** Registers deploys and changes their bakes, one transaction each. */
export interface BakeStore {
  /** Inserts the deploy and its first bake and ends older bakes, in one transaction. Finds the deploy of an earlier call with the same key instead. */
  register(registration: Registration, decide: (context: RegistrationContext) => RegistrationDecision): Promise<RegistrationResult>;
  find(id: string): Promise<DeployRecord | null>;
  /**
   * Loads the bake under a row lock, calls `decide`, and commits its decision, if what the caller expects is still true.
   */
  update(id: string, expected: ExpectedState, decide: DecideUpdate): Promise<UpdateResult>;
  /**
   * Commits many passes that move nothing, in one transaction. Returns the ids of the bakes that were written. Left out are bakes with another version by
   * now, and those that another transaction works on at this moment.
   */
  updateQuietly(commits: readonly QuietCommit[]): Promise<ReadonlySet<string>>;
}
