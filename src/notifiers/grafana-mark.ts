import type { Topic } from '../core/effect.ts';
import type { Notice } from '../ports/notifier.ts';

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

const longestReason = 600;
const mostReasons = 10;

/** Grafana shows the text as HTML, and lines as such or as blanks by version: each reason begins with a dot, to be told from the next in both. */
function textOf({ title, reasons, url }: Notice): string {
  const more = reasons.length - mostReasons;
  const lines = reasons.slice(0, mostReasons).map((reason) => `• ${escaped(reason)}`);
  const link = webAddress(url);
  return [
    escaped(title),
    ...lines,
    ...(more > 0 ? [`• … and ${more} more`] : []),
    ...(link === null ? [] : [`<a href="${link}">Open the deploy</a>`]),
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** One line of text in which HTML finds nothing to interpret. */
function escaped(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const short = line.length > longestReason ? `${line.slice(0, longestReason - 1).toWellFormed()}…` : line;
  return short.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

function webAddress(text: string | null): string | null {
  const url = text !== null && URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  return url.href.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
