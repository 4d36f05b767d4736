import type { RuleSet } from '../../src/core/rules/rule-set.ts';

/** The rules of the shop: one error rate, split by a label or not. */
export function ruleSetOf(by: string | undefined): RuleSet {
  const errors = {
    name: 'errors',
    provider: 'prom',
    question: { kind: 'ratio', bad: { selector: 'http_requests_total{code=~"5.."}' }, total: { selector: 'http_requests_total' } },
    ...(by !== undefined && { by }),
    direction: 'up',
    failWhen: [{ analyzer: 'regression', params: {}, damping: { k: 1, n: 1 } }],
    minSamples: 20,
    critical: true,
  } as const;
  return {
    service: 'shop',
    environment: 'production',
    bake: { forMs: 900_000, everyMs: 15_000, warmupMs: 0, extendMs: 0 },
    falseAlarms: 0.01,
    baseline: { historyMs: 86_400_000, like: [{ kind: 'before' }], timezone: 'UTC' },
    control: null,
    checks: [errors],
    onFailure: 'notify',
    traffic: null,
    rollback: null,
    notify: [],
  };
}
