import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendEverything } from '../../src/core/notify/route.ts';
import { actLinksFor } from '../../src/effects/act-links.ts';
import { approve } from '../../src/usecases/intervene.ts';
import { createPages } from '../../src/web/pages.ts';
import type { PagesEnv } from '../../src/web/viewer.ts';
import { step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createFakeNotifier } from '../support/fake-notifier.ts';
import { createWorld } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const publicUrl = 'https://bake.example/';

/** `v2` waits for approval, and its notice has links. */
async function waiting() {
  const world = createWorld(database.store, { bad: (version) => (version === 'v2' ? 60 : 1), plan: { onFailure: 'approve' } });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  const { id } = (await world.release('v2')).record.deploy;
  await world.run(id, ({ state }) => state === 'awaiting_approval');
  const instance = { notifier: createFakeNotifier().notifier, type: 'fake', rules: { ...sendEverything, actLinks: true as const } };
  const record = await world.recordOf(id);
  const links = await actLinksFor({ ...world, publicUrl }, { record, topic: 'approval', notifier: 'team', instance });
  const path = (start: string) => new URL(links.find(({ title }) => title.startsWith(start))?.url ?? '').pathname;
  const app = new OpenAPIHono<PagesEnv>();
  app.use(async (c, next) => {
    c.set('requestId', 'r1');
    c.set('address', '192.0.2.1');
    c.set('identity', { caller: null, why: 'unknown' });
    await next();
  });
  app.route('/', createPages({ store: world.store, clock: world.clock, baseUrl: 'https://bake.example' }));
  const ask = async (to: string, method = 'GET', fields: Record<string, string> = {}) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await app.request(`https://bake.example${to}`, {
      method,
      ...(method === 'POST' && { headers, body: new URLSearchParams(fields) }),
    });
    return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
  };
  return { world, id, links, path, ask, record, instance, state: async () => (await world.recordOf(id)).bake.state };
}

describe('a link in a notice', () => {
  test('shows target and guards to who fetches it, and acts only by its form', async () => {
    const { world, id, path, ask, state } = await waiting();
    const link = path('Roll back to v1');
    for (const method of ['GET', 'HEAD', 'GET']) expect((await ask(link, method)).status).toBe(200);
    const { text } = await ask(link);
    expect(text).toContain('Roll back to v1</button>');
    expect(text).toContain('What the guards say');
    expect(text).not.toContain('/act/pass');
    expect(await state()).toBe('awaiting_approval');
    expect(await ask(link, 'POST')).toMatchObject({ status: 303, location: `/deploys/${id}` });
    expect(await state()).toBe('rolling_back');
    expect((await world.store.timeline(id)).at(-1)).toMatchObject({ by: 'somebody with the link sent to team' });
  });

  test('is not used up by a form without a reason', async () => {
    const { path, ask, state } = await waiting();
    const link = path('Keep v2');
    expect(await ask(link, 'POST', { why: ' ' })).toMatchObject({ status: 400, text: expect.stringContaining('A reason is needed') });
    expect(await state()).toBe('awaiting_approval');
    expect((await ask(link, 'POST', { why: 'fine' })).status).toBe(303);
    expect(await state()).toBe('passed');
  });

  test('acts once', async () => {
    const { path, ask, world, id } = await waiting();
    const link = path('Keep v2');
    expect((await ask(link, 'POST', { why: 'fine' })).status).toBe(303);
    const story = await world.store.timeline(id);
    for (const method of ['GET', 'POST']) {
      const answer = await ask(link, method, { why: 'fine' });
      expect(answer.status).toBe(409);
      expect(answer.text).toContain('The link was used already');
    }
    expect(await world.store.timeline(id)).toEqual(story);
  });

  test('does nothing once somebody has decided otherwise', async () => {
    const { path, ask, world, id } = await waiting();
    await approve(world.store, { id, by: 'ana', at: world.clock.now() });
    for (const method of ['GET', 'POST']) {
      const answer = await ask(path('Keep v2'), method, { why: 'fine' });
      expect(answer.status).toBe(412);
      expect(answer.text).toContain('This deploy was moved on by ana');
    }
  });

  test('acts for half an hour', async () => {
    const { path, ask, world, state } = await waiting();
    world.clock.advance(30 * 60_000);
    for (const method of ['GET', 'POST']) expect((await ask(path('Roll back to v1'), method)).text).toContain('The link has expired');
    expect(await state()).toBe('awaiting_approval');
  });

  test('does its own act only, whatever its form says, and for its own version', async () => {
    const { path, ask, world, id } = await waiting();
    await ask(path('Keep v2'), 'POST', { why: 'fine', act: 'approve', verb: 'roll_back', version: 'baking.1.2' });
    expect((await world.recordOf(id)).bake.state).toBe('passed');
  });

  test('that was changed is no link, and an address is not enough for another act', async () => {
    const { path, ask, state } = await waiting();
    const link = path('Roll back to v1');
    const other = link.endsWith('A') ? 'B' : 'A';
    for (const wrong of [`${link.slice(0, -1)}${other}`, `${link}x`, '/act/x', `/act/${'a'.repeat(43)}`]) {
      expect((await ask(wrong)).status).toBe(404);
      expect((await ask(wrong, 'POST')).status).toBe(404);
    }
    expect((await ask(`${link}/roll-back`, 'POST')).status).toBe(404);
    expect(await state()).toBe('awaiting_approval');
  });
});

test('a notifier gets links only where the operator allows it, and a notice asks for a person', async () => {
  const { world, record, instance, links } = await waiting();
  expect(links.map(({ title }) => title)).toEqual(['Roll back to v1…', 'Keep v2…']);
  const made = (change: object, topic: 'approval' | 'started' = 'approval', url: string | null = publicUrl) =>
    actLinksFor({ ...world, publicUrl: url }, { record, topic, notifier: 'team', instance: { ...instance, ...change } });
  expect(await made({ rules: sendEverything })).toEqual([]);
  expect(await made({}, 'started')).toEqual([]);
  expect(await made({}, 'approval', null)).toEqual([]);
});
