import { defineProvider } from './define-provider.ts';
import { grafanaExplore } from './grafana-explore.ts';
import { createLoki } from './loki/fetch.ts';
import { lintLogql } from './loki/lint.ts';
import { LokiOptions } from './loki/options.ts';

/** Reads counts, rates and other numbers of log lines. */
export const loki = defineProvider({
  type: 'loki',
  summary: 'Grafana Loki: counts, rates and other numbers of log lines by LogQL.',
  options: LokiOptions,
  example: { url: 'https://loki.example.com', tenant: 'shop', bearer: 'a token' },
  lintSelector: () => 'Loki has lines and no counters: write `{ query: \'sum(count_over_time({app="$service"} |= "error" [$step]))\' }`',
  lintQuery: lintLogql,
  // Loki returns at most 11,000 points per series. Smaller pieces also stay below the time that a query may take.
  maxTicks: 5_000,
  settleMs: ({ settle }) => settle,
  limits: ({ limits: { concurrency, per_second } }) => ({ concurrency, perSecond: per_second }),
  viewers: ({ grafana }) =>
    grafanaExplore(grafana, {
      type: 'loki',
      textsOf: ({ queries }) => queries.flatMap(({ form, query }) => (form === 'events' || form === 'gauge' ? [query] : [])),
    }),
  create: createLoki,
});
