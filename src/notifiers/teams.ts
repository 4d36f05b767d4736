import { z } from 'zod';
import { Duration } from '../core/base/option-schemas.ts';
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

/** Teams refuses a message of more than 28 KB, in UTF-16; signs that JSON writes as two count twice. */
const limits = { title: 300, reasons: 3_000, reason: 600, name: 300, links: 4, linkText: 60, page: 1_000, address: 500 };

const styles: Readonly<Record<Severity, string>> = { bad: 'attention', wait: 'warning', good: 'good', info: 'emphasis' };

const options = z.strictObject({
  url: HttpAddress.describe('The address of a workflow of Teams that begins when a webhook request is received; it is a secret.'),
  timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
});

/** Tells a channel or chat of Microsoft Teams. A workflow knows no idempotency keys: a notice that is handed over twice may be seen twice. */
export const teams = definePlugin({
  type: 'teams',
  summary: 'Writes to a channel or chat of Microsoft Teams through a workflow.',
  options,
  example: { url: 'https://prod-00.westeurope.logic.azure.com/workflows/placeholder/triggers/manual/paths/invoke?sig=placeholder' },
  create: ({ url, timeout }: z.output<typeof options>, { http }: NotifierDeps): Notifier => ({
    async notify(notice, { signal }) {
      const content = cardOf(notice);
      const message = {
        type: 'message',
        attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
      };
      const body = JSON.stringify(message);
      const answer = await deliver(http, { method: 'POST', url, body, idempotencyKey: notice.id, timeoutMs: timeout }, signal);
      mustBeAnswer('a workflow of Teams', answer, ({ status, text }) => status === 202 || !text.trimStart().startsWith('<'));
      return null;
    },
  }),
});

function cardOf(notice: Notice) {
  const { service, version, environment, topic, title, reasons, at } = notice;
  const lines = reasonLines(reasons, { room: limits.reasons, each: limits.reason, most: 10 });
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
      text(`${where} · ${new Date(at).toISOString()}`, { isSubtle: true, size: 'Small' }),
    ],
    actions: actionsOf(notice),
  };
}

/** A text block would take what it shows for Markdown; the runs of a rich text block are shown as they are. */
function text(words: string, look: object = {}) {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: words, ...look }] };
}

function actionsOf(notice: Notice) {
  const page = { title: pageTitle(notice), url: webAddress(notice.url, limits.page) };
  const others = notice.links
    .slice(0, limits.links)
    .map((link) => ({ title: oneLine(link.title, limits.linkText), url: webAddress(link.url, limits.address) }));
  return [page, ...others].flatMap((one) => (one.url === null ? [] : [{ type: 'Action.OpenUrl', title: one.title, url: one.url }]));
}
