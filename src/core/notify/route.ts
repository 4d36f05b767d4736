import type { AnnouncedTopic, Topic } from '../bake/effect.ts';
import { formatDuration } from '../base/duration.ts';
import { type QuietTime, quietUntil } from './quiet-time.ts';
import { isAlarm, isAtLeast, isLasting, type Severity, severityOf } from './severity.ts';
import type { Template } from './template.ts';

/** Which notices one notifier gets, and when. The same for every kind of notifier. */
export type DeliveryRules = {
  readonly when: {
    /** The minimum severity. Follow-ups of a sent notice are sent too. */
    readonly severity: Severity;
    /** Only these. An empty list means all. */
    readonly topics: readonly Topic[];
    readonly services: readonly string[];
    readonly environments: readonly string[];
  };
  readonly quiet: readonly QuietTime[];
  /** After notices about `above` deploys in `withinMs`, further deploys share one message. `null`: each deploy has its own message. */
  readonly digest: { readonly above: number; readonly withinMs: number } | null;
  readonly template: Template;
  /** Its messages have links with which everyone who reads them acts. */
  readonly actLinks?: true | undefined;
};

/** The default: sends every notice at once. */
export const sendEverything: DeliveryRules = {
  when: { severity: 'info', topics: [], services: [], environments: [] },
  quiet: [],
  digest: null,
  template: {},
};

/** A notice that is about to be sent. */
export type PendingNotice = { readonly topic: Topic; readonly service: string; readonly environment: string; readonly at: number };

/** What the notifier got so far. */
export type DeliveryHistory = {
  /** The topic of the last notice about the same deploy. A held notice counts. */
  readonly last: Topic | null;
  /** Whether that last notice is still held back. */
  readonly isHeld: boolean;
  /** The newest topic of each other deploy with a notice of its own since the digest window began. */
  readonly others: readonly Topic[];
  /** A person muted this deploy for this notifier. */
  readonly isMuted: boolean;
};

/**
 * What happens to a notice. `unwanted`: this notifier does not want it. `outdated`: it is of no use after the quiet time, and neither are the notices
 * that are held back for its deploy.
 */
export type DeliveryRoute =
  | { readonly kind: 'send' }
  | { readonly kind: 'hold'; readonly until: number; readonly why: string }
  | { readonly kind: 'unwanted' | 'outdated'; readonly why: string };

/** Decides whether a notice is sent now, held back or dropped. */
export function route(
  { when, quiet, digest }: DeliveryRules,
  notice: PendingNotice,
  { last, isHeld, others, isMuted }: DeliveryHistory,
): DeliveryRoute {
  const unwanted = whyUnwanted(when, notice, last);
  if (unwanted !== null) return { kind: 'unwanted', why: unwanted };
  const severity = severityOf[notice.topic];
  if (isMuted && severity !== 'bad') return { kind: 'unwanted', why: 'a person muted it' };
  // A person who was woken by an alarm wants to know at once that it is over.
  const endsAlarm = last !== null && !isHeld && isAlarm(last) && isFollowUp(notice.topic, last);
  const quietEnd = quietUntil(quiet, endsAlarm ? 'bad' : severity, notice.at);
  if (quietEnd !== null) {
    const why = `quiet time until ${new Date(quietEnd).toISOString()}`;
    return isLasting(notice.topic) ? { kind: 'hold', until: quietEnd, why } : { kind: 'outdated', why };
  }
  if (digest === null) return { kind: 'send' };
  // Only notices of the same or a higher severity count.
  const before = others.filter((topic) => isAtLeast(severityOf[topic], severity)).length;
  if (before < digest.above) return { kind: 'send' };
  const until = digestWindowStart(digest, notice.at) + digest.withinMs;
  return { kind: 'hold', until, why: `${before} deploys already had notices within ${formatDuration(digest.withinMs)}` };
}

/**
 * Decides about a notice that is about no deploy. A freeze holds in every environment, so `when.environments` keeps none away; one of all services
 * concerns every notifier.
 */
export function routeAnnouncement(
  rules: DeliveryRules,
  { topic, service, at }: { readonly topic: AnnouncedTopic; readonly service: string | null; readonly at: number },
): DeliveryRoute {
  const when = { ...rules.when, environments: [], services: service === null ? [] : rules.when.services };
  const notice = { topic, service: service ?? '', environment: '', at };
  return route({ ...rules, when, digest: null }, notice, { last: null, isHeld: false, others: [], isMuted: false });
}

/** The start of the digest window at an instant. Windows lie on multiples of their length since the epoch. */
export function digestWindowStart(digest: DeliveryRules['digest'], at: number): number {
  return digest === null ? at : Math.floor(at / digest.withinMs) * digest.withinMs;
}

function whyUnwanted(
  { severity, topics, services, environments }: DeliveryRules['when'],
  notice: PendingNotice,
  last: Topic | null,
): string | null {
  const { topic, service, environment } = notice;
  if (services.length > 0 && !services.includes(service)) return `the notifier does not want notices about the service ${service}`;
  if (environments.length > 0 && !environments.includes(environment))
    return `the notifier does not want notices about the environment ${environment}`;
  if (topics.length > 0 && !topics.includes(topic)) return `the notifier does not want the topic ${topic}`;
  if (isAtLeast(severityOf[topic], severity) || isFollowUp(topic, last)) return null;
  return `the severity of ${topic} is ${severityOf[topic]}, and the minimum is ${severity}`;
}

/** Whether the notice says how a worse one ended: every notifier that got an alarm must also get its end. */
function isFollowUp(topic: Topic, last: Topic | null): boolean {
  return last !== null && !isAtLeast(severityOf[topic], severityOf[last]);
}
