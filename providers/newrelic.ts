import { z } from 'zod';
import { Duration, SecretText } from '../src/core/base/option-schemas.ts';
import { nerdGraphUrls } from '../src/net/nerdgraph.ts';
import { definePlugin } from '../src/ports/plugin.ts';
import type { MetricsProvider } from '../src/ports/provider.ts';
import type { ProviderPlugin } from '../src/ports/provider-plugin.ts';
import type { ProviderDeps } from './deps.ts';
import { createApi } from './newrelic/api.ts';
import { createFetch } from './newrelic/fetch.ts';
import { lintNrql } from './newrelic/lint.ts';

const usualLimits = { concurrency: 5, per_second: 20 };

const Limits = z.strictObject({
  concurrency: z
    .int()
    .min(1)
    .max(25)
    .default(usualLimits.concurrency)
    .describe('Requests at once; New Relic allows 25 a user. Default: 5.'),
  per_second: z
    .number()
    .positive()
    .max(50)
    .default(usualLimits.per_second)
    .describe('Requests a second; New Relic allows 3,000 a minute an account, which others ask too. Default: 20.'),
});

const Options = z
  .strictObject({
    account: z.int().min(1).max(2_147_483_647).describe('The number of the account.'),
    key: SecretText.refine((key) => /^[ -~]+$/.test(key.reveal()), 'must be one line of printable ASCII').describe(
      'A user key (NRAK-…): license and browser keys cannot ask.',
    ),
    region: z.enum(['us', 'eu', 'jp', 'gov']).optional().describe('Where the account lives. Default: us.'),
    url: z
      .string()
      .refine(isPlainAddress, 'must be an http:// or https:// address without a user, a query or a fragment')
      .optional()
      .describe('The address of NerdGraph, instead of `region`, as for a proxy.'),
    timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
    settle: Duration.default(120_000).describe(
      'How long after its end a tick may still change: agents send their events every 5 s to 60 s, and they take a while to be found. Default: 2m.',
    ),
    retention: Duration.default(691_200_000).describe(
      'How long the events that are asked about are kept; older ones would be counted as 0, and are left out. Default: 8d.',
    ),
    limits: Limits.default(usualLimits).describe('How hard New Relic may be asked.'),
  })
  .refine(({ region, url }) => region === undefined || url === undefined, 'has both region and url: give one of them');

const plugin = definePlugin<MetricsProvider, ProviderDeps, typeof Options>({
  type: 'newrelic',
  summary: 'New Relic: counts, percentiles and other numbers by NRQL, over NerdGraph.',
  options: Options,
  example: { account: 1234567, key: 'NRAK-PLACEHOLDER', region: 'eu' },
  create: ({ account, key, region = 'us', url, timeout, retention }, { http }) => {
    const ask = createApi({ url: url ?? nerdGraphUrls[region], account, key, timeoutMs: timeout }, http);
    return {
      fetchSeries: createFetch({ ask, retentionMs: retention, now: Date.now }),
      // A query rather than a look at the user: only a query proves that this account may be asked.
      ping: async (signal) => {
        await ask('SELECT count(*) FROM Transaction SINCE 1 minute ago', signal);
      },
    };
  },
});

/** Reads New Relic over NerdGraph. */
export const newrelic: ProviderPlugin<ProviderDeps> = {
  ...plugin,
  // Every query is NRQL, whether its events are counted or its number is taken: `lintQuery` sees them all.
  lintSelector: () => null,
  lintQuery: lintNrql,
  maxTicks: 366,
  settleMs: (options) => Options.parse(options).settle,
  limits: (options) => {
    const { concurrency, per_second } = Options.parse(options).limits;
    return { concurrency, perSecond: per_second };
  },
};

function isPlainAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return false;
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}
