import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, callerWith } from '../../src/usecases/caller.ts';
import { createPages } from '../../src/web/pages.ts';
import type { PagesEnv } from '../../src/web/viewer.ts';
import { aDatabase, systemClock, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
  const origin = { actor: { kind: 'person', name: 'ana' }, requestId: 'r1', address: '192.0.2.1' } as const;
  for (let at = 1; at <= 60; at += 1) {
    const service = at % 2 === 0 ? 'shop' : 'billing';
    const place = { service, environment: 'production' };
    await database.store.recordAudit({
      ...origin,
      at,
      verb: at === 60 ? 'freeze' : 'cancel',
      place,
      outcome: 'done',
      detail: `row ${at}.`,
    });
  }
});
afterAll(() => database.close());

const caller = (grant: object = {}): Caller =>
  callerWith({ kind: 'person', name: 'eve', grants: [{ verbs: ['read'], services: [], environments: [], ...grant }] });

async function open(reader: Caller | null, path: string) {
  const app = new OpenAPIHono<PagesEnv>();
  app.use(async (c, next) => {
    c.set('requestId', 'r1');
    c.set('address', null);
    c.set('identity', reader === null ? { caller: null, why: 'unknown' } : { caller: reader });
    await next();
  });
  app.route('/', createPages({ store: database.store, clock: systemClock, baseUrl: 'https://bake.example' }));
  const answer = await app.request(`https://bake.example${path}`);
  const text = await answer.text();
  return { status: answer.status, text, rows: [...text.matchAll(/row (\d+)\./g)].map(([, at]) => Number(at)) };
}

test('the newest rows come first, and the next page has the rest', async () => {
  const { rows, text } = await open(caller(), '/audit');
  expect(rows[0]).toBe(60);
  expect(rows).toHaveLength(50);
  const next = /href="(\/audit\?[^"]*)"/.exec(text)?.[1] ?? '';
  expect((await open(caller(), next)).rows).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
});

test('filters are kept in the address, also for the next page', async () => {
  expect((await open(caller(), '/audit?verb=freeze')).rows).toEqual([60]);
  expect((await open(caller(), '/audit?service=billing&environment=production')).rows).toHaveLength(30);
  expect((await open(caller(), '/audit?actor=nobody')).text).toContain('Nothing was recorded that you may see.');
  expect((await open(caller(), '/audit?service=shop')).text).toContain('name="service" value="shop"');
});

test('a reader sees the rows of its own places only', async () => {
  const { rows } = await open(caller({ services: ['shop'] }), '/audit');
  expect(rows).toHaveLength(30);
  expect(rows.every((at) => at % 2 === 0)).toBe(true);
  expect((await open(caller({ services: ['shop'] }), '/audit?service=billing')).rows).toEqual([]);
});

test('strangers, and callers who may not read, see nothing', async () => {
  expect(await open(null, '/audit')).toMatchObject({ status: 401, rows: [] });
  expect(await open(caller({ verbs: ['operate'] }), '/audit')).toMatchObject({ status: 403, rows: [] });
  expect((await open(caller(), '/audit?cursor=x')).status).toBe(400);
});
