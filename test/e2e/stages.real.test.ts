import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPrometheus } from '../support/prometheus.ts';
import { poll } from '../support/server.ts';
import { openSplitShop, type SplitShop } from './split-shop.ts';

describe.runIf(hasPrometheus())('traffic in stages, on a real Prometheus and a real splitter', () => {
  let shop: SplitShop;
  beforeAll(async () => {
    shop = await openSplitShop();
    shop.release('v1');
    await shop.adopt();
  });
  afterAll(() => shop?.close());

  test('a release that is bad under half of the traffic loses it, and is rolled back', async () => {
    shop.release('v2', (weight) => (weight >= 50 ? 0.5 : 0));
    const id = await shop.deploy('v2');
    const { stage } = await shop.until(id, 'in stage 2', (shown) => shown.stage?.number === 2);
    expect(stage).toMatchObject({ number: 2, of: 3, weight: 50 });
    expect(await (await fetch(`${shop.server.url}/deploys/${id}`)).text()).toMatch(/Stage 2 of 3|Traffic is being shifted/);
    const ended = await shop.until(id, 'rolled back', ({ state }) => state === 'rolled_back');
    expect([ended.weight, shop.weight(), shop.weights(), shop.rollbacks()]).toEqual([0, 0, [20, 50, 0], ['v1']]);
    const kinds = ended.timeline.map(({ kind }) => kind);
    expect(kinds.lastIndexOf('shift_ended')).toBeLessThan(kinds.indexOf('hook_started'));
    const { stable, canary } = shop.served();
    await poll('the stable release has all the traffic', () => shop.served().stable - stable > 100);
    expect(shop.served().canary - canary, 'nobody is sent to the bad release any more').toBeLessThan(25);
  });

  test('a good release gets all of it, and passes', async () => {
    shop.release('v3');
    const id = await shop.deploy('v3');
    const ended = await shop.until(id, 'passed', ({ state }) => state === 'passed');
    expect([ended.weight, shop.weight(), shop.weights()]).toEqual([100, 100, [20, 50, 0, 20, 50, 100]]);
    const text = await (await fetch(`${shop.server.url}/v1/deploys/${id}/recording`)).text();
    const recording = JSON.parse(text) as { checks: { bake: { total: (number | null)[] } }[] };
    expect(recording.checks[0]?.bake.total.filter((total) => total === null).length).toBeGreaterThanOrEqual(2);
  });
});

describe.runIf(hasPrometheus())('killed while traffic is being shifted', () => {
  test('the share is right after a restart, and the bake goes on with it', async () => {
    const shop = await openSplitShop({ shiftSeconds: 2 });
    try {
      shop.release('v1');
      await shop.adopt();
      shop.release('v2');
      const id = await shop.deploy('v2');
      await shop.until(id, 'being shifted', ({ timeline }) => timeline.some(({ kind }) => kind === 'shift_started'));
      await shop.server.kill();
      await shop.server.restart();
      const { weight } = await shop.until(id, 'in its first stage', ({ stage }) => stage?.number === 1);
      expect([weight, shop.weight()]).toEqual([20, 20]);
      await shop.until(id, 'passed', ({ state }) => state === 'passed');
      expect([shop.weight(), new Set(shop.weights())]).toEqual([100, new Set([20, 50, 100])]);
    } finally {
      await shop.close();
    }
  });
});
