import type { Topic } from '../bake/effect.ts';
import { formatDuration } from '../base/duration.ts';
import { type QuietTime, quietUntil } from './quiet-time.ts';
import { isAlarm, isAtLeast, isLasting, type Severity, severityOf } from './severity.ts';
import type { Template } from './template.ts';

/** What one notifier is told, and when: the same for every kind of notifier. */
export type DeliveryRules = {
  readonly when: {
    /** Nothing below it, but for how it ended. */
    readonly severity: Severity;
    /** Only these; an empty list is no limit. */
    readonly topics: readonly Topic[];
    readonly services: readonly string[];
    readonly environments: readonly string[];
  };
  readonly quiet: readonly QuietTime[];
  /** Beyond `above` deploys told in `withinMs` the others are told in one message; `null`: each by itself. */
  readonly digest: { readonly above: number; readonly withinMs: number } | null;
  readonly template: Template;
};

/** Tells everything at once. */
export const sendEverything: DeliveryRules = {
  when: { severity: 'info', topics: [], services: [], environments: [] },
  quiet: [],
  digest: null,
  template: {},
};

/** A notice that is about to be told. */
export type PendingNotice = { readonly topic: Topic; readonly service: string; readonly environment: string; readonly at: number };

/** What the notifier was told so far. */
export type DeliveryHistory = {
  /** Of the same deploy, last: what is held back for it counts. */
  readonly last: Topic | null;
  /** That is held back, and was not told yet. */
  readonly isHeld: boolean;
  /** Of other deploys, one by one, since the digest's window began: the newest of each. */
  readonly others: readonly Topic[];
  /** A person wants to hear no more of this deploy there. */
  readonly isMuted: boolean;
};

/**
 * What becomes of a notice. `unwanted`: it is not for this notifier. `outdated`: it is of no use when quiet time ends, and neither is what was held back
 * of its deploy.
 */
export type DeliveryRoute =
  | { readonly kind: 'send' }
  | { readonly kind: 'hold'; readonly until: number; readonly why: string }
  | { readonly kind: 'unwanted' | 'outdated'; readonly why: string };

/** Decides what becomes of a notice. */
export function route(
  { when, quiet, digest }: DeliveryRules,
  news: PendingNotice,
  { last, isHeld, others, isMuted }: DeliveryHistory,
): DeliveryRoute {
  const unwanted = whyUnwanted(when, news, last);
  if (unwanted !== null) return { kind: 'unwanted', why: unwanted };
  const severity = severityOf[news.topic];
  if (isMuted && severity !== 'bad') return { kind: 'unwanted', why: 'a person muted it' };
  // Who was woken by an alarm wants to know at once that it is over.
  const endsAlarm = last !== null && !isHeld && isAlarm(last) && isFollowUp(news.topic, last);
  const quietEnd = quietUntil(quiet, endsAlarm ? 'bad' : severity, news.at);
  if (quietEnd !== null) {
    const why = `quiet time until ${new Date(quietEnd).toISOString()}`;
    return isLasting(news.topic) ? { kind: 'hold', until: quietEnd, why } : { kind: 'outdated', why };
  }
  if (digest === null) return { kind: 'send' };
  // Bad news waits behind bad news only.
  const before = others.filter((topic) => isAtLeast(severityOf[topic], severity)).length;
  if (before < digest.above) return { kind: 'send' };
  const until = digestWindowStart(digest, news.at) + digest.withinMs;
  return { kind: 'hold', until, why: `${before} deploys were told of within ${formatDuration(digest.withinMs)}` };
}

/** When the digest's window that holds an instant began: windows lie on multiples of their length since the epoch. */
export function digestWindowStart(digest: DeliveryRules['digest'], at: number): number {
  return digest === null ? at : Math.floor(at / digest.withinMs) * digest.withinMs;
}

function whyUnwanted(
  { severity, topics, services, environments }: DeliveryRules['when'],
  news: PendingNotice,
  last: Topic | null,
): string | null {
  const { topic, service, environment } = news;
  if (services.length > 0 && !services.includes(service)) return `it is not told of ${service}`;
  if (environments.length > 0 && !environments.includes(environment)) return `it is not told of ${environment}`;
  if (topics.length > 0 && !topics.includes(topic)) return `it is not told of ${topic}`;
  if (isAtLeast(severityOf[topic], severity) || isFollowUp(topic, last)) return null;
  return `${topic} is ${severityOf[topic]}, and it is told from ${severity}`;
}

/** Who heard that something is wrong hears how it went on, or an alarm would never be over. */
function isFollowUp(topic: Topic, last: Topic | null): boolean {
  return last !== null && !isAtLeast(severityOf[topic], severityOf[last]);
}
