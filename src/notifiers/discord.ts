import { z } from 'zod';
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
import { reasonLines } from './reason-lines.ts';

/** Discord refuses an embed that exceeds one of these limits, or that has more than 6,000 characters in all. */
const limits = {
  title: 256,
  reasons: 2_400,
  details: 1_100,
  reason: 700,
  name: 500,
  links: 5,
  linkText: 60,
  fieldValue: 1_024,
  address: 2_000,
};

const colors: Readonly<Record<Severity, number>> = { bad: 0xd3_2f_2f, wait: 0xf9_a8_25, good: 0x2e_7d_32, info: 0x60_7d_8b };

const options = z.strictObject({
  url: HttpAddress.describe('The address of a webhook of Discord; it is a secret.'),
  timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
});

/** Posts to a Discord channel. Discord has no idempotency keys: a repeated notice may be shown twice. */
export const discord = definePlugin({
  type: 'discord',
  summary: 'Writes to a Discord channel through a webhook.',
  options,
  example: { url: 'https://discord.com/api/webhooks/100000000000000000/placeholder' },
  create: ({ url, timeout }: z.output<typeof options>, { http }: NotifierDeps): Notifier => ({
    announces: true,
    async notify(notice, { signal }) {
      const body = JSON.stringify(messageOf(notice));
      const sent = { method: 'POST', url: versionedUrl(url), body, idempotencyKey: notice.id, timeoutMs: timeout } as const;
      assertVendorAnswer('Discord', await deliver(http, sent, signal), ({ status, text }) => status === 204 || text.startsWith('{'));
      return null;
    },
  }),
});

/** An address without a version means an old version of the API, which gives `Retry-After` in milliseconds. */
function versionedUrl(url: Secret): Secret {
  return new Secret(url.reveal().replace('/api/webhooks/', '/api/v10/webhooks/'));
}

function messageOf(notice: Notice) {
  const { service, version, environment, title, reasons, details, at } = notice;
  const page = webAddress(notice.url, limits.address);
  const links = linksOf(notice.links);
  const lineLimits = { lineLength: limits.reason, maxLines: 10, escapeCharacter: escapeMarkdown };
  const embed = {
    title: oneLine(title, limits.title, escapeMarkdown),
    ...(page !== null && { url: page }),
    description: [
      ...reasonLines(reasons, { ...lineLimits, totalLength: limits.reasons }),
      // `-# ` makes a line small.
      ...reasonLines(details, { ...lineLimits, totalLength: limits.details, bullet: '-# ' }),
    ].join('\n'),
    color: colors[severityOf[notice.topic]],
    timestamp: new Date(at).toISOString(),
    ...(links !== '' && { fields: [{ name: 'Links', value: links }] }),
    footer: { text: [`${service} ${version}`, environment].map((part) => oneLine(part, limits.name, breakMention)).join(' · ') },
  };
  return { embeds: [embed], allowed_mentions: { parse: [] } };
}

function linksOf(links: Notice['links']): string {
  let text = '';
  for (const { title, url } of links.slice(0, limits.links)) {
    const address = webAddress(url, limits.address)?.replaceAll('(', '%28').replaceAll(')', '%29');
    const line = address === undefined ? '' : `[${oneLine(title, limits.linkText, escapeMarkdown)}](${address})\n`;
    if (text.length + line.length <= limits.fieldValue) text += line;
  }
  return text.trimEnd();
}

/** Escapes all characters with a meaning in Markdown. */
function escapeMarkdown(character: string): string {
  return breakMention(character.replace(/[\\`*_~|<>[\]]/g, '\\$&'));
}

/** Puts a zero-width space after each @, so that the text mentions no person, even if it is copied. Footers need only this: they have no Markdown. */
function breakMention(character: string): string {
  return character.replaceAll('@', '@\u200b');
}
