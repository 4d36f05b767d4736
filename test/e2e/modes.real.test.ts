import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CountingApp, startCountingApp } from '../support/counting-app.ts';
import { hasPrometheus } from '../support/prometheus.ts';
import { call, poll } from '../support/server.ts';
import { openShop, type Shop, type ShopOptions } from './shop.ts';

const ratio = `ratio: { bad: 'http_requests_total{job="shop",code=~"5.."}', total: 'http_requests_total{job="shop"}' }`;

function judging(condition: string, rest: string): string {
  return `checks:
  errors:
    provider: prom
    ${ratio}
    fail_when: [${condition}]
    min_samples: 50
${rest}
`;
}

async function withShop(options: ShopOptions, story: (shop: Shop) => Promise<void>): Promise<void> {
  const shop = await openShop(options);
  try {
    writeFileSync(join(shop.server.folder, 'running'), 'v1');
    await story(shop);
  } finally {
    await shop.close();
  }
}

describe.runIf(hasPrometheus())('ways to deploy and to judge, on a real Prometheus', () => {
  test('an adopted release is the target; the rollback waits for a person; a frozen one pages instead', async () => {
    const rules = judging('{ above: 10%, for: 2 of 3 }', 'on_failure: approve\nrollback: { hook: shop, verify: 20s }\nnotify: [team]');
    await withShop({ judging: rules }, async (shop) => {
      expect((await call(shop.server, 'POST', '/v1/adopt', { service: 'shop', environment: 'production', version: 'v1' })).status).toBe(
        201,
      );
      shop.failing(0.4);
      const frozen = await shop.deploy('v2');
      await call(shop.server, 'PUT', '/v1/freeze', { frozen: true, why: 'sale' });
      expect((await shop.until(frozen, 'failed')).summary).toContain('all services are frozen by local (sale)');
      await call(shop.server, 'PUT', '/v1/freeze', { frozen: false });

      writeFileSync(join(shop.server.folder, 'running'), 'v3');
      const asked = await shop.deploy('v3');
      await shop.until(asked, 'awaiting_approval');
      expect(shop.rollbacks()).toEqual([]);
      await call(shop.server, 'POST', `/v1/deploys/${asked}/approve`);
      await shop.until(asked, 'verifying');
      expect(shop.rollbacks()).toEqual(['v1']);
      shop.failing(0);
      await shop.until(asked, 'rolled_back');
      await poll('all is told', () => shop.topics(asked).includes('recovered'));
      expect(shop.topics(asked)).toContain('approval');
    });
  });

  test('a deploy that has only started is not judged, and is superseded all the same', async () => {
    await withShop({}, async (shop) => {
      const id = await shop.deploy('v1', { phase: 'started' });
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect((await shop.show(id)).state).toBe('warming');
      await call(shop.server, 'POST', `/v1/deploys/${id}/finished`);
      await shop.until(id, 'passed');
    });
  });

  // Both wait for most of their time: for a past to compare with.
  test.concurrent('worse than just before fails, although it is far from any fixed limit', async () => {
    const rules = judging('{ relative: { to: before, more_than: 100% }, for: 3 of 4 }', 'on_failure: notify\nnotify: [team]');
    await withShop({ judging: rules, forSeconds: 15 }, async (shop) => {
      shop.failing(0.01);
      await new Promise((resolve) => setTimeout(resolve, 18_000));
      const same = await shop.deploy('v1');
      await shop.until(same, 'passed');
      shop.failing(0.1);
      const worse = await shop.deploy('v2');
      const failed = await shop.until(worse, 'failed');
      expect(failed.summary).toMatch(/Errors: [\d.]+ % of requests failed.*, was [\d.]+ %/);
      expect(failed.summary).toContain('on_failure: notify');
    });
  });

  test.concurrent('without any limit, a release is held against what its own past taught', async () => {
    const rules = `baseline: { history: 1h, like: [before] }
checks:
  errors:
    provider: prom
    ${ratio}
    min_samples: 50
on_failure: rollback
rollback: { hook: shop, verify: 20s }
notify: [team]
`;
    await withShop({ judging: rules, forSeconds: 10 }, async (shop) => {
      shop.failing(0.02);
      await new Promise((resolve) => setTimeout(resolve, 30_000));
      const good = await shop.deploy('v1');
      await shop.until(good, 'passed');
      writeFileSync(join(shop.server.folder, 'running'), 'v2');
      shop.failing(0.4);
      const bad = await shop.deploy('v2');
      const orders = (await shop.until(bad, 'rolling_back', 'verifying', 'rolled_back')).timeline.map(({ text }) => text).join('\n');
      expect(orders).toMatch(/Errors: [\d.]+ % of requests failed.*, was [\d.]+ %/);
      shop.failing(0.02);
      await shop.until(bad, 'rolled_back');
      expect(shop.rollbacks()).toEqual(['v1']);
    });
  });

  test('the canary is compared with the stable release beside it', async () => {
    const rules = `control: { canary: 'version="$version"', stable: 'version="$known_good"' }
${judging('{ relative: { to: control, more_than: 100% }, for: 3 of 4 }', 'on_failure: rollback\nrollback: { hook: shop, verify: 3s }\nnotify: [team]')}`;
    let canary: CountingApp | null = null;
    await withShop({ judging: rules, forSeconds: 12 }, async (shop) => {
      canary = await startCountingApp();
      const beside = setInterval(() => {
        canary?.serve(8);
        canary?.serve(2, '500');
      }, 100);
      try {
        shop.prometheus.setTargets([
          { address: shop.app.address, labels: { version: 'v1' } },
          { address: canary.address, labels: { version: 'v2' } },
        ]);
        shop.failing(0.02);
        await call(shop.server, 'POST', '/v1/adopt', { service: 'shop', environment: 'production', version: 'v1' });
        await canary.scraped();
        const id = await shop.deploy('v2');
        // The platform says v1 all the time: where that was remembered of v2 as well, the rollback finds nothing to put back.
        await shop.until(id, 'failed', 'rolled_back');
        const timeline = (await shop.show(id)).timeline.map(({ text }) => text).join('\n');
        expect(timeline).toMatch(/Errors: .* requests failed.*, old release [\d.]+ %/);
      } finally {
        clearInterval(beside);
        await canary.close();
      }
    });
  });
});
