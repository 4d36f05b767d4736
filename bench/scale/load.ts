import type { CheckRule } from '../../src/core/rules/rule-set.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';

/** A tick has a hundred requests, one of them bad. */
export function numberOf(query: string): number {
  return query.includes('5..') ? 1 : 100;
}

/** Answers every question at once. */
export const answering: MetricsProvider = {
  async fetchSeries(query) {
    const samples: [number, number][] = [];
    for (let at = query.window.from + query.window.stepMs; at <= query.window.to; at += query.window.stepMs)
      samples.push([at, numberOf(query.query)]);
    return { shape: 'delta', series: [{ labels: {}, instance: 'a', samples }] };
  },
  async ping() {},
};

/** One of the checks of a service. */
export function checkOf(name: string, service: string): CheckRule {
  return {
    name,
    provider: 'prom',
    question: { kind: 'ratio', bad: { query: `${name}_5.._${service}` }, total: { query: `${name}_${service}` } },
    direction: 'up',
    failWhen: [{ analyzer: 'threshold', params: { above: 0.1 }, damping: { k: 2, n: 3 } }],
    minSamples: 50,
    critical: true,
  };
}

/** The same check of raw counters, whose questions are joined. Half of the events of the stand-in are bad. */
export function counterCheckOf(name: string, service: string): CheckRule {
  const selector = `${name}_total{job="${service}"`;
  return {
    ...checkOf(name, service),
    question: { kind: 'ratio', bad: { selector: `${selector},code=~"5.."}` }, total: { selector: `${selector}}` } },
    failWhen: [{ analyzer: 'threshold', params: { above: 0.9 }, damping: { k: 2, n: 3 } }],
  };
}
