import { z } from 'zod';
import { Duration } from '../core/base/option-schemas.ts';
import { webAddress } from '../core/base/web-address.ts';
import { ExtraHeaders, HttpAddress } from '../net/address.ts';
import { deliver } from '../net/deliver.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import { type Alert, alertsOf } from './alerts.ts';
import { assertVendorAnswer } from './assert-vendor-answer.ts';
import type { NotifierDeps } from './deps.ts';
import { oneLine } from './one-line.ts';
import { reasonLines } from './reason-lines.ts';

const Labels = z.record(
  z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is not the name of a label: it may hold letters, digits and _'),
  z.string().min(1),
);

const options = z.strictObject({
  url: HttpAddress.refine((url) => !/[?#]/.test(url.reveal()), 'must end with the path of Alertmanager: no ? and no #').describe(
    'The address of Alertmanager, with its path if it has one, and without `/api/v2`. `user:password@` is for basic authentication.',
  ),
  headers: ExtraHeaders.optional().describe('Headers to send with every request, such as `Authorization`.'),
  labels: Labels.default({}).describe('Labels to add to every alert, for its routes.'),
  keep: Duration.prefault('24h')
    .refine((ms) => ms >= 60_000 && ms <= 366 * 86_400_000, 'must be from 1m to 366d')
    .describe('How long an alert fires if no notice ends it. Default: 24h.'),
  timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
});

type AlertmanagerOptions = z.output<typeof options>;

const alertNames: Readonly<Record<Alert['kind'], string>> = { trouble: 'BakewatchDeployInTrouble', person: 'BakewatchNeedsPerson' };

/** The severity is a label, and labels identify an alert: so the severity of a kind never changes. */
const severities: Readonly<Record<Alert['kind'], string>> = { trouble: 'warning', person: 'critical' };

/** Idempotent: alerts with the same labels are one alert. */
export const alertmanager = definePlugin({
  type: 'alertmanager',
  summary: 'Fires an alert in Alertmanager while a deploy is in trouble or needs a person, and resolves it afterwards.',
  options,
  example: { url: 'http://127.0.0.1:9093', labels: { team: 'shop' } },
  create: (settings: AlertmanagerOptions, { http }: NotifierDeps): Notifier => ({
    async notify(notice, { signal }) {
      const alerts = alertsOf(notice).map((alert) => toPostableAlert(alert, notice, settings));
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
      assertVendorAnswer('Alertmanager', answer, ({ text }) => !text.trimStart().startsWith('<'));
      return null;
    },
  }),
});

/**
 * Alertmanager drops an alert without an end after a few minutes unless it is sent again. So each alert has an end: when it ended, or `keep` from now.
 */
function toPostableAlert({ kind, severity }: Alert, notice: Notice, { labels, keep }: AlertmanagerOptions) {
  const { deployId, service, environment, version, summary, reasons, details, at } = notice;
  const lineLimits = { totalLength: 5_000, lineLength: 1_000, maxLines: 10 };
  const lines = [...reasonLines(reasons, lineLimits), ...reasonLines(details, { ...lineLimits, bullet: '' })];
  const page = webAddress(notice.url, 2_000);
  const isOver = severity === null;
  const names = { service: oneLine(service, 500), environment: oneLine(environment, 500), version: oneLine(version, 500) };
  return {
    labels: { ...labels, alertname: alertNames[kind], severity: severities[kind], ...names, deploy: deployId },
    annotations: {
      summary: oneLine(summary, 300),
      description: lines.join('\n'),
    },
    startsAt: isoTime(isOver ? Math.min(notice.registeredAt, at) : at),
    endsAt: isoTime(isOver ? at : at + keep),
    ...(page !== null && { generatorURL: page }),
  };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
