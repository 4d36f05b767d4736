import type { Link } from '../bake/deploy.ts';
import { type Topic, topics } from '../bake/effect.ts';
import { type NonEmpty, nonEmpty } from '../base/non-empty.ts';
import { severities, severityOf } from './severity.ts';

/** One deploy in a digest, with its newest notice. */
export type DigestEntry = {
  readonly topic: Topic;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly title: string;
  readonly reasons: NonEmpty<string>;
  /** The page of the deploy, or `null` without a public URL. */
  readonly url: string | null;
};

/** The message of a digest. Its topic is the worst topic in it. */
export type DigestMessage = {
  readonly topic: Topic;
  readonly title: string;
  readonly reasons: NonEmpty<string>;
  readonly links: readonly Link[];
};

/** Up to this number of deploys, each has its own line. With more deploys, each topic has one line. */
const maxLines = 8;
/** The maximum length of a line of names, within the limits of all chats. */
const maxLineLength = 500;

const topicPhrases: Readonly<Record<Topic, string>> = {
  started: 'baking',
  unhealthy: 'unhealthy',
  approval: 'waiting for approval',
  rolled_back: 'rolled back',
  recovered: 'rolled back and recovered',
  failed: 'failed and waiting for a person',
  inconclusive: 'could not be judged',
  blind: 'cannot be watched',
  sighted: 'watched again',
  passed: 'passed',
  stopped: 'no longer watched',
  drill_failed: 'with a failed rollback drill',
  elsewhere: 'with failures whose cause may lie elsewhere',
  rolled_forward: 'rolled forward',
  frozen: 'frozen',
  unfrozen: 'no longer frozen',
  disarmed: 'with an automatic rollback switched off',
};

/** Builds one message about several deploys, the worst topic first. */
export function buildDigest(entries: NonEmpty<DigestEntry>): DigestMessage {
  const worstFirst = topics.toSorted((a, b) => severities.indexOf(severityOf[b]) - severities.indexOf(severityOf[a]));
  const groups = worstFirst.flatMap((topic) => {
    const group = entries.filter((entry) => entry.topic === topic);
    return group.length === 0 ? [] : [{ topic, group }];
  });
  const counts = groups.map(({ topic, group }) => `${group.length} ${topicPhrases[topic]}`).join(', ');
  const lines =
    entries.length <= maxLines
      ? groups.flatMap(({ group }) => group.map(({ title, reasons }) => `${title}${title.endsWith('?') ? '' : ':'} ${reasons[0]}`))
      : groups.map(({ topic, group }) => `${topicPhrases[topic]}: ${listDeploys(group)}`);
  const topic = groups[0]?.topic ?? entries[0].topic;
  // If the server requires tokens, only the page of a deploy is open to everybody with its link.
  const links = groups.flatMap(({ group }) =>
    group.flatMap(({ service, version, url }) => (url === null ? [] : [{ title: `${service} ${version}`, url }])),
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
