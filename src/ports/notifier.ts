import type { StateName } from '../core/bake/bake.ts';
import type { Link, Release } from '../core/bake/deploy.ts';
import type { Topic } from '../core/bake/effect.ts';
import type { Json } from '../core/base/json.ts';
import type { NonEmpty } from '../core/base/non-empty.ts';
import type { Chart } from '../core/chart/chart.ts';
import type { Inbox } from './inbox.ts';

/** What a message says. `id` is the idempotency key: the same notice may be handed over more than once. */
export type Notice = {
  readonly id: string;
  readonly topic: Topic;
  readonly at: number;
  /**
   * It tells of many deploys at once: `title` and `reasons` say all, `service` and `environment` are words about all of them, `topic` is the worst one,
   * and `deployId` is no deploy's. Only notifiers that people read get one.
   */
  readonly isDigest: boolean;
  readonly deployId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly release: Release;
  readonly registeredAt: number;
  /** Who registered the deploy: a token's name. */
  readonly registeredBy: string;
  /** Where the bake stands when the notice is sent, which may be further than what it tells of. */
  readonly state: StateName;
  /** The version that is, was or would be put back. */
  readonly target: string | null;
  /** What each check last answered. */
  readonly checks: readonly NoticeCheck[];
  /** One line: what happened. */
  readonly title: string;
  /** What was measured against what, and why it was decided so. */
  readonly reasons: NonEmpty<string>;
  /** The page of the deploy, or `null` where the operator set no `public_url`. */
  readonly url: string | null;
  readonly links: readonly Link[];
};

/** A check's newest answer, in words. */
export type NoticeCheck = {
  readonly name: string;
  readonly critical: boolean;
  readonly outcome: 'pass' | 'fail' | 'inconclusive' | 'error' | 'not_asked';
  readonly reason: string;
};

/** One try to deliver a notice. */
export type Delivery = {
  /** What this notifier answered when it was last told about the same deploy; `null` at first. */
  readonly memory: Json;
  /** An earlier try at this very notice may have arrived: where the receiver can be asked, ask before telling it twice. */
  readonly isRepeat: boolean;
  /** The check that says most about the notice, to be drawn; `null` where there is nothing to see. Reading it takes a moment: only who shows it asks. */
  readonly chart: () => Promise<Chart | null>;
  readonly signal: AbortSignal;
};

/** Tells people or dashboards. */
export interface Notifier {
  /**
   * Delivers one notice, and answers what is to be remembered for the deploy's next one (an id to update, say); `null` where there is nothing.
   * Throws `EffectError`; nothing is sent when the signal has aborted before the start. No secret in any message.
   */
  notify(notice: Notice, delivery: Delivery): Promise<Json>;
  /** Where people answer; missing where its messages are read only. */
  readonly inbox?: Inbox | undefined;
}
