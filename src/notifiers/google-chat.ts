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
import { assertVendorAnswer } from './assert-vendor-answer.ts';
import type { NotifierDeps } from './deps.ts';
import { oneLine } from './one-line.ts';
import { pageLinkText } from './page-link-text.ts';
import { reasonLines } from './reason-lines.ts';

/** Google Chat refuses a message of more than 32,000 bytes. These limits, in UTF-16 units of at most three bytes each, stay below that. */
const limits = {
  header: 200,
  title: 400,
  reasons: 3_500,
  details: 1_400,
  reason: 700,
  links: 4,
  linkText: 60,
  address: 1_000,
  fallback: 300,
};

/** Cards have no colors. */
const dots: Readonly<Record<Severity, string>> = { bad: '🔴', wait: '🟡', good: '🟢', info: '⚪' };

const options = z.strictObject({
  url: HttpAddress.describe('The address of an incoming webhook of a space; it is a secret.'),
  timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
});

/** Posts to a space of Google Chat, in one thread per deploy. A repeated notice may be shown twice. */
export const googleChat = definePlugin({
  type: 'google_chat',
  summary: 'Writes to a space of Google Chat through an incoming webhook, in a thread for each deploy.',
  options,
  example: { url: 'https://chat.googleapis.com/v1/spaces/AAAA/messages?key=placeholder&token=placeholder' },
  create: ({ url, timeout }: z.output<typeof options>, { http }: NotifierDeps): Notifier => ({
    announces: true,
    async notify(notice, { signal }) {
      const body = JSON.stringify(messageOf(notice));
      const sent = { method: 'POST', url: threadedUrl(url), body, idempotencyKey: notice.id, timeoutMs: timeout } as const;
      assertVendorAnswer('Google Chat', await deliver(http, sent, signal), ({ text }) => text.trimStart().startsWith('{'));
      return null;
    },
  }),
});

/** Without this parameter, Google Chat ignores the thread. */
function threadedUrl(address: Secret): Secret {
  const url = new URL(address.reveal());
  url.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD');
  return new Secret(url.href);
}

function messageOf(notice: Notice) {
  const { deployId, service, version, environment, topic, title, reasons, details } = notice;
  // The texts of a card are HTML.
  const text = `<b>${oneLine(title, limits.title, escapeMarkup)}</b>`;
  const lineLimits = { lineLength: limits.reason, maxLines: 10, escapeCharacter: escapeMarkup };
  const lines = reasonLines(reasons, { ...lineLimits, totalLength: limits.reasons });
  const small = reasonLines(details, { ...lineLimits, totalLength: limits.details, bullet: '' });
  const buttons = buttonsOf(notice);
  const widgets = [
    { textParagraph: { text: `${dots[severityOf[topic]]} ${text}` } },
    { textParagraph: { text: lines.join('<br>') } },
    ...(small.length === 0 ? [] : [{ textParagraph: { text: small.join('<br>') } }]),
    ...(buttons.length === 0 ? [] : [{ buttonList: { buttons } }]),
  ];
  const header = {
    title: oneLine(`${service} ${version}`, limits.header, replaceBrackets),
    subtitle: oneLine(environment, limits.header, replaceBrackets),
  };
  return {
    cardsV2: [{ cardId: 'notice', card: { header, sections: [{ widgets }] } }],
    fallbackText: `${dots[severityOf[topic]]} ${oneLine(title, limits.fallback, replaceBrackets)}`,
    thread: { threadKey: deployId },
  };
}

function buttonsOf(notice: Notice) {
  return [{ title: pageLinkText(notice), url: notice.url }, ...notice.links.slice(0, limits.links)].flatMap((link) => {
    const address = webAddress(link.url, limits.address);
    return address === null
      ? []
      : [{ text: oneLine(link.title, limits.linkText, replaceBrackets), onClick: { openLink: { url: address } } }];
  });
}

/** Replaces angle brackets in fields without markup and without escapes: a mention is written between angle brackets. */
function replaceBrackets(character: string): string {
  return character.replaceAll('<', '‹').replaceAll('>', '›');
}
