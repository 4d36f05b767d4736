import { z } from 'zod';
import { Duration } from '../core/base/option-schemas.ts';
import type { Secret } from '../core/base/secret.ts';
import { ExtraHeaders, HttpAddress, SigningSecret } from '../net/address.ts';
import { deliver } from '../net/deliver.ts';
import { isStandardSecret } from '../net/sign.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import { cdEventOf } from './cd-event.ts';
import { binary, type CloudEventMessage, structured } from './cloud-event.ts';
import type { NotifierDeps } from './deps.ts';
import { noticeBody } from './notice-body.ts';

const fields = z.strictObject({
  url: HttpAddress.describe('Receives every notice as a signed POST.'),
  secret: SigningSecret.optional().describe('The key of the signature, at least 16 characters.'),
  secrets: z
    .array(SigningSecret)
    .min(1)
    .max(5)
    .optional()
    .describe('Instead of `secret`, while the key is replaced: every notice is signed with each of these keys, the new one first.'),
  signature: z
    .enum(['bakewatch', 'standard'])
    .default('bakewatch')
    .describe(
      'The format of the signature: the header `Bakewatch-Signature`, or the three headers of Standard Webhooks (`standard`), for which libraries exist. Default: bakewatch.',
    ),
  format: z
    .enum(['plain', 'cloudevents', 'cloudevents_binary', 'cdevents'])
    .default('plain')
    .describe(
      'The format of a notice: `plain` JSON, a CloudEvent 1.0 (`cloudevents`: all in the body; `cloudevents_binary`: attributes in headers), or a CDEvent in a CloudEvent (`cdevents`). Default: plain.',
    ),
  headers: ExtraHeaders.optional().describe('Headers to send with every notice.'),
  timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
});

type WebhookOptions = z.output<typeof fields>;

const options = fields
  .refine(({ secret, secrets }) => (secret === undefined) !== (secrets === undefined), 'needs either secret or secrets')
  .refine(
    ({ signature, ...keys }) => signature !== 'standard' || secretsOf(keys).every(isStandardSecret),
    'has a secret that begins with whsec_ and does not go on with at least 16 bytes in base64',
  );

function secretsOf({ secret, secrets }: Pick<WebhookOptions, 'secret' | 'secrets'>): readonly Secret[] {
  return secrets ?? (secret === undefined ? [] : [secret]);
}

/** Posts every notice as signed JSON, in the format of `format`. */
export const webhook = definePlugin({
  type: 'webhook',
  summary: 'Posts every notice as signed JSON, as a CloudEvent, or as a CDEvent.',
  options,
  example: { url: 'https://hooks.example.com/bakewatch', secret: 'a-secret-of-at-least-16-characters', format: 'plain' },
  create: ({ url, secret, secrets, signature, format, headers, timeout }: WebhookOptions, { http }: NotifierDeps): Notifier => ({
    announces: true,
    async notify(notice, { signal }) {
      const message = messageOf(notice, format);
      if (message === null) return null;
      const { body, headers: openHeaders } = message;
      const sent = {
        method: 'POST',
        url,
        headers,
        openHeaders,
        body,
        idempotencyKey: notice.id,
        signWith: { format: signature, secrets: secretsOf({ secret, secrets }) },
        timeoutMs: timeout,
      } as const;
      await deliver(http, sent, signal);
      return null;
    },
  }),
});

/** Returns `null` if the format has no event for the topic. */
function messageOf(notice: Notice, format: WebhookOptions['format']): CloudEventMessage | null {
  if (format === 'plain') return { body: JSON.stringify(noticeBody(notice)), headers: {} };
  const source = sourceOf(notice.url);
  const time = new Date(notice.at).toISOString();
  if (format === 'cdevents') {
    const data = cdEventOf(notice, source);
    return data && structured({ id: notice.id, source, type: data.context.type, subject: data.subject.id, time }, data);
  }
  const attributes = {
    id: notice.id,
    source,
    type: `bakewatch.deploy.${notice.topic}`,
    subject: notice.isDigest ? notice.service : notice.deployId,
    time,
  };
  return (format === 'cloudevents' ? structured : binary)(attributes, noticeBody(notice));
}

/** The address of this server's pages; `/bakewatch` if it has none. */
function sourceOf(url: string | null): string {
  return url !== null && URL.canParse('..', url) ? new URL('..', url).href : '/bakewatch';
}
