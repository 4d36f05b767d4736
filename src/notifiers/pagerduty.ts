import { z } from 'zod';
import { Duration, SecretText } from '../core/base/option-schemas.ts';
import { Secret } from '../core/base/secret.ts';
import { webAddress } from '../core/base/web-address.ts';
import { outcomeWords } from '../core/judge/check-answer.ts';
import { isHeadlineOf } from '../core/judge/reason-layers.ts';
import { HttpAddress } from '../net/address.ts';
import { deliver } from '../net/deliver.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import { type Alert, alertsOf } from './alerts.ts';
import { assertVendorAnswer } from './assert-vendor-answer.ts';
import type { NotifierDeps } from './deps.ts';
import { oneLine } from './one-line.ts';
import { reasonLines } from './reason-lines.ts';

/** PagerDuty refuses a summary of more than 1,024 characters and an event of more than 512 KB. The other limits keep the text readable. */
const limits = { summary: 1_024, source: 450, address: 2_000, links: 10, linkText: 100, checks: 20, reason: 1_000 };

const urls = { us: 'https://events.pagerduty.com/v2/enqueue', eu: 'https://events.eu.pagerduty.com/v2/enqueue' };

const options = z
  .strictObject({
    routing_key: SecretText.describe('The integration key of an "Events API v2" integration.'),
    region: z.enum(['us', 'eu']).optional().describe('Where the account lives. Default: us.'),
    url: HttpAddress.optional().describe('The address of the Events API, instead of `region`, for a proxy, say.'),
    timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
  })
  .refine(({ region, url }) => region === undefined || url === undefined, 'has both region and url: give one of them');

/** Never acknowledges an incident: PagerDuty does not notify people about an acknowledged incident, even if it is triggered again. */
export const pagerduty = definePlugin({
  type: 'pagerduty',
  summary: 'Opens an incident of PagerDuty while a deploy is in trouble or needs a person, and resolves it afterwards.',
  options,
  example: { routing_key: '0123456789abcdef0123456789abcdef', region: 'eu' },
  create: ({ routing_key: key, region = 'us', url, timeout }: z.output<typeof options>, { http }: NotifierDeps): Notifier => ({
    async notify(notice, { signal }) {
      const address = url ?? new Secret(urls[region]);
      for (const alert of alertsOf(notice)) {
        const body = JSON.stringify({ routing_key: key.reveal(), ...eventOf(alert, notice) });
        const idempotencyKey = `${notice.id}:${alert.kind}`;
        const answer = await deliver(
          http,
          { method: 'POST', url: address, body, moreSecrets: [key], idempotencyKey, timeoutMs: timeout },
          signal,
        );
        assertVendorAnswer('PagerDuty', answer, ({ status }) => status === 202);
      }
      return null;
    },
  }),
});

function eventOf({ key, severity }: Alert, notice: Notice) {
  if (severity === null) return { event_action: 'resolve', dedup_key: key };
  const { topic, service, environment, summary, at, links } = notice;
  const page = webAddress(notice.url, limits.address);
  return {
    event_action: 'trigger',
    dedup_key: key,
    client: 'Bakewatch',
    ...(page !== null && { client_url: page }),
    links: links.slice(0, limits.links).flatMap((link) => {
      const href = webAddress(link.url, limits.address);
      return href === null ? [] : [{ href, text: oneLine(link.title, limits.linkText) }];
    }),
    payload: {
      summary: oneLine(summary, limits.summary),
      source: `${oneLine(environment, limits.source)}/${oneLine(service, limits.source)}`,
      severity,
      timestamp: new Date(at).toISOString(),
      component: oneLine(service, limits.source),
      group: oneLine(environment, limits.source),
      class: topic,
      custom_details: detailsOf(notice),
    },
  };
}

function detailsOf({ deployId, version, target, state, title, reasons, details, checks }: Notice) {
  const lines = { totalLength: 10 * limits.reason, lineLength: limits.reason, maxLines: 10 };
  // A check whose headline is among the reasons is not repeated.
  const others = checks.filter((check) => !reasons.some((text) => isHeadlineOf(text, check)));
  return {
    deploy_id: deployId,
    version: oneLine(version, limits.source),
    target: target === null ? null : oneLine(target, limits.source),
    state,
    what: oneLine(title, limits.summary),
    reasons: reasonLines(reasons, lines),
    ...(details.length > 0 && { details: reasonLines(details, { ...lines, bullet: '' }) }),
    checks: others
      .slice(0, limits.checks)
      .map(({ name, outcome, headline }) => oneLine(`${name}: ${outcomeWords[outcome]}: ${headline}`, limits.reason)),
  };
}
