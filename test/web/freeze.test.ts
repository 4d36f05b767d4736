import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Caller, callerWith } from '../../src/usecases/caller.ts';
import { createPages } from '../../src/web/pages.ts';
import type { PagesEnv } from '../../src/web/viewer.ts';
import { aDatabase, systemClock, type TestDatabase } from '../support/database.ts';
import { createFakeLog } from '../support/fake-meter.ts';
import { createWorld } from '../support/world.ts';

let database: TestDatabase;
let service: string;
beforeAll(async () => {
  database = await aDatabase();
  const world = createWorld(database.store, {});
  await world.release('v1', { adopted: true });
  service = world.service;
});
afterEach(async () => {
  for (const freeze of await database.store.freezes(systemClock.now())) await database.store.liftFreeze(freeze.service, systemClock.now());
});
afterAll(() => database.close());

const caller = (name: string, grant: object = {}): Caller =>
  callerWith({ kind: 'person', name, grants: [{ verbs: ['read', 'operate'], services: [], environments: [], ...grant }] });
const ana = caller('ana');
const { log, lines } = createFakeLog();

async function ask(reader: Caller | null, path: string, fields?: Record<string, string>) {
  const app = new OpenAPIHono<PagesEnv>();
  const session = { id: `of ${reader?.name}`, csrfSecret: `secret of ${reader?.name}` };
  app.use(async (c, next) => {
    c.set('requestId', 'r1');
    c.set('address', '192.0.2.1');
    c.set('identity', reader === null ? { caller: null, why: 'unknown' } : { caller: reader, session });
    await next();
  });
  app.route('/', createPages({ store: database.store, clock: systemClock, baseUrl: 'https://bake.example', log }));
  const headers = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };
  const init = fields === undefined ? {} : { method: 'POST', headers, body: new URLSearchParams(fields) };
  const answer = await app.request(`https://bake.example${path}`, init);
  return { status: answer.status, text: await answer.text() };
}

async function fieldsOf(reader: Caller, path: string) {
  const { text } = await ask(reader, path);
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  return { csrf: field('csrf'), version: field('version'), why: 'black friday', for: '' };
}

test('a page freezes a service with a reason, and lifts it; a GET does neither', async () => {
  const path = `/freeze?service=${service}`;
  expect((await ask(ana, path)).text).toContain(`Freeze ${service}</button>`);
  expect(await database.store.freezes(systemClock.now())).toEqual([]);
  const form = await fieldsOf(ana, path);
  expect((await ask(ana, path, { ...form, why: ' ' })).status).toBe(400);
  expect((await ask(ana, path, form)).status).toBe(303);
  expect(await database.store.freezes(systemClock.now())).toMatchObject([{ service, by: 'ana', why: 'black friday' }]);
  const list = await ask(ana, '/freeze');
  expect(list.text).toContain('ana: black friday');
  expect((await ask(ana, path)).text).toContain(`Lift the freeze of ${service}</button>`);
  expect((await ask(ana, path, await fieldsOf(ana, path))).status).toBe(303);
  expect(await database.store.freezes(systemClock.now())).toEqual([]);
  const inLog = lines
    .filter(({ level }) => level === 'info')
    .map(({ message, fields }) => [message, fields.service, fields.by, fields.address]);
  expect(inLog).toEqual([
    ['automatic rollbacks frozen', service, 'ana', '192.0.2.1'],
    ['freeze lifted', service, 'ana', '192.0.2.1'],
  ]);
});

test('a freeze from a page may end by itself, and the pages say when', async () => {
  const path = `/freeze?service=${service}`;
  expect((await ask(ana, path, { ...(await fieldsOf(ana, path)), for: 'soon' })).text).toContain('is not a duration');
  expect((await ask(ana, path, { ...(await fieldsOf(ana, path)), for: '4h' })).status).toBe(303);
  const [freeze] = await database.store.freezes(systemClock.now());
  expect((freeze?.until ?? 0) - (freeze?.since ?? 0)).toBe(4 * 3_600_000);
  const until = new Date(freeze?.until ?? 0).toISOString().slice(0, 16);
  for (const page of ['/freeze', path, '/']) expect((await ask(ana, page)).text).toContain(`until <time datetime="${until}`);
  expect((await ask(ana, path)).text).toContain('the freeze ends by itself');
});

test('the overview leads to the page that lifts a freeze, for those who may lift it', async () => {
  const link = `<a class="button" href="/freeze?service=${service}">Lift freeze…</a>`;
  const all = '<a class="button" href="/freeze?all=yes">Lift freeze…</a>';
  await ask(ana, `/freeze?service=${service}`, await fieldsOf(ana, `/freeze?service=${service}`));
  expect((await ask(ana, '/')).text).toContain(link);
  expect((await ask(caller('vera', { verbs: ['read'] }), '/')).text).not.toContain('Lift freeze');
  await ask(ana, '/freeze?all=yes', await fieldsOf(ana, '/freeze?all=yes'));
  const both = (await ask(ana, '/')).text;
  expect([both.includes(link), both.includes(all)]).toEqual([true, true]);
  const own = (await ask(caller('team', { services: [service] }), '/')).text;
  expect([own.includes(link), own.includes(all)]).toEqual([true, false]);
});

test('the second of two people is shown who was first', async () => {
  const ben = caller('ben');
  const path = `/freeze?service=${service}`;
  const [first, second] = [await fieldsOf(ana, path), await fieldsOf(ben, path)];
  await ask(ana, path, first);
  const answer = await ask(ben, path, { ...second, why: 'mine' });
  expect(answer.status).toBe(412);
  expect(answer.text).toContain('The freeze was set by ana');
  expect(await database.store.freezes(systemClock.now())).toMatchObject([{ why: 'black friday' }]);
});

test.for([
  { what: 'a stranger', reader: null, status: 401 },
  { what: 'a reader', reader: caller('eve', { verbs: ['read'] }), status: 403 },
  { what: 'an operator of one environment', reader: caller('eve', { environments: ['production'] }), status: 403 },
])('$what freezes and lifts nothing', async ({ reader, status }) => {
  const form = await fieldsOf(ana, '/freeze?all=yes');
  for (const path of ['/freeze?all=yes', `/freeze?service=${service}`]) {
    expect((await ask(reader, path)).status).toBe(status);
    expect((await ask(reader, path, form)).status).toBe(status);
  }
  expect(await database.store.freezes(systemClock.now())).toEqual([]);
});

test('an operator of one service freezes this one, and sees no other freeze', async () => {
  const reader = caller('eve', { services: [service] });
  await database.store.setFreeze({ service: 'secret', by: 'ben', why: 'a secret', since: 1 });
  const { text } = await ask(reader, '/freeze');
  expect(text).not.toContain('a secret');
  expect(text).not.toContain('Freeze all services');
  expect((await ask(reader, '/freeze?all=yes')).status).toBe(403);
  const path = `/freeze?service=${service}`;
  expect((await ask(reader, path, await fieldsOf(reader, path))).status).toBe(303);
});

test('a form of another session is refused, and a typo in a service is noted', async () => {
  const path = `/freeze?service=${service}`;
  expect((await ask(caller('ben'), path, await fieldsOf(ana, path))).status).toBe(403);
  expect((await ask(ana, `/freeze?service=${service}x`)).text).toContain(`Did you mean ${service}?`);
});
