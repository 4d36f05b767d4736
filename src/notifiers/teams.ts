import { z } from 'zod';
import { Duration } from '../core/base/option-schemas.ts';
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

/** Teams refuses a message of more than 28 KB in UTF-16. Characters that JSON escapes count twice. */
const limits = { title: 300, reasons: 2_000, details: 1_000, reason: 600, name: 300, links: 4, linkText: 60, page: 1_000, address: 500 };

const styles: Readonly<Record<Severity, string>> = { bad: 'attention', wait: 'warning', good: 'good', info: 'emphasis' };

const options = z.strictObject({
  url: HttpAddress.describe('The address of a Teams workflow that starts when a webhook request is received; it is a secret.'),
  timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
});

/** Posts to a channel or chat of Microsoft Teams. A workflow has no idempotency keys: a repeated notice may be shown twice. */
export const teams = definePlugin({
  type: 'teams',
  summary: 'Writes to a channel or chat of Microsoft Teams through a workflow.',
  options,
  example: { url: 'https://prod-00.westeurope.logic.azure.com/workflows/placeholder/triggers/manual/paths/invoke?sig=placeholder' },
  create: ({ url, timeout }: z.output<typeof options>, { http }: NotifierDeps): Notifier => ({
    announces: true,
    async notify(notice, { signal }) {
      const content = cardOf(notice);
      const message = {
        type: 'message',
        attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
      };
      const body = JSON.stringify(message);
      const answer = await deliver(http, { method: 'POST', url, body, idempotencyKey: notice.id, timeoutMs: timeout }, signal);
      assertVendorAnswer('a workflow of Teams', answer, ({ status, text }) => status === 202 || !text.trimStart().startsWith('<'));
      return null;
    },
  }),
});

function cardOf(notice: Notice) {
  const { service, version, environment, topic, title, reasons, details, at } = notice;
  const lineLimits = { lineLength: limits.reason, maxLines: 10 };
  const lines = reasonLines(reasons, { ...lineLimits, totalLength: limits.reasons });
  const small = reasonLines(details, { ...lineLimits, totalLength: limits.details, bullet: '' });
  const where = [`${service} ${version}`, environment].map((part) => oneLine(part, limits.name)).join(' · ');
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      {
        type: 'Container',
        style: styles[severityOf[topic]],
        bleed: true,
        items: [text(oneLine(title, limits.title), { weight: 'Bolder', size: 'Medium' })],
      },
      ...lines.map((line) => text(line)),
      ...small.map((line) => text(line, { isSubtle: true, size: 'Small' })),
      text(`${where} · ${new Date(at).toISOString()}`, { isSubtle: true, size: 'Small' }),
    ],
    actions: actionsOf(notice),
  };
}

/** Teams reads a text block as Markdown, but shows the runs of a rich text block unchanged. */
function text(words: string, look: object = {}) {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: words, ...look }] };
}

function actionsOf(notice: Notice) {
  const page = { title: pageLinkText(notice), url: webAddress(notice.url, limits.page) };
  const links = notice.links
    .slice(0, limits.links)
    .map((link) => ({ title: oneLine(link.title, limits.linkText), url: webAddress(link.url, limits.address) }));
  return [page, ...links].flatMap(({ title, url }) => (url === null ? [] : [{ type: 'Action.OpenUrl', title, url }]));
}
