import type { Bake, StateName } from '../core/bake/bake.ts';
import type { Deploy, Target } from '../core/bake/deploy.ts';
import type { Effect, QueuedEffect } from '../core/bake/effect.ts';
import type { Facts, Freeze } from '../core/bake/facts.ts';
import type { TimelineEntry } from '../core/bake/narrate.ts';
import type { Plan } from '../core/bake/plan.ts';
import type { Json } from '../core/judge/analyzer.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { DeliveryHistory, DeliveryRoute } from '../core/notify/route.ts';
import type { DeployOutcome } from '../core/report/dora.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Stretch } from '../core/series/ticks.ts';
import type { Place } from './hook.ts';

/** A deploy with its bake. `version` counts the bake's commits. */
export type DeployRecord = {
  readonly deploy: Deploy;
  readonly bake: Bake;
  readonly version: number;
  readonly ruleSet: RuleSet;
  readonly plan: Plan;
};

/** What a decision wants committed, all of it or nothing. */
export type Commit = {
  readonly next: Bake;
  readonly effects: readonly QueuedEffect[];
  readonly timeline: readonly TimelineEntry[];
  readonly measurements?: readonly Measurement[];
};
export type Decision = ({ readonly ok: true } & Commit) | { readonly ok: false; readonly refusal: string };

/** `facts` reads what the guards must know; with releases that are `passedOver`, the known-good one is the newest of the others. */
export type DecideUpdate = (
  record: DeployRecord,
  facts: (passedOver?: readonly Target[]) => Promise<Facts>,
) => Decision | Promise<Decision>;

/** `lost`: someone else moved the bake since `expectedVersion`; nothing was written. */
export type UpdateResult =
  | { readonly kind: 'committed'; readonly record: DeployRecord }
  | { readonly kind: 'refused'; readonly refusal: string }
  | { readonly kind: 'lost' }
  | { readonly kind: 'not_found' };

export type Registration = {
  readonly deploy: Deploy;
  /** (service, environment, version, build id), or the caller's `Idempotency-Key`: a retried call finds the same deploy. `null`: never the same. */
  readonly idempotencyKey: string | null;
  /** Hash of the request: the same key with another hash is a conflict. */
  readonly bodyHash: string;
  readonly ruleSet: RuleSet;
  readonly plan: Plan;
};

/** What a registration decides on, read under a lock of (service, environment), so that two registrations cannot cross. */
export type RegistrationContext = { readonly live: readonly DeployRecord[] };
export type RegistrationDecision =
  | { readonly ok: true; readonly first: Commit; readonly superseded: readonly { readonly id: string; readonly commit: Commit }[] }
  | { readonly ok: false; readonly refusal: string };
export type RegistrationResult =
  | { readonly kind: 'created' | 'existing'; readonly record: DeployRecord }
  | { readonly kind: 'refused'; readonly refusal: string }
  | { readonly kind: 'key_conflict'; readonly id: string };

export type DeployFilter = {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly state?: StateName | undefined;
  readonly limit: number;
  readonly before?: { readonly registeredAt: number; readonly id: string } | undefined;
};

/**
 * The past of one check, read once and frozen with the bake, and what each of its analyzers learned from it (`calibrateCheck`).
 * `stretch: null`: asked, and nothing was there.
 */
export type FrozenHistory = {
  readonly check: string;
  readonly stretch: Stretch | null;
  /** What the provider was asked, in full. */
  readonly source: string;
  readonly calibrations: readonly (Json | null)[];
};

/** One try at performing an order, recorded before the hook starts. `outcome: null`: started, and never heard of again. */
export type Attempt = {
  readonly orderId: string;
  /** The effect that gave the order: a person who asks again gives it again. */
  readonly effectId: string;
  readonly bakeId: string;
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string | null;
  readonly output: string;
};

/** A bake whose ticks were deleted, and how many measurements those were. */
export type PruneResult = { readonly bakeId: string; readonly measurements: number };

/** What was held back from a notifier until an instant. */
export type DigestKey = Omit<Extract<QueuedEffect, { kind: 'digest' }>, 'kind'>;

/** One notice to one notifier. */
export type DeliveryKey = { readonly bakeId: string; readonly notifier: string; readonly noticeId: string };

/** What a notice tells, without whom. */
export type NoticeEffect = Extract<Effect, { kind: 'notify' }>;

/** A notice that is about to be told. What the notifier was told of other deploys counts from `since`. */
export type BeginDelivery = DeliveryKey & { readonly notice: NoticeEffect; readonly at: number; readonly since: number };

/** What becomes of it. `isRepeat`: an earlier try is not known to have arrived. `memory`: what the notifier answered to the deploy's notice before. */
export type DeliveryStart =
  | { readonly kind: 'send'; readonly memory: Json; readonly isRepeat: boolean }
  | { readonly kind: 'arrived' }
  | Exclude<DeliveryRoute, { kind: 'send' }>;

/** A notice that was held back. */
export type HeldNotice = { readonly bakeId: string; readonly noticeId: string; readonly notice: NoticeEffect; readonly memory: Json };

export type ServiceSummary = {
  readonly service: string;
  readonly environment: string;
  readonly latest: DeployRecord;
  readonly knownGood: DeployRecord | null;
};

/**
 * Persists, claims, commits; no judgement, no clock. Times round-trip to the millisecond.
 * Every method throws `AppError('unavailable')` when the database cannot be reached.
 */
export interface Store {
  /** Inserts the deploy and its first bake and ends older bakes, in one transaction, or finds the deploy that an earlier call with the same key made. */
  register(registration: Registration, decide: (context: RegistrationContext) => RegistrationDecision): Promise<RegistrationResult>;
  find(id: string): Promise<DeployRecord | null>;
  list(filter: DeployFilter): Promise<readonly DeployRecord[]>;
  services(): Promise<readonly ServiceSummary[]>;
  /** The environments in which a service was ever deployed, in order. */
  environments(service: string): Promise<readonly string[]>;
  /** What became of a place's deploys since an instant, oldest first. */
  outcomes(place: Place, since: number): Promise<readonly DeployOutcome[]>;
  /** Known-good deploys of a place, newest first. */
  knownGood(place: Place, limit: number): Promise<readonly Target[]>;
  /**
   * Loads the bake under a row lock, lets `decide` choose, and commits. With `expectedVersion`, only if the bake has not moved since. The guards' facts
   * are read in the same transaction by those who ask for them.
   */
  update(id: string, expectedVersion: number | null, decide: DecideUpdate): Promise<UpdateResult>;
  /** Takes up to `limit` bakes that are due, each for one worker until `now + leaseMs`. A commit through `update` ends the lease. */
  claimDue(claim: {
    readonly now: number;
    readonly leaseMs: number;
    readonly limit: number;
    readonly worker: string;
  }): Promise<readonly DeployRecord[]>;
  /** Gives a claim back untouched, so that another worker (or the next start) takes it at once. */
  releaseClaims(worker: string): Promise<void>;
  /** When the next bake is due, or `null` where none is live. */
  nextDueAt(): Promise<number | null>;

  /** All measurements of a bake, oldest first. */
  measurements(bakeId: string): Promise<readonly Measurement[]>;
  /** The first stored history of a check wins. */
  saveHistory(bakeId: string, histories: readonly FrozenHistory[]): Promise<void>;
  histories(bakeId: string): Promise<readonly FrozenHistory[]>;
  /** The past that the place's newest deploy with this check and source had; `null` where there is none, or nothing was in it. */
  newestHistory(place: Place, check: string, source: string): Promise<Stretch | null>;
  timeline(bakeId: string): Promise<readonly TimelineEntry[]>;
  appendTimeline(bakeId: string, entry: TimelineEntry): Promise<void>;

  /** Records the start of an attempt, before the hook runs, and says which earlier attempts there were. */
  beginAttempt(attempt: {
    readonly orderId: string;
    readonly effectId: string;
    readonly bakeId: string;
    readonly at: number;
  }): Promise<{ readonly number: number; readonly earlier: readonly Attempt[] }>;
  /** Keeps what the hook printed so far; an attempt that has ended is left as it is. */
  saveAttemptOutput(attempt: { readonly orderId: string; readonly number: number; readonly output: string }): Promise<void>;
  endAttempt(attempt: {
    readonly orderId: string;
    readonly number: number;
    readonly at: number;
    readonly outcome: string;
    readonly output: string;
  }): Promise<void>;
  attempts(bakeId: string): Promise<readonly Attempt[]>;
  /**
   * Lets `choose` decide what becomes of a notice, one at a time for each notifier, and records it: that it is about to be sent, or that it is held back,
   * with a digest in the queue. A newer notice of a deploy takes the place of one that is held back. What was chosen once for a notice stays.
   */
  beginDelivery(delivery: BeginDelivery, choose: (told: DeliveryHistory) => DeliveryRoute): Promise<DeliveryStart>;
  /** Records that it arrived, and what is to be remembered for the next. */
  endDelivery(key: DeliveryKey, memory: Json): Promise<void>;
  /** Records that a person wants to hear no more of the deploy from this notifier. */
  mute(where: { readonly bakeId: string; readonly notifier: string }): Promise<void>;
  /** Records that a button was pressed; `false` where this very press was recorded before. */
  press(key: string, at: number): Promise<boolean>;
  /** What is held back until the digest, the same at every try but for what was told since. `isRepeat`: an earlier try may have arrived. */
  beginDigest(digest: DigestKey): Promise<{ readonly held: readonly HeldNotice[]; readonly isRepeat: boolean }>;
  /** Records that the digest arrived, with what is to be remembered of the deploy where it was only one; or (`dropped`) that it never will. */
  endDigest(digest: DigestKey, result: { readonly memory?: Json } | 'dropped'): Promise<void>;
  /** Keeps what the platform said was running while this deploy was known good. */
  saveFingerprint(deployId: string, fingerprint: string): Promise<void>;

  /**
   * Deletes the ticks and histories of one bake, the one that ended first of those that ended before `endedBefore`. The deploy, its end, its
   * timeline, its attempts and the last answer of each check in words stay. `null`: there is none, or another replica is at it.
   */
  prune(request: { readonly endedBefore: number; readonly at: number }): Promise<PruneResult | null>;
  /** When ticks of this bake were deleted, or `null`. */
  prunedAt(bakeId: string): Promise<number | null>;

  freezes(): Promise<readonly Freeze[]>;
  setFreeze(freeze: Freeze): Promise<void>;
  /** `true` where there was one to lift. */
  liftFreeze(service: string | null): Promise<boolean>;
  /** Live bakes by state, for the metrics. */
  countByState(): Promise<ReadonlyMap<StateName, number>>;
  /** Proves that the database answers. */
  ping(): Promise<void>;
}

/** What the dispatcher says of an effect it was handed: performed, or to be tried again after its backoff. */
export type EffectHandler = (effect: QueuedEffect, signal: AbortSignal) => Promise<void>;

/**
 * Effects committed but not yet performed. Filled by `Store.register` and `Store.update` in the same transaction as the state that caused them.
 * A handler that throws is called again later, with growing pauses, until the queue gives up; then `gaveUp` is called.
 */
export interface EffectQueue {
  start(handlers: { readonly perform: EffectHandler; readonly gaveUp: (effect: QueuedEffect) => Promise<void> }): Promise<void>;
  /** Waits for handlers under way (up to `timeoutMs`), then lets go of the rest for another process to take. */
  stop(timeoutMs: number): Promise<void>;
  /** Age of the oldest effect not yet performed, milliseconds; 0 where there is none. */
  oldestAgeMs(now: number): Promise<number>;
}
