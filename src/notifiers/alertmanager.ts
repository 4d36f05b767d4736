import { z } from 'zod';
import { Duration } from '../core/base/option-schemas.ts';
import { webAddress } from '../core/base/web-address.ts';
import { ExtraHeaders, HttpAddress } from '../net/address.ts';
import { deliver } from '../net/deliver.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import { type Alert, alertsOf } from './alerts.ts';
import type { NotifierDeps } from './deps.ts';
import { mustBeAnswer } from './must-be-answer.ts';
import { oneLine } from './one-line.ts';
import { reasonLines } from './reason-lines.ts';

const Labels = z.record(
  z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is not a name of a label: letters, digits and _ only'),
  z.string().min(1),
);

const options = z.strictObject({
  url: HttpAddress.refine(
    (url) => !/[?#]/.test(url.reveal()),
    'must end with the path at which Alertmanager is served: nothing after ? or #',
  ).describe(
    'The address of Alertmanager, with a path where it is served below one, and without `/api/v2`; `user:password@` for basic auth.',
  ),
  headers: ExtraHeaders.optional().describe('Headers to send with every request, such as `Authorization`.'),
  labels: Labels.default({}).describe('Labels to add to every alert, for its routes.'),
  keep: Duration.prefault('24h')
    .refine((ms) => ms >= 60_000 && ms <= 366 * 86_400_000, 'must be from 1m to 366d')
    .describe('How long an alert fires that nothing ends. Default: 24h.'),
  timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
});

type AlertmanagerOptions = z.output<typeof options>;

const names: Readonly<Record<Alert['kind'], string>> = { trouble: 'BakewatchDeployInTrouble', person: 'BakewatchNeedsPerson' };

/** The severity is a label, and so a part of what an alert is: each kind has one that never changes. */
const severities: Readonly<Record<Alert['kind'], string>> = { trouble: 'warning', person: 'critical' };

/** An alert is known by its labels: one that is handed over twice is still one. */
export const alertmanager = definePlugin({
  type: 'alertmanager',
  summary: 'Fires an alert in Alertmanager while a deploy is in trouble or needs a person, and resolves it when that is over.',
  options,
  example: { url: 'http://127.0.0.1:9093', labels: { team: 'shop' } },
  create: (settings: AlertmanagerOptions, { http }: NotifierDeps): Notifier => ({
    async notify(notice, { signal }) {
      const alerts = alertsOf(notice).map((alert) => postable(alert, notice, settings));
      if (alerts.length === 0) return null;
      const { url, headers, timeout } = settings;
      const answer = await deliver(
        http,
        {
          method: 'POST',
          url,
          path: '/api/v2/alerts',
          headers,
          body: JSON.stringify(alerts),
          idempotencyKey: notice.id,
          timeoutMs: timeout,
        },
        signal,
      );
      mustBeAnswer('Alertmanager', answer, ({ text }) => !text.trimStart().startsWith('<'));
      return null;
    },
  }),
});

/**
 * Alertmanager forgets an alert without an end that is not sent again within minutes, so each has one: the instant at which it was over, or one far enough
 * in the future.
 */
function postable({ kind, severity }: Alert, notice: Notice, { labels, keep }: AlertmanagerOptions) {
  const { deployId, service, environment, version, title, reasons, at } = notice;
  const page = webAddress(notice.url, 2_000);
  const isOver = severity === null;
  const named = { service: oneLine(service, 500), environment: oneLine(environment, 500), version: oneLine(version, 500) };
  return {
    labels: { ...labels, alertname: names[kind], severity: severities[kind], ...named, deploy: deployId },
    annotations: {
      summary: oneLine(title, 300),
      description: reasonLines(reasons, { room: 5_000, each: 1_000, most: 10 }).join('\n'),
    },
    startsAt: instant(isOver ? Math.min(notice.registeredAt, at) : at),
    endsAt: instant(isOver ? at : at + keep),
    ...(page !== null && { generatorURL: page }),
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
