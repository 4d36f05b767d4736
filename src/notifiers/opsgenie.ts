import { z } from 'zod';
import { Duration, SecretText } from '../core/base/option-schemas.ts';
import { Secret } from '../core/base/secret.ts';
import { webAddress } from '../core/base/web-address.ts';
import { HttpAddress } from '../net/address.ts';
import { deliver } from '../net/deliver.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import { type Alert, alertsOf } from './alerts.ts';
import { assertVendorAnswer } from './assert-vendor-answer.ts';
import type { NotifierDeps } from './deps.ts';
import { oneLine } from './one-line.ts';
import { reasonLines } from './reason-lines.ts';

/** Opsgenie accepts 15,000 characters of description and 8,000 of details; these limits stay below both. */
const limits = { message: 130, reason: 1_000, address: 1_000, entity: 512, detail: 512, tag: 50, note: 1_000 };

const urls = { us: 'https://api.opsgenie.com', eu: 'https://api.eu.opsgenie.com' };

const priorities = { critical: 'P1', error: 'P2', warning: 'P4' } as const;

const options = z
  .strictObject({
    key: SecretText.refine((key) => /^[!-~]+$/.test(key.reveal()), 'must be one word of printable ASCII').describe(
      'The key of an API integration.',
    ),
    region: z.enum(['us', 'eu']).optional().describe('Where the account lives. Default: us.'),
    url: HttpAddress.optional().describe(
      'The address before `/v2/alerts`, instead of `region`: https://api.atlassian.com/jsm/ops/integration for Jira Service Management, or a proxy.',
    ),
    timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
  })
  .refine(({ region, url }) => region === undefined || url === undefined, 'has both region and url: give one of them');

/** Opsgenie has at most one open alert per alias: a repeated notice only increases its count. */
export const opsgenie = definePlugin({
  type: 'opsgenie',
  summary:
    'Opens an alert of Opsgenie or Jira Service Management while a deploy is in trouble or needs a person, and closes it afterwards.',
  options,
  example: { key: '00000000-0000-0000-0000-000000000000', region: 'eu' },
  create: ({ key, region = 'us', url, timeout }: z.output<typeof options>, { http }: NotifierDeps): Notifier => ({
    async notify(notice, { signal }) {
      const base = url ?? new Secret(urls[region]);
      const headers = { authorization: new Secret(`GenieKey ${key.reveal()}`) };
      for (const alert of alertsOf(notice)) {
        const { path, body } = requestOf(alert, notice);
        const idempotencyKey = `${notice.id}:${alert.kind}`;
        const sent = {
          method: 'POST',
          url: base,
          path: `/v2/alerts${path}`,
          headers,
          body: JSON.stringify(body),
          idempotencyKey,
          timeoutMs: timeout,
        } as const;
        assertVendorAnswer('Opsgenie', await deliver(http, sent, signal), ({ status }) => status === 202);
      }
      return null;
    },
  }),
});

function requestOf({ key, kind, severity }: Alert, notice: Notice) {
  const { title, summary, service, environment, version } = notice;
  if (severity === null) {
    const path = `/${encodeURIComponent(key)}/close?identifierType=alias`;
    return { path, body: { source: 'Bakewatch', note: oneLine(title, limits.note) } };
  }
  const body = {
    message: oneLine(summary, limits.message),
    alias: key,
    description: descriptionOf(notice),
    tags: ['bakewatch', kind].concat(oneLine(environment, limits.tag)),
    details: detailsOf(notice),
    entity: oneLine(`${service} ${version}`, limits.entity),
    source: 'Bakewatch',
    priority: priorities[severity],
  };
  return { path: '', body };
}

function descriptionOf({ title, reasons, details, url, links }: Notice): string {
  const addresses = [url, ...links.slice(0, 5).map((link) => link.url)].flatMap((text) => webAddress(text, limits.address) ?? []);
  const lineLimits = { totalLength: 5 * limits.reason, lineLength: limits.reason, maxLines: 10 };
  const lines = [...reasonLines(reasons, lineLimits), ...reasonLines(details, { ...lineLimits, bullet: '' })];
  return [oneLine(title, limits.reason), ...lines, ...addresses].join('\n');
}

function detailsOf({ deployId, version, target, state, topic }: Notice) {
  const details = { deploy_id: deployId, version: oneLine(version, limits.detail), state, topic };
  return target === null ? details : { ...details, target: oneLine(target, limits.detail) };
}
