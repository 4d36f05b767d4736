import { z } from 'zod';
import { Duration } from '../src/core/base/option-schemas.ts';
import { ServerAddress } from '../src/net/address.ts';
import { awsKeyOptions, awsKeysFault, createAwsKeySource } from '../src/net/aws-keys.ts';
import { fetchAlarms } from './cloudwatch/alarms.ts';
import { createApi } from './cloudwatch/api.ts';
import { createFetch, inParts } from './cloudwatch/fetch.ts';
import { lintMatchers, lintQuery } from './cloudwatch/lint.ts';
import { defineProvider } from './define-provider.ts';
import { joinsByWindow } from './joins-by-window.ts';

const defaultLimits = { concurrency: 4, per_second: 10 };

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
    .max(500)
    .default(defaultLimits.per_second)
    .describe(
      'Maximum number of requests per second of all servers together. AWS allows an account 50 in each region, unless it raises the quota. Default: 10.',
    ),
});

const Options = z
  .strictObject({
    region: z
      .string()
      .regex(/^[a-z]{2,}(?:-[a-z]+)+-\d+$/, 'must be a region, such as eu-west-1')
      .describe('The region of the metrics, such as eu-west-1.'),
    ...awsKeyOptions,
    url: ServerAddress.optional().describe(
      'The address of an endpoint in your VPC, a FIPS endpoint or a proxy. Default: that of the region.',
    ),
    timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
    settle: Duration.default(120_000).describe(
      'How long after its end a tick may still change. Metrics with a point a minute are complete after about 2 minutes; those with one in 5 minutes later. Default: 2m.',
    ),
    limits: Limits.default(defaultLimits).describe('Limits of the requests to CloudWatch.'),
  })
  .superRefine((options, context) => {
    const fault = awsKeysFault(options);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });

/** Reads CloudWatch by `GetMetricData`. */
export const cloudwatch = defineProvider({
  type: 'cloudwatch',
  summary: 'CloudWatch: sums, percentiles and other statistics of metrics, with metric math, and alarms as alerts.',
  options: Options,
  example: { region: 'eu-west-1', access_key: 'AKIAIOSFODNN7EXAMPLE', secret_key: 'the secret of this key' },
  // Every query has one language, whether its events are counted or its number is read, so `lintQuery` checks all of them.
  lintSelector: () => null,
  lintQuery,
  lintMatchers,
  hasAlerts: true,
  maxTicks: 1_440,
  settleMs: ({ settle }) => settle,
  limits: ({ limits: { concurrency, per_second } }) => ({ concurrency, perSecond: per_second }),
  create: ({ region, url, timeout, ...keys }, { http }) => {
    const call = createApi({ url: url ?? addressOf(region), region, keys: createAwsKeySource(keys), timeoutMs: timeout }, http);
    const fetchTogether = createFetch(call);
    return {
      fetchSeries: async (query, signal) => {
        if (query.form === 'alert') return await fetchAlarms(call, query, signal);
        const [answer] = await fetchTogether([query], signal);
        if (answer === undefined) throw new Error('no answer for one query');
        return answer;
      },
      joins: joinsByWindow(fetchTogether, inParts),
      // Only a query proves that the keys may read metrics. It need not find one.
      ping: async (signal) => {
        const to = Math.floor((http.now ?? Date.now)() / 60_000) * 60_000;
        const window = { from: to - 60_000, to, stepMs: 60_000 };
        await fetchTogether([{ form: 'gauge', query: 'AWS/Usage:CallCount{}:Sum', window }], signal);
      },
    };
  },
});

function addressOf(region: string): string {
  return `https://monitoring.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
