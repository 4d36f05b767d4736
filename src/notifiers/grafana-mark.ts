import type { Topic } from '../core/bake/effect.ts';
import { escapeMarkup } from '../core/base/escape-markup.ts';
import { webAddress } from '../core/base/web-address.ts';
import type { Notice } from '../ports/notifier.ts';
import { oneLine } from './one-line.ts';
import { reasonLines } from './reason-lines.ts';

/** The two marks that a deploy may leave: from its beginning to what became of it, and from its rollback to the recovery. */
export type MarkKind = 'deploy' | 'rollback';

/** What an annotation is to say. `until: null`: it is a point so far. */
export type Mark = {
  readonly kind: MarkKind;
  readonly from: number;
  readonly until: number | null;
  readonly text: string;
  readonly tags: readonly string[];
};

/**
 * Which mark a topic is about; `null` for what changes nothing on the service. Whoever is only told of the end sees a mark of that.
 * A deploy that failed after its rollback ends the mark of the rollback.
 */
const kinds: Readonly<Record<Topic, MarkKind | null>> = {
  started: 'deploy',
  unhealthy: 'deploy',
  approval: 'deploy',
  rolled_back: 'rollback',
  recovered: 'rollback',
  failed: 'deploy',
  inconclusive: 'deploy',
  blind: null,
  sighted: null,
  passed: 'deploy',
  stopped: 'deploy',
  drill_failed: null,
};

/** The mark that a notice is about; `rolledBackAt` is when a rollback was marked for this deploy before, if it was. */
export function markOf(notice: Notice, rolledBackAt: number | null, extraTags: readonly string[]): Mark | null {
  const { topic, at } = notice;
  const kind = topic === 'failed' && rolledBackAt !== null ? 'rollback' : kinds[topic];
  if (kind === null) return null;
  return {
    kind,
    from: kind === 'deploy' ? notice.registeredAt : (rolledBackAt ?? at),
    until: topic === 'started' || topic === 'rolled_back' ? null : at,
    text: textOf(notice),
    tags: [...ownTags(notice, kind), ...extraTags],
  };
}

/** The keys of our own tags. An extra tag must have another: Grafana finds no annotation by a bare tag that has a second tag of the same key. */
export const ownKeys = ['bakewatch', 'deploy', 'rollback', 'deploy_id', 'service', 'environment', 'outcome'];

/** By these a mark is found again. */
export function tagsToFind({ deployId }: Notice, kind: MarkKind): readonly string[] {
  return ['bakewatch', kind, `deploy_id:${deployId}`];
}

function ownTags(notice: Notice, kind: MarkKind): readonly string[] {
  const { topic, service, environment } = notice;
  return [...tagsToFind(notice, kind), `service:${cut(service)}`, `environment:${cut(environment)}`, `outcome:${topic}`];
}

/** Grafana keeps a tag's value in a column of 100 characters, where a longer one is an error with PostgreSQL and MySQL. */
function cut(value: string): string {
  return value.toWellFormed().slice(0, 100).toWellFormed();
}

const limits = { title: 600, reasons: 6_000, reason: 600, most: 10, address: 2_000 };

/** Grafana shows the text as HTML, and its lines as lines or as one by version: each reason begins with a dot, to be told from the next in both. */
function textOf({ title, reasons, url }: Notice): string {
  const lines = reasonLines(reasons, { room: limits.reasons, each: limits.reason, most: limits.most, quote: quoted });
  const address = webAddress(url, limits.address);
  const link = address === null ? [] : [`<a href="${quoted(address)}">Open the deploy</a>`];
  return [oneLine(title, limits.title, quoted), ...lines, ...link].join('\n');
}

function quoted(text: string): string {
  return escapeMarkup(text).replaceAll('"', '&quot;');
}
