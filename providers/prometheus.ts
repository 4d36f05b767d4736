import { z } from 'zod';
import { Duration, SecretText } from '../src/core/base/option-schemas.ts';
import { Secret } from '../src/core/base/secret.ts';
import { ExtraHeaders } from '../src/net/address.ts';
import { definePlugin } from '../src/ports/plugin.ts';
import type { MetricsProvider } from '../src/ports/provider.ts';
import type { ProviderPlugin } from '../src/ports/provider-plugin.ts';
import type { ProviderDeps } from './deps.ts';
import { createApi, type PrometheusApiOptions } from './prometheus/api.ts';
import { createFetch } from './prometheus/forms.ts';
import { lintSelector } from './prometheus/selector.ts';

const Limits = z.strictObject({
  concurrency: z.int().min(1).max(100).default(4).describe('Requests at once. Default: 4.'),
  per_second: z.number().positive().max(10_000).nullable().default(null).describe('Requests a second. Default: as many as come.'),
});

const PrometheusOptions = z
  .strictObject({
    url: z
      .string()
      .refine(isBaseUrl, 'must be the http:// or https:// address of Prometheus, without a user, a query or /api/v1')
      .describe('The address of the server, with a path where it is served below one, and without `/api/v1`.'),
    bearer: SecretText.refine((token) => /^[!-~ ]+$/.test(token.reveal()), 'must be one line of printable ASCII')
      .optional()
      .describe('A bearer token to show.'),
    basic: z
      .strictObject({ user: z.string().min(1).describe('The name of the user.'), password: SecretText.describe('The password.') })
      .optional()
      .describe('Name and password to show, instead of `bearer`.'),
    headers: ExtraHeaders.default({}).describe('Headers to send with every request, such as `X-Scope-OrgID`.'),
    ca: z
      .string()
      .includes('-----BEGIN CERTIFICATE-----', 'must be PEM text')
      .optional()
      .describe('The authorities to trust for this server, and no others, as PEM text: `file:PATH`. Default: those that Node trusts.'),
    timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
    settle: Duration.default(5_000).describe('How long after its end a tick may still change: scrapes take their time. Default: 5s.'),
    limits: Limits.default({ concurrency: 4, per_second: null }).describe('How hard the server may be asked.'),
  })
  .refine(({ bearer, basic }) => !bearer || !basic, 'has both bearer and basic: the server expects one of them');

type PrometheusOptions = z.output<typeof PrometheusOptions>;

const plugin = definePlugin<MetricsProvider, ProviderDeps, typeof PrometheusOptions>({
  type: 'prometheus',
  summary: 'Prometheus, or any server with its query API: raw counters for exact counts, PromQL for the rest.',
  options: PrometheusOptions,
  example: { url: 'https://prometheus.example.com', bearer: 'a token', timeout: '10s' },
  create: (options, { http }) => {
    const api = createApi(toApi(options), http);
    return {
      fetchSeries: createFetch(api),
      // A query rather than a health page: only a query proves that we are let in.
      ping: async (signal) => {
        await api.instant('1', Date.now(), signal);
      },
    };
  },
});

/** Reads Prometheus over its HTTP API. */
export const prometheus: ProviderPlugin<ProviderDeps> = {
  ...plugin,
  lintSelector,
  settleMs: (options) => PrometheusOptions.parse(options).settle,
  limits: (options) => {
    const { concurrency, per_second } = PrometheusOptions.parse(options).limits;
    return { concurrency, perSecond: per_second };
  },
};

function toApi({ url, bearer, basic, headers, ca, timeout }: PrometheusOptions): PrometheusApiOptions {
  const pair = basic && new Secret(Buffer.from(`${basic.user}:${basic.password.reveal()}`).toString('base64'));
  const authorization = bearer ? new Secret(`Bearer ${bearer.reveal()}`) : pair && new Secret(`Basic ${pair.reveal()}`);
  return {
    url,
    headers: { ...headers, ...(authorization && { authorization }) },
    secrets: [bearer, basic?.password, pair, ...Object.values(headers)].filter((secret) => secret !== undefined),
    timeoutMs: timeout,
    ca,
  };
}

function isBaseUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return false;
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '' && !/\/api\/v1\/?$/.test(url.pathname);
}
