import type { Topic } from '../core/effect.ts';
import type { Notice } from '../ports/notifier.ts';
import { type Tone, tones } from './tones.ts';

/** Slack refuses a message that breaks any of these. Lengths are counted after escaping, which is never too generous. */
const limits = { header: 150, section: 3_000, reason: 600, context: 2_000, fallback: 3_000, address: 2_000, reasons: 10, links: 5 };

const colors: Readonly<Record<Tone, string>> = { bad: '#d32f2f', wait: '#f9a825', good: '#2e7d32', info: '#607d8b' };

const emoji: Readonly<Record<Topic, string>> = {
  started: '👀',
  unhealthy: '🚨',
  approval: '✋',
  rolled_back: '⏪',
  recovered: '💚',
  failed: '🆘',
  inconclusive: '🤷',
  blind: '🙈',
  sighted: '👓',
  passed: '✅',
  stopped: '⏹️',
  drill_failed: '🧯',
};

/**
 * The body of an incoming webhook: the title as a header, then (beside a bar in the color of the topic) the reasons, where it happened, and a button.
 * `text` is what notifications and screen readers show. Nothing in it can mention people or channels, as every `<` from outside is escaped.
 */
export function slackMessage(notice: Notice) {
  const title = `${emoji[notice.topic]} ${notice.title}`;
  const blocks = [
    { type: 'section', text: markdown(reasonsOf(notice.reasons)) },
    { type: 'context', elements: [markdown(contextOf(notice))] },
    ...buttonTo(notice.url),
  ];
  return {
    text: escaped(title, limits.fallback),
    blocks: [{ type: 'header', text: { type: 'plain_text', text: escaped(title, limits.header), emoji: true } }],
    attachments: [{ color: colors[tones[notice.topic]], blocks }],
  };
}

function markdown(text: string) {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** One bullet a reason, as many as fit; says how many do not. */
function reasonsOf(reasons: readonly string[]): string {
  const room = limits.section - 40;
  const bullets: string[] = [];
  let length = 0;
  for (const reason of reasons.slice(0, limits.reasons)) {
    const bullet = `• ${escaped(reason, limits.reason)}`;
    if (length + bullet.length + 1 > room) break;
    bullets.push(bullet);
    length += bullet.length + 1;
  }
  const left = reasons.length - bullets.length;
  return left === 0 ? bullets.join('\n') : `${bullets.join('\n')}\n… and ${left} more`;
}

function contextOf({ service, version, environment, at, links }: Notice): string {
  const date = `<!date^${Math.floor(at / 1_000)}^{date_short_pretty} {time_secs}|${new Date(at).toISOString()}>`;
  let text = `${[`${service} ${version}`, environment].map((part) => escaped(part, 450)).join(' · ')} · ${date}`;
  for (const link of links.slice(0, limits.links)) {
    const address = webAddress(link.url)?.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('&', '&amp;');
    const part = address === undefined ? '' : ` · <${address}|${escaped(link.title, 100).replaceAll('|', '/')}>`;
    if (text.length + part.length <= limits.context) text += part;
  }
  return text;
}

function buttonTo(text: string | null) {
  const url = text === null ? null : webAddress(text);
  return url === null
    ? []
    : [{ type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open the deploy' }, url }] }];
}

/** An address of the web's own protocols, in the form that browsers give it; `null` where it is none or too long for Slack. */
function webAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  return url.href.length > limits.address ? null : url.href;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** One line of text in which Slack finds nothing to interpret, at most `limit` long; cuts between characters, never inside an entity. */
function escaped(text: string, limit: number): string {
  let result = '';
  let cutAt = 0;
  for (const character of text.toWellFormed().replace(/\s+/gu, ' ').trim()) {
    result += entities[character] ?? character;
    if (result.length <= limit - 1) cutAt = result.length;
    if (result.length > limit) return `${result.slice(0, cutAt)}…`;
  }
  return result === '' ? '–' : result;
}
