import type { Topic } from '../core/bake/effect.ts';
import { escapeMarkup } from '../core/base/escape-markup.ts';
import { webAddress } from '../core/base/web-address.ts';
import { type Severity, severityOf } from '../core/notify/severity.ts';
import type { Notice } from '../ports/notifier.ts';
import { pageLinkText } from './page-link-text.ts';
import { reasonLines } from './reason-lines.ts';
import { buttonsFor } from './slack/buttons.ts';
import { escaped, markdown, plain } from './slack/text.ts';

/** Slack refuses a message that exceeds one of these limits. Lengths are counted after escaping, so they are never too high. */
const limits = { header: 150, section: 3_000, reason: 600, context: 2_000, fallback: 3_000, address: 2_000, reasons: 10, links: 5 };

const colors: Readonly<Record<Severity, string>> = { bad: '#d32f2f', wait: '#f9a825', good: '#2e7d32', info: '#607d8b' };

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
  rolled_forward: '⏩',
  elsewhere: '🔎',
  frozen: '🧊',
  unfrozen: '🌤️',
  disarmed: '🔓',
};

/**
 * A notice as a Slack message: the title as a header; then, with a bar in the color of the topic, the reasons, small print, the service and environment, and buttons:
 * one that opens the page and, with `canAct`, those that act. Notifications and screen readers show `text`. No text can mention people or channels,
 * because every `<` from outside is escaped.
 */
export function slackMessage(notice: Notice, { canAct = false }: { readonly canAct?: boolean } = {}) {
  const title = `${emoji[notice.topic]} ${notice.title}`;
  const { section: totalLength, reason: lineLength, reasons: maxLines } = limits;
  const lines = reasonLines(notice.reasons, { totalLength, lineLength, maxLines, escapeCharacter: escapeMarkup });
  const details = reasonLines(notice.details, {
    totalLength: limits.context,
    lineLength,
    maxLines,
    escapeCharacter: escapeMarkup,
    bullet: '',
  });
  const blocks = [
    { type: 'section' as const, text: markdown(lines.join('\n')) },
    ...(details.length === 0 ? [] : [{ type: 'context' as const, elements: [markdown(details.join('\n'))] }]),
    { type: 'context' as const, elements: [markdown(contextOf(notice))] },
    ...actions([...(canAct ? buttonsFor(notice) : []), ...pageButton(notice)]),
  ];
  return {
    text: escaped(title, limits.fallback),
    blocks: [{ type: 'header' as const, text: plain(escaped(title, limits.header)) }],
    attachments: [{ color: colors[severityOf[notice.topic]], blocks }],
  };
}

function contextOf({ service, version, environment, at, links }: Notice): string {
  const date = `<!date^${Math.floor(at / 1_000)}^{date_short_pretty} {time_secs}|${new Date(at).toISOString()}>`;
  let text = `${[`${service} ${version}`, environment].map((part) => escaped(part, 450)).join(' · ')} · ${date}`;
  for (const link of links.slice(0, limits.links)) {
    const address = webAddress(link.url, limits.address)
      ?.replaceAll('|', '%7C')
      .replaceAll('<', '%3C')
      .replaceAll('>', '%3E')
      .replaceAll('&', '&amp;');
    const part = address === undefined ? '' : ` · <${address}|${escaped(link.title, 100).replaceAll('|', '/')}>`;
    if (text.length + part.length <= limits.context) text += part;
  }
  return text;
}

function pageButton(notice: Notice) {
  const url = webAddress(notice.url, limits.address);
  return url === null ? [] : [{ type: 'button' as const, text: plain(pageLinkText(notice)), url }];
}

/** Slack refuses an actions block without buttons. */
function actions<T>(elements: T[]) {
  return elements.length === 0 ? [] : [{ type: 'actions' as const, elements }];
}
