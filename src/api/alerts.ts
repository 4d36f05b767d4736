import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { visibleText } from '../core/base/visible-text.ts';
import { type SentAlert, takeAlerts } from '../usecases/take-alerts.ts';
import { type ApiEnv, demand } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { name } from './request-schemas.ts';
import { body, json, operation, refusedChanges } from './route-parts.ts';

export const alertsPath = '/v1/alerts';
export const maxAlertsBytes = 1024 * 1024;
const maxSummaryLength = 300;

const Texts = z.record(z.string(), z.string());
const Instant = z.iso.datetime({ offset: true });

const Alert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: Texts,
  annotations: Texts.nullish(),
  startsAt: Instant,
  endsAt: Instant.nullish(),
  fingerprint: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
});

const AlertsBody = z
  .looseObject({
    version: z.enum(['4', '1']).openapi({ description: "4: Alertmanager's webhook; 1: Grafana's" }),
    alerts: z.array(Alert).max(1_000),
  })
  .openapi('Alerts');

const Counts = z
  .object({
    taken: z.int(),
    dropped: z.int().openapi({ description: 'alerts of no known service, or of one that the token may not report' }),
  })
  .openapi('AlertCounts');

const alerts = createRoute({
  method: 'post',
  path: alertsPath,
  summary: 'Take alerts from Alertmanager or Grafana',
  description:
    "Takes the body of Alertmanager's webhook (version 4) and of Grafana's; unknown keys are ignored. Needs a token that may `alert`. The labels `service` and `environment` say what an alert belongs to. Idempotent.",
  ...operation('receiveAlerts', 'Inboxes'),
  request: {
    query: z.object({
      service: name('the service of alerts without the label `service`', 'shop').optional(),
      environment: name('the environment of alerts without the label `environment`', 'production').optional(),
    }),
    ...body(AlertsBody),
  },
  responses: { 202: { description: 'What became of the alerts', content: json(Counts) }, ...refusedChanges() },
});

/** Mounts the receiver of alerts. */
export function mountAlerts(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(alerts, async (c) => {
    const caller = demand(c, 'alert');
    const at = deps.clock.now();
    const request = {
      sender: caller.name,
      at,
      alerts: c.req.valid('json').alerts.map((alert) => sentAlert(alert, at)),
      defaults: c.req.valid('query'),
      mayFor: (service: string, environment: string) => caller.may('alert', { service, environment }),
    };
    return c.json(await takeAlerts(deps, request), 202);
  });
}

function sentAlert({ labels, annotations, startsAt, status, endsAt, fingerprint }: z.output<typeof Alert>, at: number): SentAlert {
  const { summary, description, message } = annotations ?? {};
  const begin = Date.parse(startsAt);
  // An alert that fires has the end 0001-01-01, or one that is only expected.
  const end = endsAt ? Date.parse(endsAt) : at;
  return {
    fingerprint,
    labels,
    summary: visibleText((summary ?? description ?? message ?? '').replace(/\s+/gu, ' ').trim()).slice(0, maxSummaryLength),
    startsAt: begin,
    endedAt: status === 'firing' ? null : Math.max(begin, end),
  };
}
