import type { Topic } from '../core/bake/effect.ts';
import { escapeMarkup } from '../core/base/escape-markup.ts';
import { webAddress } from '../core/base/web-address.ts';
import type { Notice } from '../ports/notifier.ts';
import { oneLine } from './one-line.ts';
import { reasonLines } from './reason-lines.ts';

/** A deploy has at most two marks: from its start to its verdict, and from its rollback to the recovery. */
export type MarkKind = 'deploy' | 'rollback';

/** The content of an annotation. `until: null`: it is a point, not a region. */
export type Mark = {
  readonly kind: MarkKind;
  readonly from: number;
  readonly until: number | null;
  readonly text: string;
  readonly tags: readonly string[];
};

/**
 * The mark that each topic changes; `null` for topics that change nothing on the service. A notifier that only gets the verdict makes the mark then.
 * The topic `failed` after a rollback ends the mark of the rollback.
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
  elsewhere: null,
  rolled_forward: null,
  frozen: null,
  unfrozen: null,
  disarmed: null,
};

/** The mark of a notice. `rolledBackAt` is the start of this deploy's rollback mark, if it has one. */
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

/** The keys of our tags. An extra tag must use another key: Grafana cannot find an annotation by a bare tag if it has a second tag with the same key. */
export const ownKeys = ['bakewatch', 'deploy', 'rollback', 'deploy_id', 'service', 'environment', 'outcome'];

/** The tags that identify a mark. */
export function tagsToFind({ deployId }: Notice, kind: MarkKind): readonly string[] {
  return ['bakewatch', kind, `deploy_id:${deployId}`];
}

function ownTags(notice: Notice, kind: MarkKind): readonly string[] {
  const { topic, service, environment } = notice;
  return [...tagsToFind(notice, kind), `service:${truncateTag(service)}`, `environment:${truncateTag(environment)}`, `outcome:${topic}`];
}

/** Grafana stores the value of a tag in a column of 100 characters; with PostgreSQL and MySQL, a longer value is an error. */
function truncateTag(value: string): string {
  return value.toWellFormed().slice(0, 100).toWellFormed();
}

const limits = { title: 600, reasons: 6_000, reason: 600, maxReasons: 10, address: 2_000 };

/** Grafana shows the text as HTML. Some versions join its lines, so each reason starts with a bullet. */
function textOf({ title, reasons, details, url }: Notice): string {
  const { reasons: totalLength, reason: lineLength, maxReasons: maxLines } = limits;
  const lineLimits = { lineLength, maxLines, escapeCharacter: escapeHtml };
  const lines = [
    ...reasonLines(reasons, { ...lineLimits, totalLength }),
    ...reasonLines(details, { ...lineLimits, totalLength: 2_000, bullet: '– ' }),
  ];
  const address = webAddress(url, limits.address);
  const link = address === null ? [] : [`<a href="${escapeHtml(address)}">Open the deploy</a>`];
  return [oneLine(title, limits.title, escapeHtml), ...lines, ...link].join('\n');
}

function escapeHtml(text: string): string {
  return escapeMarkup(text).replaceAll('"', '&quot;');
}
