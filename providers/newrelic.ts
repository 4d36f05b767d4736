import { z } from 'zod';
import { Duration, SecretText } from '../src/core/base/option-schemas.ts';
import { ServerAddress } from '../src/net/address.ts';
import { nerdGraphUrls } from '../src/net/nerdgraph.ts';
import { defineProvider } from './define-provider.ts';
import { createApi } from './newrelic/api.ts';
import { createFetch } from './newrelic/fetch.ts';
import { lintNrql } from './newrelic/lint.ts';

const defaultLimits = { concurrency: 5, per_second: 20 };

const Limits = z.strictObject({
  concurrency: z
    .int()
    .min(1)
    .max(25)
    .default(defaultLimits.concurrency)
    .describe('Maximum number of concurrent requests of all servers together. New Relic allows 25 per user. Default: 5.'),
  per_second: z
    .number()
    .positive()
    .max(50)
    .default(defaultLimits.per_second)
    .describe(
      'Maximum number of requests per second of all servers together. New Relic allows 3,000 per minute for the whole account. Default: 20.',
    ),
});

const Options = z
  .strictObject({
    account: z.int().min(1).max(2_147_483_647).describe('The ID of the account.'),
    key: SecretText.refine((key) => /^[ -~]+$/.test(key.reveal()), 'must be one line of printable ASCII').describe(
      'A user key (NRAK-…). License and browser keys cannot run queries.',
    ),
    region: z.enum(['us', 'eu', 'jp', 'gov']).optional().describe('The region of the account. Default: us.'),
    url: ServerAddress.optional().describe('The address of NerdGraph or of a proxy, instead of `region`.'),
    timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
    settle: Duration.default(120_000).describe(
      'How long after its end a tick may still change. Agents send events every 5 s to 60 s, and New Relic needs time to index them. Default: 2m.',
    ),
    retention: Duration.default(691_200_000).describe(
      'How long New Relic keeps the events of your queries. Older ticks would count as 0, so they are not queried. Default: 8d.',
    ),
    limits: Limits.default(defaultLimits).describe('Limits of the requests to New Relic.'),
  })
  .refine(({ region, url }) => region === undefined || url === undefined, 'has both region and url: give one of them');

/** Reads New Relic over NerdGraph. */
export const newrelic = defineProvider({
  type: 'newrelic',
  summary: 'New Relic: counts, percentiles and other numbers by NRQL, over NerdGraph.',
  options: Options,
  example: { account: 1234567, key: 'NRAK-PLACEHOLDER', region: 'eu' },
  // Every query is NRQL, whether its events are counted or its number is read, so `lintQuery` checks all of them.
  lintSelector: () => null,
  lintQuery: lintNrql,
  maxTicks: 366,
  settleMs: ({ settle }) => settle,
  limits: ({ limits: { concurrency, per_second } }) => ({ concurrency, perSecond: per_second }),
  create: ({ account, key, region = 'us', url, timeout, retention }, { http }) => {
    const ask = createApi({ url: url ?? nerdGraphUrls[region], account, key, timeoutMs: timeout }, http);
    return {
      fetchSeries: createFetch({ ask, retentionMs: retention, now: http.now ?? Date.now }),
      // Only a query proves that the key may read this account.
      ping: async (signal) => {
        await ask('SELECT count(*) FROM Transaction SINCE 1 minute ago', signal);
      },
    };
  },
});
