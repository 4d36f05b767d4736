import { decide } from '../../src/core/bake/decide.ts';
import type { CheckRule } from '../../src/core/rules/rule-set.ts';
import type { Store } from '../../src/ports/store.ts';
import { release, ruleSetOf } from '../world.ts';

const checkNames = ['errors', 'payments', 'logins'] as const;
const stepMs = 15_000;

function checkOf(name: string): CheckRule {
  const query = `sum(increase(http_requests_total{app="shop",route="/${name}",version="{{version}}"}[{{step}}])) by (instance)`;
  return {
    name,
    provider: 'prom',
    question: { kind: 'ratio', bad: { query: query.replace('app', 'code=~"5..",app') }, total: { query } },
    direction: 'up',
    failWhen: [{ analyzer: 'threshold', params: { above: 0.1 }, damping: { k: 2, n: 3 } }],
    minSamples: 50,
    critical: true,
  };
}

/** Registers a deploy with three checks, and ends its bake with one measurement of each. Returns its id. */
export async function withMeasurements(store: Store, registeredAt: number): Promise<string> {
  const bake = { forMs: 900_000, everyMs: stepMs, warmupMs: 0, extendMs: 0 };
  const ruleSet = ruleSetOf('template', { bake, checks: checkNames.map(checkOf) });
  const id = await release(store, ruleSet, { registeredAt });
  const at = registeredAt + 1_000;
  const reason = 'errors: 0.1 % of 41,200 requests in 15m; allowed 10 %; before the deploy 0.12 %';
  const result = { outcome: 'pass', reason, evidence: { measured: 0.001, limit: 0.1, samples: 41_200 } } as const;
  const window = { from: registeredAt, to: registeredAt + stepMs, stepMs };
  const measurements = checkNames.map((check) => {
    const query = JSON.stringify(checkOf(check).question);
    return { check, phase: 'baking', at, window, query, result, ticks: null, control: null } as const;
  });
  const canceled = await store.update(id, null, (record) => {
    const decision = decide(record, { type: 'canceled', at, by: 'ana' }, 'ana');
    return decision.ok ? { ...decision, measurements } : decision;
  });
  if (canceled.kind !== 'committed') throw new Error(JSON.stringify(canceled));
  return id;
}
