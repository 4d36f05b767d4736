import type { Link } from '../core/deploy.ts';
import type { Topic } from '../core/effect.ts';
import type { NonEmpty } from '../core/non-empty.ts';

/** What a message says. `id` is the idempotency key: the same notice may be handed over more than once. */
export type Notice = {
  readonly id: string;
  readonly topic: Topic;
  readonly at: number;
  readonly deployId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** One line: what happened. */
  readonly title: string;
  /** What was measured against what, and why it was decided so. */
  readonly reasons: NonEmpty<string>;
  /** The page of the deploy, or `null` where the operator set no `public_url`. */
  readonly url: string | null;
  readonly links: readonly Link[];
};

/** Tells people or dashboards. */
export interface Notifier {
  /** Delivers one notice. Throws `EffectError`; nothing is sent when the signal has aborted before the start. No secret in any message. */
  notify(notice: Notice, signal: AbortSignal): Promise<void>;
}
