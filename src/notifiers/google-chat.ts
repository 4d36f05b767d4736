import { z } from 'zod';
import { escapeMarkup } from '../core/base/escape-markup.ts';
import { Duration } from '../core/base/option-schemas.ts';
import { Secret } from '../core/base/secret.ts';
import { webAddress } from '../core/base/web-address.ts';
import { type Severity, severityOf } from '../core/notify/severity.ts';
import { HttpAddress } from '../net/address.ts';
import { deliver } from '../net/deliver.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { NotifierDeps } from './deps.ts';
import { mustBeAnswer } from './must-be-answer.ts';
import { oneLine } from './one-line.ts';
import { pageTitle } from './page-title.ts';
import { reasonLines } from './reason-lines.ts';

/** Google Chat refuses a message of more than 32,000 bytes; these numbers of UTF-16 units, three bytes each at most, stay below that. */
const limits = { header: 200, title: 400, reasons: 5_000, reason: 700, links: 4, linkText: 60, address: 1_000, fallback: 300 };

/** A card has no color of its own. */
const dots: Readonly<Record<Severity, string>> = { bad: '🔴', wait: '🟡', good: '🟢', info: '⚪' };

const options = z.strictObject({
  url: HttpAddress.describe('The address of an incoming webhook of a space; it is a secret.'),
  timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
});

/** Tells a space of Google Chat, in a thread a deploy. A notice that is handed over twice may be seen twice. */
export const googleChat = definePlugin({
  type: 'google_chat',
  summary: 'Writes to a space of Google Chat through an incoming webhook, in a thread for each deploy.',
  options,
  example: { url: 'https://chat.googleapis.com/v1/spaces/AAAA/messages?key=placeholder&token=placeholder' },
  create: ({ url, timeout }: z.output<typeof options>, { http }: NotifierDeps): Notifier => ({
    async notify(notice, { signal }) {
      const body = JSON.stringify(messageOf(notice));
      const sent = { method: 'POST', url: replying(url), body, idempotencyKey: notice.id, timeoutMs: timeout } as const;
      mustBeAnswer('Google Chat', await deliver(http, sent, signal), ({ text }) => text.trimStart().startsWith('{'));
      return null;
    },
  }),
});

/** Without this, Google Chat takes no notice of the thread. */
function replying(address: Secret): Secret {
  const url = new URL(address.reveal());
  url.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD');
  return new Secret(url.href);
}

function messageOf(notice: Notice) {
  const { deployId, service, version, environment, topic, title, reasons } = notice;
  // The texts of a card are HTML.
  const text = `<b>${oneLine(title, limits.title, escapeMarkup)}</b>`;
  const lines = reasonLines(reasons, { room: limits.reasons, each: limits.reason, most: 10, quote: escapeMarkup });
  const buttons = buttonsOf(notice);
  const widgets = [
    { textParagraph: { text: `${dots[severityOf[topic]]} ${text}` } },
    { textParagraph: { text: lines.join('<br>') } },
    ...(buttons.length === 0 ? [] : [{ buttonList: { buttons } }]),
  ];
  const header = { title: oneLine(`${service} ${version}`, limits.header, plain), subtitle: oneLine(environment, limits.header, plain) };
  return {
    cardsV2: [{ cardId: 'notice', card: { header, sections: [{ widgets }] } }],
    fallbackText: `${dots[severityOf[topic]]} ${oneLine(title, limits.fallback, plain)}`,
    thread: { threadKey: deployId },
  };
}

function buttonsOf(notice: Notice) {
  return [{ title: pageTitle(notice), url: notice.url }, ...notice.links.slice(0, limits.links)].flatMap((link) => {
    const address = webAddress(link.url, limits.address);
    return address === null ? [] : [{ text: oneLine(link.title, limits.linkText, plain), onClick: { openLink: { url: address } } }];
  });
}

/** For what has no markup and no way to quote it: a mention is written between these two. */
function plain(character: string): string {
  return character.replaceAll('<', '‹').replaceAll('>', '›');
}
