import type { StateName } from '../core/bake/bake.ts';
import type { Link, Release } from '../core/bake/deploy.ts';
import type { Topic } from '../core/bake/effect.ts';
import type { Json } from '../core/base/json.ts';
import type { NonEmpty } from '../core/base/non-empty.ts';
import type { Chart } from '../core/chart/chart.ts';
import type { CheckOutcome } from '../core/judge/check-answer.ts';
import type { Inbox } from './inbox.ts';

/** The content of a message. `id` is the idempotency key: a notifier can get the same notice more than once. */
export type Notice = {
  readonly id: string;
  readonly topic: Topic;
  readonly at: number;
  /**
   * A message about many deploys, or about a freeze: `title` and `reasons` cover all of them, `service` and `environment` describe all of them in words, `topic` is the worst
   * one, and `deployId` is not the id of a deploy. Only notifiers that people read get digests, and only
   * those that announce get notices about freezes.
   */
  readonly isDigest: boolean;
  readonly deployId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly release: Release;
  readonly registeredAt: number;
  /** The name of the token that registered the deploy. */
  readonly registeredBy: string;
  /** The state of the bake when the notice is sent. It can be later than the state that the notice is about. */
  readonly state: StateName;
  /** The version that is being, was or would be put back. */
  readonly target: string | null;
  /** The newest answer of each check. */
  readonly checks: readonly NoticeCheck[];
  /** One line: what happened. */
  readonly title: string;
  /** The line with which a pager calls: which deploy, and the headline. */
  readonly summary: string;
  /** The headlines of the checks that decided, and what else decided. */
  readonly reasons: NonEmpty<string>;
  /** Small print: compared with what and how sure, advisory failures, checks that prove nothing yet or could never be asked. One sentence each. */
  readonly details: readonly string[];
  /** The page of the deploy, or `null` where the operator set no `public_url`. */
  readonly url: string | null;
  readonly links: readonly Link[];
};

/** The newest answer of a check, in words. */
export type NoticeCheck = {
  readonly name: string;
  readonly critical: boolean;
  readonly outcome: CheckOutcome;
  readonly headline: string;
  /** All layers in one text. */
  readonly reason: string;
};

/** One attempt to deliver a notice. */
export type Delivery = {
  /** What this notifier returned for the previous notice about the same deploy; `null` for the first one. */
  readonly memory: Json;
  /** An earlier attempt to deliver this notice may have arrived. Where the receiver can be asked, ask first, so that the notice is not shown twice. */
  readonly isRepeat: boolean;
  /** Reads the most important chart for the notice; `null` where there is no data. Reading is slow: call it only to show the chart. */
  readonly chart: () => Promise<Chart | null>;
  readonly signal: AbortSignal;
};

/** Notifies people or dashboards. */
export interface Notifier {
  /**
   * Delivers one notice. Returns what to remember for the next notice about the deploy (for example the id of a message to update), or `null`.
   * Throws `EffectError`. Sends nothing when the signal has aborted before the start. No secret in any message.
   */
  notify(notice: Notice, delivery: Delivery): Promise<Json>;
  /** It takes notices that are about no deploy. Missing: those are not sent to it. */
  readonly announces?: true | undefined;
  /** Receives what people ask for in its messages; missing where people cannot act in them. */
  readonly inbox?: Inbox | undefined;
}
