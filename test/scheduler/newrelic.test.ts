import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createGuard } from '../../providers/guard.ts';
import { newrelic } from '../../providers/newrelic.ts';
import type { CheckRule } from '../../src/core/rules/rule-set.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import { aCheck, aCondition, step, t0 } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { type FakeNerdGraph, startFakeNerdGraph } from '../support/fake-nerdgraph.ts';
import { createWorld } from '../support/world.ts';

const http = createHttp();
let database: TestDatabase;
let newRelic: FakeNerdGraph;
beforeAll(async () => {
  database = await aDatabase();
});
beforeEach(async () => {
  newRelic = await startFakeNerdGraph();
});
afterEach(() => newRelic.close());
afterAll(async () => {
  await http.close();
  await database.close();
});

const errors: Partial<CheckRule> = {
  provider: 'nr',
  question: {
    kind: 'ratio',
    bad: { selector: "SELECT filter(count(*), WHERE error IS true) FROM Transaction WHERE appName = 'shop'" },
    total: { selector: "SELECT count(*) FROM Transaction WHERE appName = 'shop'" },
  },
};
const latency: Partial<CheckRule> = {
  name: 'latency',
  provider: 'nr',
  question: { kind: 'latency', buckets: { selector: "SELECT duration FROM Transaction WHERE appName = 'shop'" } },
  failWhen: [aCondition('threshold', { slower_than: 500, for_more_than: 0.05 })],
};

/** A service whose agent sends twenty transactions per tick; `more` adds fields to those after the release. */
async function aWorld(check: Partial<CheckRule>, more: (tick: number, i: number) => object, key = newRelic.key) {
  const transaction = (tick: number, i: number) => ({
    ...{ type: 'Transaction', at: t0 + tick * step + i * 100, appName: 'shop', duration: 0.1 },
    ...(tick > 0 && more(tick, i)),
  });
  newRelic.add(...Array.from({ length: 600 }, (_, n) => transaction(Math.floor(n / 20) - 5, n % 20)));
  const plugin = newrelic.bind({ account: newRelic.account, key, url: newRelic.url, retention: '36500d' });
  const limits = { concurrency: 5, perSecond: null };
  const nr = createGuard(plugin({ http, run: createRunProcess({}) }), { limits, maxTicks: newrelic.maxTicks ?? null });
  const world = createWorld(database.store, { ruleSet: { checks: [aCheck(check)] }, more: { nr } });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  return world;
}

test('a release with too many errors is rolled back, with the share that New Relic counted', async () => {
  const world = await aWorld(errors, (tick, i) => ({ error: tick < 6 && i % 2 === 0 }));
  const { record } = await world.release('v2');
  const bake = await world.run(record.deploy.id);
  expect(bake).toMatchObject({ state: 'rolled_back', order: { target: { version: 'v1' } } });
  expect(bake.state === 'rolled_back' && bake.order.reasons[0]).toMatch(/: 10 of 20 requests failed, allowed/);
});

test('a release that is too slow is rolled back', async () => {
  const world = await aWorld(latency, (tick, i) => ({ duration: tick < 6 && i < 4 ? 0.9 : 0.1 }));
  const { record } = await world.release('v2');
  const bake = await world.run(record.deploy.id);
  expect(bake).toMatchObject({ state: 'rolled_back' });
  expect(bake.state === 'rolled_back' && bake.order.reasons[0]).toBe('Latency: 4 of 20 requests slower than 500 ms, allowed 5 %');
});

test('a good release passes', async () => {
  const world = await aWorld(errors, () => ({}));
  const { record } = await world.release('v2');
  expect(await world.run(record.deploy.id)).toMatchObject({ state: 'passed' });
});

test('a revoked key does not count against the release: nothing is rolled back, and people are notified', async () => {
  const world = await aWorld(errors, () => ({ error: true }), 'NRAK-REVOKED');
  const { record } = await world.release('v2');
  expect(await world.run(record.deploy.id)).toMatchObject({ state: 'inconclusive' });
  expect(world.platform.performed).toEqual([]);
  expect(world.told()).toContain('inconclusive');
});
