import { describe, expect, test } from 'vitest';
import type { Inspection } from '../../src/core/series/inspection.ts';
import type { InspectQuery, MetricsProvider } from '../../src/ports/provider.ts';
import { createRuleWarnings } from '../../src/usecases/rule-warnings.ts';
import { aRuleSet, t0 } from '../support/builders.ts';
import { createManualClock } from '../support/manual-clock.ts';

const found: Inspection = {
  series: [{ code: '200' }],
  isCut: false,
  now: 1,
  selector: { metric: 'requests', conditions: [] },
  others: [],
  metrics: [],
};
const selectors = { kind: 'ratio', bad: { selector: 'requests{code="500",version="$version"}' }, total: { selector: 'requests' } } as const;
const base = aRuleSet();
const ruleSet = { ...base, checks: base.checks.map((check) => ({ ...check, question: selectors })) };

function aWorld(inspect: (query: InspectQuery, signal: AbortSignal) => Promise<Inspection>) {
  const clock = createManualClock(t0);
  const asked: InspectQuery[] = [];
  const provider: MetricsProvider = {
    fetchSeries: async () => ({ shape: 'delta', series: [] }),
    ping: async () => {},
    inspect: (query, signal) => {
      asked.push(query);
      return inspect(query, signal);
    },
  };
  const providers = new Map(ruleSet.checks.map((check) => [check.provider, { provider, settleMs: 0 }] as const));
  return { clock, asked, warnings: createRuleWarnings({ providers, clock }) };
}

describe('the warnings at a registration', () => {
  test('say what matches nothing, with values of the release left open, and are kept for some minutes', async () => {
    const { clock, asked, warnings } = aWorld(async ({ query }) => (query.includes('500') ? { ...found, series: [], now: 0 } : found));
    const first = await warnings(ruleSet);
    expect(first[0]).toMatch(/^\w+: unproven: `bad` has matched no series/);
    expect(asked.map(({ query }) => query).filter((query) => query.includes('$'))).toEqual([]);
    const count = asked.length;
    expect(await warnings(ruleSet)).toEqual(first);
    expect(asked).toHaveLength(count);
    clock.advance(600_000);
    await warnings(ruleSet);
    expect(asked.length).toBeGreaterThan(count);
  });

  test('are asked for anew when the rules change', async () => {
    const { asked, warnings } = aWorld(async () => found);
    await warnings(ruleSet);
    const count = asked.length;
    await warnings({ ...ruleSet, checks: ruleSet.checks.map((check) => ({ ...check, neverSeen: 'ok' as const })) });
    expect(asked.length).toBeGreaterThan(count);
  });

  test('are none where the server does not answer in time, or the look itself breaks', async () => {
    expect(await aWorld(() => new Promise(() => {})).warnings(ruleSet)).toEqual([]);
    const broken = aWorld(async () => {
      throw new TypeError('a mistake of ours');
    });
    expect(await broken.warnings(ruleSet)).toEqual([]);
  });
});
