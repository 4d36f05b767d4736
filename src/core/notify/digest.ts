import type { Link } from '../bake/deploy.ts';
import { type Topic, topics } from '../bake/effect.ts';
import { type NonEmpty, nonEmpty } from '../base/non-empty.ts';
import { severities, severityOf } from './severity.ts';

/** One deploy of a digest, and what is newest about it. */
export type DigestEntry = {
  readonly topic: Topic;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly title: string;
  readonly reasons: NonEmpty<string>;
  /** The page of the deploy, where people can reach the server. */
  readonly url: string | null;
};

/** What a digest says: its topic is the worst one in it. */
export type DigestMessage = {
  readonly topic: Topic;
  readonly title: string;
  readonly reasons: NonEmpty<string>;
  readonly links: readonly Link[];
};

/** Up to so many deploys have a line of their own; more are told as one line a topic. */
const maxLines = 8;
/** A line of names ends before the shortest limit of a chat does. */
const maxLineLength = 500;

const topicPhrases: Readonly<Record<Topic, string>> = {
  started: 'began to bake',
  unhealthy: 'unhealthy',
  approval: 'waiting for approval',
  rolled_back: 'rolled back',
  recovered: 'rolled back and recovered',
  failed: 'in need of a person',
  inconclusive: 'could not be judged',
  blind: 'cannot be watched',
  sighted: 'watched again',
  passed: 'passed',
  stopped: 'no longer watched',
  drill_failed: 'could not have been rolled back',
};

/** Tells several deploys in one message, the worst first. */
export function buildDigest(entries: NonEmpty<DigestEntry>): DigestMessage {
  const worstFirst = topics.toSorted((a, b) => severities.indexOf(severityOf[b]) - severities.indexOf(severityOf[a]));
  const groups = worstFirst.flatMap((topic) => {
    const some = entries.filter((entry) => entry.topic === topic);
    return some.length === 0 ? [] : [{ topic, some }];
  });
  const counts = groups.map(({ topic, some }) => `${some.length} ${topicPhrases[topic]}`).join(', ');
  const lines =
    entries.length <= maxLines
      ? groups.flatMap(({ some }) => some.map(({ title, reasons }) => `${title}${title.endsWith('?') ? '' : ':'} ${reasons[0]}`))
      : groups.map(({ topic, some }) => `${topicPhrases[topic]}: ${listDeploys(some)}`);
  const topic = groups[0]?.topic ?? entries[0].topic;
  // Where the server asks for tokens, nothing but the page of a deploy is open to whoever has its link.
  const links = groups.flatMap(({ some }) =>
    some.flatMap(({ service, version, url }) => (url === null ? [] : [{ title: `${service} ${version}`, url }])),
  );
  return { topic, title: `${entries.length} deploys: ${counts}`, reasons: nonEmpty(lines, counts), links: links.slice(0, maxLines) };
}

function listDeploys(entries: readonly DigestEntry[]): string {
  const names: string[] = [];
  let length = 0;
  for (const { service, version, environment } of entries) {
    const name = `${service} ${version} (${environment})`;
    length += name.length + 2;
    if (names.length > 0 && length > maxLineLength) return `${names.join(', ')} and ${entries.length - names.length} more`;
    names.push(name);
  }
  return names.join(', ');
}
