import { nameProblem } from '../../src/core/base/name-pattern.ts';
import type { Window } from '../../src/core/base/window.ts';
import type { Proposals, ProposedCheck, ServiceProposal } from '../../src/core/rules/proposal.ts';
import type { Labels } from '../../src/core/series/answer.ts';
import type { PrometheusApi } from './api.ts';
import { environmentLabelOf, failedRequests, type RequestMetric, requestMetricsOf, serviceLabelOf } from './request-metrics.ts';

/** The number of series of a metric that are looked at to see which labels it has. */
const maxSeries = 1_000;

/** A metric of requests with the labels that tell its series apart. `places`: the values of both labels that occur. */
type KnownMetric = RequestMetric & {
  readonly serviceLabel: string;
  readonly environmentLabel: string | null;
  readonly failed: string | null;
  /** A mesh counts each request twice: where it is sent and where it arrives. */
  readonly more: string;
  readonly places: readonly Labels[];
};

/** Looks at the metrics that a server has, and proposes checks of requests, errors and durations for each service: `MetricsProvider.propose`. */
export function createPropose(api: PrometheusApi): (window: Window, signal: AbortSignal) => Promise<Proposals> {
  return async (window, signal) => {
    const known: KnownMetric[] = [];
    const leftOut: string[] = [];
    for (const metric of requestMetricsOf(await api.metricNames(window, signal))) {
      const found = await look(api, metric, window, signal);
      if (typeof found === 'string') leftOut.push(found);
      else known.push(found);
    }
    return proposalsOf(known, leftOut);
  };
}

async function look(api: PrometheusApi, metric: RequestMetric, window: Window, signal: AbortSignal): Promise<KnownMetric | string> {
  const { series } = await api.series(metric.name, { ...window, limit: maxSeries }, signal);
  const serviceLabel = serviceLabelOf(series);
  if (serviceLabel === null) return `${metric.name}: no label on all of its series says which service they belong to`;
  const environmentLabel = environmentLabelOf(series);
  const more = series.some(({ reporter }) => reporter === 'destination') ? 'reporter="destination"' : '';
  const by = environmentLabel === null ? serviceLabel : `${serviceLabel}, ${environmentLabel}`;
  const counted = await api.instant(`count by (${by}) (${metric.name}{${more}})`, window.to, signal);
  if (counted.length === 0) return `${metric.name}: it has no series now`;
  return { ...metric, serviceLabel, environmentLabel, failed: failedRequests(series), more, places: counted.map((one) => one.metric) };
}

function proposalsOf(metrics: readonly KnownMetric[], unknown: readonly string[]): Proposals {
  const services = new Map<string, { service: string; environment: string | null; checks: Map<string, ProposedCheck> }>();
  const leftOut = [...unknown];
  for (const metric of metrics) {
    for (const place of metric.places) {
      const [value, environment] = [place[metric.serviceLabel] ?? '', metric.environmentLabel && (place[metric.environmentLabel] ?? '')];
      const service = nameOf(value);
      if (service === null || (environment !== null && nameProblem(environment) !== null)) {
        leftOut.push(`${metric.name}: ${metric.serviceLabel}="${value}" cannot name a service`);
        continue;
      }
      const key = `${service} ${environment}`;
      const one = services.get(key) ?? { service, environment, checks: new Map() };
      services.set(key, one);
      for (const check of checksOf(metric, place)) if (!one.checks.has(check.name)) one.checks.set(check.name, check);
    }
  }
  const proposed: readonly ServiceProposal[] = [...services.values()].map((one) => ({ ...one, checks: [...one.checks.values()] }));
  return {
    services: proposed.toSorted((a, b) => compare(a.service, b.service) || compare(a.environment ?? '', b.environment ?? '')),
    leftOut,
  };
}

function checksOf(metric: KnownMetric, place: Labels): readonly ProposedCheck[] {
  const { name, kind, protocol, failed } = metric;
  const prefix = protocol === 'http' ? '' : `${protocol}_`;
  const total = selectorOf(metric, place, []);
  if (kind === 'buckets') return [{ name: `${prefix}latency`, question: { kind: 'latency', buckets: { selector: total } }, from: name }];
  const requests: ProposedCheck = { name: `${prefix}requests`, question: { kind: 'rate', count: { selector: total } }, from: name };
  if (failed === null) return [requests];
  const bad = selectorOf(metric, place, [failed]);
  return [
    { name: `${prefix}errors`, question: { kind: 'ratio', bad: { selector: bad }, total: { selector: total } }, from: name },
    requests,
  ];
}

function selectorOf({ name, serviceLabel, environmentLabel, more }: KnownMetric, place: Labels, conditions: readonly string[]): string {
  const own = [serviceLabel, ...(environmentLabel === null ? [] : [environmentLabel])].map(
    (label) => `${label}=${JSON.stringify(place[label])}`,
  );
  return `${name}{${[...own, ...(more === '' ? [] : [more]), ...conditions].join(',')}}`;
}

/** A namespace becomes a part of the name: `team/shop` is `team-shop`. A provider that a proxy adds is left out: `shop@docker` is `shop`. */
function nameOf(value: string): string | null {
  const name = value.replace(/@[a-z]+$/, '').replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return nameProblem(name) === null ? name : null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
