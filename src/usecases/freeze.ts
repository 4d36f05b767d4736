import { randomUUID } from 'node:crypto';
import type { AnnouncedTopic, QueuedEffect } from '../core/bake/effect.ts';
import { type Freeze, freezeEnd } from '../core/bake/facts.ts';
import { formatDuration, parseDuration } from '../core/base/duration.ts';
import { AppError } from '../core/base/errors.ts';
import { formatInstant } from '../core/base/format-instant.ts';
import type { Log } from '../core/base/log.ts';
import type { NonEmpty } from '../core/base/non-empty.ts';
import { freezeReasons, freezeTitle, liftReasons } from '../core/notify/freeze-notice.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import { isForService } from '../core/rules/service-pattern.ts';
import type { AuditOrigin } from '../ports/audit-trail.ts';
import type { FreezeStore } from '../ports/freeze-store.ts';
import { changeEntry } from './audited.ts';

export type FreezeDeps = {
  readonly store: FreezeStore;
  /** All rules in force: they name who is notified. Missing: nobody is. */
  readonly ruleSets?: () => Iterable<RuleSet>;
  /** Missing: nothing is logged. */
  readonly log?: Log;
};

/** Who stops automatic rollbacks or allows them again. `service: null`: of all services. */
export type FreezeRequest = {
  readonly service: string | null;
  readonly by: string;
  readonly at: number;
  readonly origin?: AuditOrigin | undefined;
};

/** Stops automatic rollbacks and shifts of traffic, and notifies the notifiers of the service. It replaces an earlier freeze. Returns it. */
export async function freeze(
  { store, ruleSets, log }: FreezeDeps,
  { service, by, at, origin, why, until }: FreezeRequest & { readonly why: string; readonly until?: number | undefined },
): Promise<Freeze> {
  const set: Freeze = { service, by, why, since: at, ...(until !== undefined && { until }) };
  const change = { origin, by, at, verb: 'freeze', detail: `${why}${freezeEnd(set)}` };
  const effects = announce(ruleSets?.() ?? [], { topic: 'frozen', service, at, reasons: freezeReasons(set) });
  await store.setFreeze(set, { audit: changeEntry({ service, environment: null }, change), effects });
  log?.info(
    { ...inLog({ service, by, origin }), why, until: until === undefined ? null : formatInstant(until) },
    'automatic rollbacks frozen',
  );
  return set;
}

/** Allows automatic rollbacks again, and notifies who was notified of the freeze. Returns whether there was a freeze to lift. */
export async function liftFreeze({ store, ruleSets, log }: FreezeDeps, { service, by, at, origin }: FreezeRequest): Promise<boolean> {
  const current = (await store.freezes(at)).find((one) => one.service === service);
  if (current === undefined) return false;
  const effects = announce(ruleSets?.() ?? [], { topic: 'unfrozen', service, at, reasons: liftReasons(current, by) });
  const audit = changeEntry({ service, environment: null }, { origin, by, at, verb: 'lift', detail: '' });
  const isLifted = await store.liftFreeze(service, at, { audit, effects });
  if (isLifted) log?.info(inLog({ service, by, origin }), 'freeze lifted');
  return isLifted;
}

function inLog({ service, by, origin }: Pick<FreezeRequest, 'service' | 'by' | 'origin'>) {
  return { service: service ?? 'all', by, requestId: origin?.requestId, address: origin?.address };
}

type FreezeNews = {
  readonly topic: AnnouncedTopic;
  readonly service: string | null;
  readonly at: number;
  readonly reasons: NonEmpty<string>;
};

/** One notice for each notifier that the rules of a frozen place name. */
function announce(ruleSets: Iterable<RuleSet>, news: FreezeNews): readonly QueuedEffect[] {
  const { topic, service } = news;
  const concerned = [...ruleSets].filter((ruleSet) => service === null || isForService(ruleSet, service));
  const id = `freeze:${randomUUID()}`;
  const title = freezeTitle(topic, service);
  return [...new Set(concerned.flatMap(({ notify }) => notify))].map((notifier) => ({
    id: `${id}:${notifier}`,
    kind: 'announce',
    notifier,
    title,
    ...news,
  }));
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** The instant at which a freeze ends by itself, from a time or a duration. `undefined`: neither is given. Throws `AppError('invalid')`. */
export function readFreezeEnd(end: { readonly until?: string | undefined; readonly for?: string | undefined }, now: number) {
  const { until, for: length } = end;
  if (until !== undefined && length !== undefined) throw new AppError('invalid', '`until` and `for` say the same: give one of them');
  if (length !== undefined) {
    const ms = parseDuration(length);
    if (ms === null || ms <= 0) throw new AppError('invalid', `\`for\` ${shown(length)} is not a duration: write for example 2h or 3d`);
    if (ms > maxMs) throw new AppError('invalid', `\`for\` ${shown(length)} is too long: the maximum is ${formatDuration(maxMs)}`);
    return now + ms;
  }
  if (until === undefined) return undefined;
  const at = timePattern.test(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(at))
    throw new AppError('invalid', `\`until\` ${shown(until)} is not a time: write it with its offset from UTC, such as ${exampleOf(now)}`);
  if (at <= now) throw new AppError('invalid', `\`until\` ${shown(until)} is past: it is ${new Date(now).toISOString()} now`);
  if (at > now + maxMs)
    throw new AppError('invalid', `\`until\` ${shown(until)} is too far away: the maximum is ${formatDuration(maxMs)} from now`);
  return at;
}

/** A later end is a mistake of writing. */
const maxMs = 366 * 86_400_000;

function exampleOf(now: number): string {
  return `${new Date(now + 86_400_000).toISOString().slice(0, 10)}T08:00:00Z`;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
