import { z } from 'zod';
import { Duration, SecretText } from '../src/core/base/option-schemas.ts';
import { ServerAddress } from '../src/net/address.ts';
import { createApi } from './datadog/api.ts';
import { createFetch, inParts } from './datadog/fetch.ts';
import { lintMatchers, lintQuery } from './datadog/lint.ts';
import { fetchMonitors } from './datadog/monitors.ts';
import { defineProvider } from './define-provider.ts';
import { joinsByWindow } from './joins-by-window.ts';

/** The hosts of Datadog's sites. */
const hosts = {
  us1: 'api.datadoghq.com',
  us3: 'api.us3.datadoghq.com',
  us5: 'api.us5.datadoghq.com',
  eu: 'api.datadoghq.eu',
  uk1: 'api.uk1.datadoghq.com',
  ap1: 'api.ap1.datadoghq.com',
  ap2: 'api.ap2.datadoghq.com',
  gov: 'api.ddog-gov.com',
  gov2: 'api.us2.ddog-gov.com',
} as const;

const Key = SecretText.refine((key) => /^[ -~]+$/.test(key.reveal()), 'must be one line of printable ASCII');

const defaultLimits = { concurrency: 4, per_second: 5 };

const Limits = z.strictObject({
  concurrency: z
    .int()
    .min(1)
    .max(50)
    .default(defaultLimits.concurrency)
    .describe('Maximum number of concurrent requests of all servers together. Default: 4.'),
  per_second: z
    .number()
    .positive()
    .max(100)
    .default(defaultLimits.per_second)
    .describe(
      'Maximum number of requests per second of all servers together. When Datadog says that its own limit is used up, no request is sent until it begins anew. Default: 5.',
    ),
});

const Options = z
  .strictObject({
    api_key: Key.describe('An API key of the organization.'),
    app_key: Key.describe('An application key with the scope `timeseries_query`, and `monitors_read` for checks with `alert`.'),
    site: z
      .enum(['us1', 'us3', 'us5', 'eu', 'uk1', 'ap1', 'ap2', 'gov', 'gov2'])
      .optional()
      .describe('The site of the organization, such as eu for app.datadoghq.eu. Default: us1.'),
    url: ServerAddress.optional().describe('The address of the API or of a proxy, instead of `site`.'),
    timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
    settle: Duration.default(60_000).describe(
      'How long after its end a tick may still change. Agents send every 10 s to 15 s; metrics of cloud integrations are minutes late. Default: 1m.',
    ),
    limits: Limits.default(defaultLimits).describe('Limits of the requests to Datadog.'),
  })
  .refine(({ site, url }) => site === undefined || url === undefined, 'has both site and url: give one of them');

/** Reads Datadog over its API for time series. */
export const datadog = defineProvider({
  type: 'datadog',
  summary: 'Datadog: counts, percentiles and other numbers by metric queries, and monitors as alerts.',
  options: Options,
  example: { api_key: 'an API key', app_key: 'an application key', site: 'eu' },
  // Every query has one language, whether its events are counted or its number is read, so `lintQuery` checks all of them.
  lintSelector: () => null,
  lintQuery,
  lintMatchers,
  hasAlerts: true,
  // Datadog chooses a longer interval where it would return too many points. Its graphs have never had fewer than 350.
  maxTicks: 300,
  settleMs: ({ settle }) => settle,
  limits: ({ limits: { concurrency, per_second } }) => ({ concurrency, perSecond: per_second }),
  create: ({ api_key, app_key, site = 'us1', url, timeout }, { http }) => {
    const api = createApi({ url: url ?? `https://${hosts[site]}`, apiKey: api_key, appKey: app_key, timeoutMs: timeout }, http);
    const fetchTogether = createFetch(api);
    return {
      fetchSeries: async (query, signal) => {
        if (query.form === 'alert') return await fetchMonitors(api, query, signal);
        const [answer] = await fetchTogether([query], signal);
        if (answer === undefined) throw new Error('no answer for one query');
        return answer;
      },
      joins: joinsByWindow(fetchTogether, inParts),
      // Only a query proves that the application key may make queries.
      ping: async (signal) => {
        const now = (http.now ?? Date.now)();
        const queries = [{ name: 'q0', query: 'avg:system.cpu.user{*}' }];
        await api.timeseries({ from: now - 60_000, to: now, interval: 60_000, queries, formulas: ['q0'] }, signal);
      },
    };
  },
});
