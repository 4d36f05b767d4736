import { ceilTo } from '../../src/core/base/window.ts';
import { describeAlerts, isMatch } from '../../src/core/rules/alert.ts';
import { excerptOf } from '../../src/net/excerpt.ts';
import type { AlertAnswer, AlertRun, SeriesQuery } from '../../src/ports/provider.ts';
import { createCoalescer } from '../coalesce.ts';
import { type AlertingRule, parseAlertingRules, rulesFor } from './alert-rules.ts';
import type { PrometheusApi } from './api.ts';
import type { RawSeries } from './reply.ts';

type AlertQuery = Extract<SeriesQuery, { form: 'alert' }>;

/** The maximum number of instants in one request. */
const maxPoints = 10_000;
/** Rules change when the server reloads them, and many bakes ask at the same time. */
const keepRulesMs = 3_000;
/** Rules are evaluated now and then, so the list of rules may know an alert some time before its series do. */
const evaluationMs = 120_000;

/**
 * Answers a question about alerts. The series `ALERTS` say at which instants an alert was pending or firing, `ALERTS_FOR_STATE` since when its condition has
 * been true. Both have nothing to say of an alert that is inactive or does not exist, so the rules are asked for as well.
 */
export function createAlertFetch(api: PrometheusApi): (query: AlertQuery, signal: AbortSignal) => Promise<AlertAnswer> {
  const rules = createCoalescer<readonly AlertingRule[]>({ keepMs: keepRulesMs, maxWeight: 50_000, weigh: (list) => list.length + 1 });
  return async (query, signal) => {
    const steps = stepsOf(query);
    const [known, series] = await Promise.all([
      rules.get('rules', signal, async (own) => parseAlertingRules(await api.rules(own))),
      api.range(selectorOf(query), steps, signal),
    ]);
    const found = rulesFor(query.match, known);
    const alerts = runsOf(series, { ...steps, rules: found.map(({ rule }) => rule) });
    return {
      shape: 'alerts',
      series: [],
      alerts,
      unknown: whyUnknown(query, found) ?? whyWithoutSeries(query, found, alerts),
      knownFrom: null,
    };
  };
}

/** The grid of the window, continued into the lookback. Of a lookback that is too long, with longer steps. */
function stepsOf({ window: { from, to, stepMs }, lookbackMs }: AlertQuery) {
  const step = ceilTo((to - from + lookbackMs) / maxPoints, stepMs);
  const count = Math.floor((to - from + lookbackMs) / step);
  return { first: to - count * step, last: to, stepMs: step };
}

/** The series of the alerts that are asked for. */
export function selectorOf({ match }: Pick<AlertQuery, 'match'>): string {
  const nameOf = (label: string) => (/^[A-Za-z_]\w*$/.test(label) ? label : JSON.stringify(label));
  const matchers = Object.entries(match).map(([label, value]) => `${nameOf(label)}=${JSON.stringify(value)}`);
  return `{__name__=~"ALERTS|ALERTS_FOR_STATE",${matchers.join(',')}}`;
}

function whyUnknown({ match }: AlertQuery, found: ReturnType<typeof rulesFor>): string | null {
  if (found.length === 0) return `no alerting rule makes ${describeAlerts(match)}`;
  for (const { rule, isSure } of found) {
    if (!isSure || rule.health === 'ok') continue;
    if (rule.health === 'unknown') return `the rule ${rule.name} was not evaluated yet`;
    return `the rule ${rule.name} cannot be evaluated${rule.lastError && `: ${excerptOf(rule.lastError)}`}`;
  }
  return null;
}

/** A ruler may keep its alerts for itself: then the server has no series of them, which must not be read as calm. */
function whyWithoutSeries({ match, window }: AlertQuery, found: ReturnType<typeof rulesFor>, runs: readonly AlertRun[]): string | null {
  if (runs.length > 0) return null;
  const fires = found.find(({ rule }) =>
    rule.alerts.some(({ state, activeAt, labels }) => {
      const firingAt = Date.parse(activeAt ?? '') + 1_000 * rule.duration;
      return state === 'firing' && isMatch(match, { alertname: rule.name, ...labels }) && firingAt + evaluationMs < window.to;
    }),
  );
  return fires === undefined ? null : `the rule ${fires.rule.name} fires, but its server writes no series ALERTS`;
}

type RunContext = { readonly first: number; readonly last: number; readonly stepMs: number; readonly rules: readonly AlertingRule[] };
type Instants = {
  readonly labels: Readonly<Record<string, string>>;
  readonly states: Map<number, string>;
  readonly since: Map<number, number>;
};

function runsOf(series: readonly RawSeries[], context: RunContext): readonly AlertRun[] {
  const alerts = new Map<string, Instants>();
  for (const { metric, samples } of series) {
    const { __name__: name, alertstate = '', ...labels } = metric;
    const key = keyOf(labels);
    const alert = alerts.get(key) ?? { labels, states: new Map<number, string>(), since: new Map<number, number>() };
    alerts.set(key, alert);
    for (const [at, value] of samples) {
      if (name === 'ALERTS_FOR_STATE') alert.since.set(at, value * 1_000);
      else if (alert.states.get(at) !== 'firing') alert.states.set(at, alertstate);
    }
  }
  return [...alerts.values()].flatMap((alert) => runsOfOne(alert, context));
}

/** One run for each stretch of instants without a break in which the condition began at the same time. */
function runsOfOne(alert: Instants, context: RunContext): readonly AlertRun[] {
  const { first, last, stepMs } = context;
  const runs: AlertRun[] = [];
  let open: { readonly from: number; readonly activeAt: number; pendingUntil: number | null; firingFrom: number | null } | null = null;
  for (let at = first; at <= last + stepMs; at += stepMs) {
    const state = at > last ? undefined : alert.states.get(at);
    const since = alert.since.get(at);
    const begun = Math.min(at, since ?? at - stepMs);
    if (open !== null && (state === undefined || (since !== undefined && begun > open.activeAt))) {
      runs.push(toRun(alert, { ...open, endedAt: at > last ? null : at - stepMs }, context));
      open = null;
    }
    if (state === undefined) continue;
    open ??= { from: at, activeAt: begun, pendingUntil: null, firingFrom: null };
    if (state === 'firing') open.firingFrom ??= at;
    else if (open.firingFrom === null) open.pendingUntil = at;
  }
  return runs;
}

type OpenRun = {
  readonly activeAt: number;
  readonly pendingUntil: number | null;
  readonly firingFrom: number | null;
  readonly endedAt: number | null;
};

function toRun({ labels }: Instants, { activeAt, pendingUntil, firingFrom, endedAt }: OpenRun, { rules }: RunContext): AlertRun {
  const name = labels.alertname ?? 'an alert';
  const rule = rules.find((one) => one.name === name);
  const heldMs = (rule?.duration ?? 0) * 1_000;
  const firingAt = firingFrom === null ? null : Math.min(firingFrom, Math.max(activeAt + heldMs, (pendingUntil ?? 0) + 1));
  return { name, summary: summaryOf(labels, rules), labels, activeAt, firingAt, endedAt, muted: null };
}

/** The summary of the alert while it is active. Of a rule, annotations may still hold templates, so nothing is taken from there. */
function summaryOf(labels: Instants['labels'], rules: readonly AlertingRule[]): string {
  const key = keyOf(labels);
  const active = rules.flatMap(({ alerts }) => alerts).find((one) => keyOf(one.labels) === key);
  const { summary, description, message } = active?.annotations ?? {};
  return excerptOf(summary ?? description ?? message ?? '');
}

function keyOf(labels: Instants['labels']): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
