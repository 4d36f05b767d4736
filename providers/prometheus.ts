import { z } from 'zod';
import { Duration } from '../src/core/base/option-schemas.ts';
import { ExtraHeaders, isServerAddress } from '../src/net/address.ts';
import { createLogin } from '../src/net/login/create-login.ts';
import { type Login, withLogin } from '../src/net/login/login.ts';
import { loginOptions, loginOptionsFault } from '../src/net/login/login-options.ts';
import { defineProvider } from './define-provider.ts';
import { createApi, type PrometheusApiOptions } from './prometheus/api.ts';
import { createSources } from './prometheus/counters.ts';
import { createFetch } from './prometheus/forms.ts';
import { createInspect } from './prometheus/inspect.ts';
import { createJoins } from './prometheus/joins.ts';
import { lintMatchers, lintPromql, simplifySelector } from './prometheus/lint.ts';
import { createPropose } from './prometheus/propose.ts';
import { lintSplit } from './prometheus/lint-split.ts';
import { lintSelector } from './prometheus/selector.ts';

const Limits = z.strictObject({
  concurrency: z.int().min(1).max(100).default(4).describe('Maximum number of concurrent requests of all servers together. Default: 4.'),
  per_second: z
    .number()
    .positive()
    .max(10_000)
    .nullable()
    .default(null)
    .describe('Maximum number of requests per second of all servers together. Default: unlimited.'),
});

const PrometheusOptions = z
  .strictObject({
    url: z
      .string()
      .refine(isBaseUrl, 'must be the http:// or https:// address of Prometheus, without a user, a query or /api/v1')
      .describe('The address of the server, with its path prefix if it has one, and without `/api/v1`.'),
    ...loginOptions,
    headers: ExtraHeaders.default({}).describe('Additional headers of every request, such as `X-Scope-OrgID`.'),
    timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
    settle: Duration.default(5_000).describe('How long after its end a tick may still change, because scrapes are late. Default: 5s.'),
    fuse: z
      .boolean()
      .default(true)
      .describe(
        'Whether selectors that are asked for at the same moment and differ only in values of labels share one request. Each gets exactly its own series. Default: true.',
      ),
    limits: Limits.default({ concurrency: 4, per_second: null }).describe('Limits of the requests to the server.'),
  })
  .superRefine((options, context) => {
    const fault = loginOptionsFault(options);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });

type PrometheusOptions = z.output<typeof PrometheusOptions>;

/** Reads Prometheus over its HTTP API. */
export const prometheus = defineProvider({
  type: 'prometheus',
  summary: 'Prometheus, or any server with its query API: raw counters for exact counts, PromQL for the rest.',
  options: PrometheusOptions,
  example: { url: 'https://prometheus.example.com', bearer: 'a token', timeout: '10s' },
  lintSelector,
  lintQuery: lintPromql,
  lintMatchers,
  simplifySelector,
  lintSplit,
  settleMs: ({ settle }) => settle,
  limits: ({ limits: { concurrency, per_second } }) => ({ concurrency, perSecond: per_second }),
  create: (options, { http, otherHttp = http, run }) => {
    const login = createLogin(options, { http: otherHttp, run, awsService: 'aps' });
    const api = createApi(toApi(options, login), withLogin(http, login));
    const sources = createSources(api);
    return {
      fetchSeries: createFetch(sources),
      ...(options.fuse && { joins: createJoins(sources) }),
      inspect: createInspect(api),
      propose: createPropose(api),
      // Only a query proves that our credentials work: a health page needs none.
      ping: async (signal) => {
        await api.instant('1', (http.now ?? Date.now)(), signal);
      },
    };
  },
});

function toApi({ url, headers, ca, timeout, client_cert: cert, client_key: key }: PrometheusOptions, login: Login): PrometheusApiOptions {
  return {
    url,
    headers,
    secrets: () => [...login.secrets(), ...Object.values(headers)],
    timeoutMs: timeout,
    ca,
    certificate: cert !== undefined && key ? { cert, key } : undefined,
  };
}

function isBaseUrl(text: string): boolean {
  return isServerAddress(text) && !/\/api\/v1\/?$/.test(new URL(text).pathname);
}
