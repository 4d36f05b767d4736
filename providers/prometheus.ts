import { z } from 'zod';
import { Duration, SecretText } from '../src/core/base/option-schemas.ts';
import { ExtraHeaders, isServerAddress } from '../src/net/address.ts';
import { createLogin } from '../src/net/login/create-login.ts';
import { type Login, withLogin } from '../src/net/login/login.ts';
import { loginOptions, loginOptionsFault } from '../src/net/login/login-options.ts';
import { defineProvider } from './define-provider.ts';
import { GrafanaOption } from './grafana-explore.ts';
import { LimitsOption } from './limits-option.ts';
import { createApi, type PrometheusApiOptions } from './prometheus/api.ts';
import { createSources } from './prometheus/counters.ts';
import { describeServer } from './prometheus/describe-server.ts';
import { flavorOf, flavors, traitsOf } from './prometheus/flavor.ts';
import { createFetch } from './prometheus/forms.ts';
import { createInspect } from './prometheus/inspect.ts';
import { createJoins } from './prometheus/joins.ts';
import { measureLag } from './prometheus/lag.ts';
import { lintMatchers, lintPromql, simplifySelector } from './prometheus/lint.ts';
import { lintSplit } from './prometheus/lint-split.ts';
import { createPropose } from './prometheus/propose.ts';
import { lintSelector } from './prometheus/selector.ts';
import { viewersOf } from './prometheus/viewers.ts';

const PrometheusOptions = z
  .strictObject({
    url: z
      .string()
      .refine(isBaseUrl, 'must be the http:// or https:// address of Prometheus, without a user, a query or /api/v1')
      .describe('The address of the server, with its path prefix if it has one, and without `/api/v1`.'),
    ...loginOptions,
    headers: ExtraHeaders.default({}).describe('Additional headers of every request.'),
    timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
    flavor: z
      .enum(flavors)
      .optional()
      .describe('What the server is. Default: what its address shows. Differences that matter to verdicts are measured at the server.'),
    tenant: SecretText.refine((tenant) => /^[!-~]+$/.test(tenant.reveal()), 'must be one word of printable ASCII')
      .optional()
      .describe('The tenant whose data is read, for Mimir, Loki and others: the header `X-Scope-OrgID`.'),
    public_url: z
      .string()
      .refine(isBaseUrl, 'must be the http:// or https:// address of Prometheus, without a user, a query or /api/v1')
      .optional()
      .describe("Where people's browsers reach the server: the page of a deploy opens its queries there. Default: no such links."),
    grafana: GrafanaOption,
    settle: Duration.optional().describe(
      'How long after its end a tick may still change, because scrapes are late. Default: 5s; 15s for thanos, mimir, amazon and azure, 60s for google, 2m for cloudwatch. A server that hides more of the newest time gets 5s more than it hides.',
    ),
    fuse: z
      .boolean()
      .default(true)
      .describe(
        'Whether selectors that are asked for at the same moment and differ only in values of labels share one request. Each gets exactly its own series. Default: true.',
      ),
    limits: LimitsOption,
  })
  .superRefine((options, context) => {
    const hasTwoTenants = options.tenant !== undefined && Object.keys(options.headers).some((name) => name.toLowerCase() === tenantHeader);
    const fault = loginOptionsFault(options) ?? (hasTwoTenants ? 'has both tenant and the header X-Scope-OrgID: give one of them' : null);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });

const tenantHeader = 'x-scope-orgid';

type PrometheusOptions = z.output<typeof PrometheusOptions>;

/** Reads Prometheus over its HTTP API. */
export const prometheus = defineProvider({
  type: 'prometheus',
  summary: 'Prometheus, or any server with its query API: raw counters for exact counts, PromQL for the rest.',
  options: PrometheusOptions,
  example: { url: 'https://prometheus.example.com', bearer: 'a token', timeout: '10s' },
  hasAlerts: true,
  lintSelector,
  lintQuery: lintPromql,
  lintMatchers,
  simplifySelector,
  lintSplit,
  settleMs: (options) => options.settle ?? traitsOf(flavorOf(options)).settleMs,
  limits: ({ limits: { concurrency, per_second } }) => ({ concurrency, perSecond: per_second }),
  viewers: viewersOf,
  create: (options, { http, otherHttp = http, run }) => {
    const awsService = flavorOf(options) === 'cloudwatch' ? 'monitoring' : 'aps';
    const login = createLogin(options, { http: otherHttp, run, awsService });
    const api = createApi(toApi(options, login), withLogin(http, login));
    const sources = createSources(api);
    const now = http.now ?? Date.now;
    let lagMs: number | null = null;
    return {
      fetchSeries: createFetch(sources),
      ...(options.fuse && { joins: createJoins(sources) }),
      inspect: createInspect(api),
      propose: createPropose(api),
      // Only a query proves that our credentials work: a health page needs none.
      ping: async (signal) => {
        lagMs = await measureLag(api, now(), signal);
      },
      lagMs: () => lagMs,
      describe: async (signal) => await describeServer(api, { known: flavorOf(options), now: now() }, signal),
    };
  },
});

function toApi(options: PrometheusOptions, login: Login): PrometheusApiOptions {
  const { url, ca, timeout, tenant, client_cert: cert, client_key: key } = options;
  const headers = { ...options.headers, ...(tenant && { [tenantHeader]: tenant }) };
  return {
    url,
    headers,
    secrets: () => [...login.secrets(), ...Object.values(headers)],
    timeoutMs: timeout,
    traits: traitsOf(flavorOf(options)),
    ca,
    certificate: cert !== undefined && key ? { cert, key } : undefined,
  };
}

function isBaseUrl(text: string): boolean {
  return isServerAddress(text) && !/\/api\/v1\/?$/.test(new URL(text).pathname);
}
