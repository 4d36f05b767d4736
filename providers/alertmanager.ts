import { z } from 'zod';
import { ProviderError } from '../src/core/base/errors.ts';
import { Duration } from '../src/core/base/option-schemas.ts';
import { ExtraHeaders, ServerAddress } from '../src/net/address.ts';
import { excerptOf } from '../src/net/excerpt.ts';
import type { HttpResponse } from '../src/net/http.ts';
import { loginOptions, loginOptionsFault } from '../src/net/login/login-options.ts';
import type { AlertRun } from '../src/ports/provider.ts';
import { askHttp } from './ask-http.ts';
import { defineProvider } from './define-provider.ts';
import { badResponse, type Vendor, type VendorFault } from './refusal.ts';
import { accessOf } from './server-access.ts';

const AlertmanagerSettings = z
  .strictObject({
    url: ServerAddress.describe('The address of Alertmanager, with its path prefix if it has one, and without `/api/v2`.'),
    ...loginOptions,
    headers: ExtraHeaders.default({}).describe('Additional headers of every request, such as `X-Scope-OrgID`.'),
    timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
  })
  .superRefine((options, context) => {
    const fault = loginOptionsFault(options);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });

const onlyAlerts = 'Alertmanager knows alerts only: write `alert:` in the rules';
const maxBytes = 16_777_216;

/** Asks Alertmanager which alerts fire now. It knows neither pending alerts nor rules, and nothing of alerts that ended. */
export const alertmanager = defineProvider({
  type: 'alertmanager',
  summary: 'Alertmanager: which alerts fire now, for checks with `alert`.',
  options: AlertmanagerSettings,
  example: { url: 'http://127.0.0.1:9093' },
  hasAlerts: true,
  lintSelector: () => onlyAlerts,
  lintQuery: () => ({ message: onlyAlerts, hint: 'or name another provider' }),
  settleMs: () => 0,
  limits: () => ({ concurrency: 4, perSecond: null }),
  create: ({ url, timeout, ...options }, deps) => {
    const { http, headers, tls, secrets } = accessOf(options, deps);
    const vendor: Vendor = {
      name: 'Alertmanager',
      url,
      get secrets() {
        return secrets();
      },
      readFault,
      hints: { 404: 'is the path of the url right, up to but without /api/v2?' },
      tooLarge: 'match fewer alerts',
    };
    const ask = async (path: string, signal: AbortSignal): Promise<string> => {
      const request = {
        method: 'GET',
        url: `${url.replace(/\/+$/, '')}/api/v2${path}`,
        headers: headers(),
        timeoutMs: timeout,
        maxBytes,
        ...tls,
      } as const;
      return (await askHttp({ http, vendor }, request, signal)).text;
    };
    return {
      fetchSeries: async (query, signal) => {
        if (query.form !== 'alert') throw new ProviderError('bad_query', onlyAlerts);
        const filters = new URLSearchParams();
        for (const [label, value] of Object.entries(query.match)) filters.append('filter', `${label}=${JSON.stringify(value)}`);
        const alerts = readAlerts(await ask(`/alerts?${filters}`, signal));
        const { to, stepMs } = query.window;
        return { shape: 'alerts', series: [], alerts, unknown: null, knownFrom: to - stepMs };
      },
      ping: async (signal) => {
        const status = z.object({ versionInfo: z.object({}) }).safeParse(parseJson(await ask('/status', signal)));
        if (!status.success) throw badResponse('Alertmanager', 'it holds no status');
      },
    };
  },
});

const Texts = z.record(z.string(), z.string());
const ShownAlert = z.object({
  labels: Texts,
  annotations: Texts.default({}),
  startsAt: z.iso.datetime({ offset: true }),
  status: z.object({ silencedBy: z.array(z.string()).default([]), inhibitedBy: z.array(z.string()).default([]) }),
});

/** Alertmanager lists the alerts that fire, silenced and inhibited ones too. `startsAt`: since when it fires, without the time for which it was pending. */
function readAlerts(text: string): readonly AlertRun[] {
  const reply = z.array(ShownAlert).safeParse(parseJson(text));
  if (!reply.success) throw badResponse('Alertmanager', 'it holds no list of alerts');
  return reply.data.map(({ labels, annotations, startsAt, status }) => ({
    name: labels.alertname ?? 'an alert',
    summary: excerptOf(annotations.summary ?? annotations.description ?? annotations.message ?? ''),
    labels,
    activeAt: Date.parse(startsAt),
    firingAt: Date.parse(startsAt),
    endedAt: null,
    muted: status.silencedBy.length > 0 ? 'silenced' : status.inhibitedBy.length > 0 ? 'inhibited' : null,
  }));
}

/** Alertmanager answers 400 with a string to a filter that it cannot read. */
function readFault({ status, text }: HttpResponse): VendorFault | null {
  const message = z.string().safeParse(parseJson(text));
  return status === 400 && message.success ? { kind: 'bad_query', message: message.data } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The message of the parser would quote the body.
  }
}
