import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { filledIn, readDashboards } from '../support/dashboards.ts';
import { hasPrometheus } from '../support/prometheus.ts';
import { poll } from '../support/server.ts';
import { openShop, type Shop } from './shop.ts';

/** Short enough that a test has as much of the past as the longest asks for. */
const values = { instance: '.*', service: 'shop', environment: 'production', __rate_interval: '15s', __range: '5m', __interval: '5s' };

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

describe.skipIf(!hasPrometheus())('the dashboards for Grafana', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
    const own = { address: new URL(shop.server.url).host, labels: { job: 'bakewatch' } };
    shop.prometheus.setTargets([{ address: shop.app.address }, own]);
    await poll('Bakewatch is scraped', async () => (await ask('bakewatch_scheduler_idle_seconds')).length > 0);
    writeFileSync(join(shop.server.folder, 'running'), 'v1');
    await shop.until(await shop.deploy('v1'), 'passed');
    // Whoever refuses a notice is not told of it again: that one is given up.
    shop.team.reply({ status: 410 });
    shop.failing(1);
    writeFileSync(join(shop.server.folder, 'running'), 'v2');
    const id = await shop.deploy('v2');
    await shop.until(id, 'verifying', 'rolled_back');
    shop.failing(0);
    await shop.until(id, 'rolled_back');
    await shop.deploy('v3');
  });
  afterAll(() => shop.close());

  /** The values that Prometheus has for an expression now. */
  async function ask(expression: string): Promise<readonly number[]> {
    const response = await fetch(`${shop.prometheus.url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
    const answer = Answer.safeParse(await response.json());
    if (!answer.success) throw new Error(`${response.status} for ${expression}`);
    return answer.data.data.result.map(({ value }) => Number(value[1])).filter((number) => !Number.isNaN(number));
  }

  const queries = readDashboards().flatMap(({ path, panels }) =>
    panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ path, title, expr: filledIn(expr, values) }))),
  );

  test.for(queries)('$path: "$title" shows something ($expr)', async ({ expr }) => {
    await poll(`Prometheus answers ${expr}`, async () => (await ask(expr)).length > 0);
  });

  test('every variable finds something to choose from', async () => {
    const questions = readDashboards().flatMap(({ templating }) => templating.list.filter(({ type }) => type === 'query'));
    expect(questions.map(({ name }) => name).toSorted()).toEqual(['instance', 'service']);
    for (const { query } of questions) {
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? [];
      expect(await ask(`count by (${label}) (${metric}{${label}!=""})`), query).not.toEqual([]);
    }
  });
});
