import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, callerWith, type Identity } from '../../src/usecases/caller.ts';
import type { Drill } from '../../src/usecases/drill.ts';
import { rollBack } from '../../src/usecases/intervene.ts';
import { createPages } from '../../src/web/pages.ts';
import type { PagesEnv } from '../../src/web/viewer.ts';
import { step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const own = { host: 'bake.example', 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };

type Reader = { readonly caller: Caller | null; readonly session?: { readonly id: string; readonly csrfSecret: string } };

const person = (name: string, grant: Partial<Parameters<typeof callerWith>[0]['grants'][number]> = {}): Reader => ({
  caller: callerWith({ kind: 'person', name, grants: [{ verbs: ['read', 'operate'], services: [], environments: [], ...grant }] }),
  session: { id: `session of ${name}`, csrfSecret: `secret of ${name}` },
});
const ana = person('ana');
const ben = person('ben');

/** A server whose readers are as the test says, and `v2` of a service in a state. */
async function aServer(options: WorldOptions = {}, until: Parameters<World['run']>[1] = ({ state }) => state === 'baking') {
  const world = createWorld(database.store, options);
  const first = await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  const { id } = (await world.release('v2')).record.deploy;
  await world.run(id, until);
  const drills: string[] = [];
  const hook = { ended: Promise.resolve(), waitedFor: new Promise<void>(() => {}) };
  const drill = async ({ place, by }: { place: { service: string; environment: string }; by: string }): Promise<Drill> => {
    drills.push(`${place.service} ${by}`);
    await hook.ended;
    return { ...place, hook: 'deployer', target: 'v1', isOnlyKnownGood: true, forReal: false, ok: true, steps: [] };
  };
  const clock = { ...world.clock, sleep: () => hook.waitedFor };
  const pages = createPages({ store: world.store, clock, baseUrl: 'https://bake.example', drill });
  const ask = async (reader: Reader, path: string, init: RequestInit = {}) => {
    const app = new OpenAPIHono<PagesEnv>();
    const identity: Identity = reader.caller === null ? { caller: null, why: 'unknown' } : { ...reader, caller: reader.caller };
    app.use(async (c, next) => {
      c.set('requestId', 'r1');
      c.set('address', '192.0.2.1');
      c.set('identity', identity);
      await next();
    });
    app.route('/', pages);
    return await app.request(`https://bake.example${path}`, init);
  };
  const open = async (reader: Reader, path: string) => {
    const answer = await ask(reader, path);
    return { status: answer.status, text: await answer.text(), cookie: answer.headers.get('set-cookie') };
  };
  const send = async (reader: Reader, path: string, fields: Record<string, string>, headers: Record<string, string> = own) => {
    const answer = await ask(reader, path, { method: 'POST', headers, body: new URLSearchParams(fields) });
    return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
  };
  const fields = async (reader: Reader, act: string) => {
    const { text } = await open(reader, `/deploys/${id}/act/${act}`);
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
    return { csrf: field('csrf'), version: field('version'), why: 'customers wait' };
  };
  const state = async () => (await world.recordOf(id)).bake.state;
  return { world, id, first: first.record.deploy.id, open, send, ask, fields, state, drills, hook };
}

describe('the page of a deploy', () => {
  test.for(['baking', 'awaiting_approval', 'rolled_back'])('leads to pages that exist, in the state %s', async (state) => {
    const isBad = state !== 'baking';
    const options: WorldOptions = isBad ? { bad: (version) => (version === 'v2' ? 60 : 1) } : {};
    const plan = state === 'awaiting_approval' ? { plan: { onFailure: 'approve' } as const } : {};
    const { id, open } = await aServer({ ...options, ...plan }, (bake) => bake.state === state);
    const { text } = await open(ana, `/deploys/${id}`);
    const paths = [...text.matchAll(/<a class="button[^"]*" id="act-[^>]*href="([^"]+)"/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect((await open(ana, path)).status, path).toBe(200);
  });
});

describe('a page that acts', () => {
  test('shows target, consequence and guards, and changes nothing; its form acts, and leads to the deploy', async () => {
    const { id, open, send, fields, state, world } = await aServer();
    const before = await world.recordOf(id);
    const { status, text } = await open(ana, `/deploys/${id}/act/roll-back`);
    expect(status).toBe(200);
    expect(text).toContain('Roll back to v1</button>');
    expect(text).toContain('v2 makes way for v1');
    for (const says of [
      'Nothing is frozen',
      '0 of 3 rollbacks used in 1h',
      'The known-good release is v1',
      'If you do nothing, the checks decide',
    ])
      expect(text).toContain(says);
    expect(await world.recordOf(id)).toEqual(before);
    const answer = await send(ana, `/deploys/${id}/act/roll-back`, await fields(ana, 'roll-back'));
    expect(answer).toMatchObject({ status: 303, location: `/deploys/${id}` });
    expect(await state()).toBe('rolling_back');
    const [row] = await world.store.auditRows({ scopes: [{ services: [], environments: [] }], order: 'newest', limit: 1 });
    expect(row).toMatchObject({ verb: 'rollback', actor: { kind: 'person', name: 'ana' }, address: '192.0.2.1', requestId: 'r1' });
    expect((await world.store.timeline(id)).at(-1)).toMatchObject({
      by: 'ana',
      text: 'rolling back to v1: rollback requested by ana: customers wait',
    });
  });

  test('HEAD and GET never act, with any fields', async () => {
    const { id, ask, fields, state } = await aServer();
    const query = new URLSearchParams(await fields(ana, 'roll-back'));
    for (const method of ['GET', 'HEAD']) await ask(ana, `/deploys/${id}/act/roll-back?${query}`, { method, headers: own });
    expect(await state()).toBe('baking');
  });

  test.for([
    { what: 'without a token', change: { csrf: '' } },
    { what: 'with a wrong token', change: { csrf: 'x'.repeat(43) } },
    { what: 'of another session', from: ben },
    { what: 'from another site', headers: { ...own, 'sec-fetch-site': 'cross-site' } },
    { what: 'from a site below the same domain', headers: { ...own, 'sec-fetch-site': 'same-site' } },
    { what: 'with another origin', headers: { host: own.host, origin: 'https://evil.example', 'content-type': own['content-type'] } },
    { what: 'without an origin', headers: { host: own.host, 'content-type': own['content-type'] } },
  ])('refuses a form $what', async ({ change = {}, from = ana, headers = own }) => {
    const { id, send, fields, state } = await aServer();
    const answer = await send(ana, `/deploys/${id}/act/roll-back`, { ...(await fields(from, 'roll-back')), ...change }, headers);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('You may not do this');
    expect(await state()).toBe('baking');
  });

  test('accepts the form of a browser that sends only its origin', async () => {
    const { id, send, fields, state } = await aServer();
    const headers = { host: own.host, origin: 'https://bake.example', 'content-type': own['content-type'] };
    expect((await send(ana, `/deploys/${id}/act/cancel`, await fields(ana, 'cancel'), headers)).status).toBe(303);
    expect(await state()).toBe('canceled');
  });

  test('tells the second of two people who was first, and does nothing', async () => {
    const { id, send, fields, world } = await aServer();
    const [first, second] = [await fields(ana, 'roll-back'), await fields(ben, 'pass')];
    expect((await send(ana, `/deploys/${id}/act/roll-back`, first)).status).toBe(303);
    const story = await world.store.timeline(id);
    const answer = await send(ben, `/deploys/${id}/act/pass`, second);
    expect(answer.status).toBe(412);
    expect(answer.text).toContain('Somebody else was first');
    expect(answer.text).toMatch(
      /This deploy was moved on by ana, at 20\d\d-.* UTC, after your page was made\. It is now: rolling back to v1/,
    );
    expect(await world.store.timeline(id)).toEqual(story);
  });

  test('refuses the same form twice, and one of an older state', async () => {
    const { id, send, fields } = await aServer();
    const form = await fields(ana, 'extend');
    expect((await send(ana, `/deploys/${id}/act/extend`, { ...form, by: '30m' })).status).toBe(303);
    expect((await send(ana, `/deploys/${id}/act/extend`, { ...form, by: '30m' })).status).toBe(412);
    expect((await send(ana, `/deploys/${id}/act/extend`, { ...form, version: '' })).status).toBe(400);
  });

  test.for([
    { what: 'a stranger', reader: { caller: null }, status: 401 },
    { what: 'a reader who may only look', reader: person('eve', { verbs: ['read'] }), status: 403 },
    { what: 'an operator of another service', reader: person('eve', { services: ['other'] }), status: 404 },
    { what: 'an operator of another environment', reader: person('eve', { environments: ['staging'] }), status: 404 },
  ])('refuses $what, to look and to act', async ({ reader, status }) => {
    const { id, open, send, fields, state } = await aServer();
    const form = await fields(ana, 'roll-back');
    for (const path of [`/deploys/${id}/decide`, `/deploys/${id}/act/roll-back`, `/deploys/${id}/act/drill`]) {
      const answer = await open(reader, path);
      expect(answer.status).toBe(status);
      expect(answer.text).not.toContain('known-good');
    }
    for (const act of ['roll-back', 'pass', 'cancel', 'extend', 'approve', 'drill'])
      expect((await send(reader, `/deploys/${id}/act/${act}`, form)).status).toBe(status);
    expect(await state()).toBe('baking');
  });

  test('says why an act is not possible, and offers no form', async () => {
    const { id, open, send, fields } = await aServer();
    const { text } = await open(ana, `/deploys/${id}/act/approve`);
    expect(text).toContain('Nothing waits for approval; the bake is baking.');
    expect(text).not.toContain('action="/deploys/');
    expect(await send(ana, `/deploys/${id}/act/approve`, await fields(ana, 'roll-back'))).toMatchObject({ status: 409 });
  });

  test.for(['roll-back', 'pass'])('%s needs a reason', async (act) => {
    const { id, send, fields, state } = await aServer();
    expect((await send(ana, `/deploys/${id}/act/${act}`, { ...(await fields(ana, act)), why: '  ' })).status).toBe(400);
    expect(await state()).toBe('baking');
  });

  test.for([
    { body: 'a'.repeat(20_000), type: own['content-type'], status: 413 },
    { body: '{}', type: 'application/json', status: 400 },
    { body: `why=${'a'.repeat(5_000)}`, type: own['content-type'], status: 400 },
  ])('refuses a body that is no form of it: $status', async ({ body, type, status }) => {
    const { id, ask } = await aServer();
    const headers = { ...own, 'content-type': type, 'content-length': String(body.length) };
    expect((await ask(ana, `/deploys/${id}/act/cancel`, { method: 'POST', headers, body })).status).toBe(status);
  });

  test('a reader without a session has a secret in a cookie instead', async () => {
    const { id, open, send, state } = await aServer();
    const local = { caller: ana.caller };
    const { text, cookie } = await open(local, `/deploys/${id}/act/cancel`);
    expect(cookie).toMatch(/^bakewatch_form=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    const csrf = /name="csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
    const version = /name="version" value="([^"]*)"/.exec(text)?.[1] ?? '';
    const path = `/deploys/${id}/act/cancel`;
    expect((await send(local, path, { csrf, version })).status).toBe(403);
    expect((await send(local, path, { csrf, version }, { ...own, cookie: `bakewatch_form=${'a'.repeat(43)}` })).status).toBe(403);
    expect((await send(local, path, { csrf, version }, { ...own, cookie: (cookie ?? '').split(';')[0] ?? '' })).status).toBe(303);
    expect(await state()).toBe('canceled');
  });

  test('there is no page of an unknown act, or of an unknown deploy', async () => {
    const { id, open } = await aServer();
    for (const path of [`/deploys/${id}/act/explode`, `/deploys/x/act/cancel`, `/deploys/${crypto.randomUUID()}/decide`])
      expect((await open(ana, path)).status).toBe(404);
  });
});

describe('the page of decisions', () => {
  const bad = (version: string) => (version === 'v2' ? 60 : 1);

  test('of a rollback that waits for approval has its form ready, and says what becomes of it otherwise', async () => {
    const plan = { onFailure: 'approve' } as const;
    const { id, open, send, fields, state } = await aServer({ bad, plan }, ({ state: now }) => now === 'awaiting_approval');
    const { text } = await open(ana, `/deploys/${id}/decide`);
    expect(text).toContain('Roll back to v1</button>');
    expect(text).toContain(`action="/deploys/${id}/act/approve"`);
    const offered = [...text.matchAll(/href="[^"]*\/act\/([a-z-]+)"/g)].map(([, act]) => act);
    expect(offered).toEqual(['pass', 'cancel']);
    expect(text).toMatch(/If nobody decides by <time[^>]*>[^<]*<\/time>, v2 stays and the deploy is marked as failed\./);
    expect((await send(ana, `/deploys/${id}/act/approve`, await fields(ana, 'approve'))).status).toBe(303);
    expect(await state()).toBe('rolling_back');
  });

  test('offers what the state allows, and a freeze warns without holding a person', async () => {
    const { id, open, world } = await aServer();
    await world.store.setFreeze({ service: world.service, by: 'ben', why: 'black friday', since: world.clock.now() });
    const { text } = await open(ana, `/deploys/${id}/decide`);
    const offered = [...text.matchAll(/href="\/deploys\/[^"]*\/act\/([a-z-]+)"/g)].map(([, act]) => act);
    expect(offered).toEqual(['roll-back', 'pass', 'extend', 'cancel']);
    const page = await open(ana, `/deploys/${id}/act/roll-back`);
    expect(page.text).toContain('is frozen by ben (black friday)');
    expect(page.text).toContain('Roll back to v1</button>');
    expect(page.text).toContain('If one of them fails, people are notified.');
  });

  test('of a deploy that was rolled back offers to put it back, and to call it a false alarm', async () => {
    const { id, open, send, fields, world } = await aServer({ bad }, () => false);
    expect((await world.recordOf(id)).bake.state).toBe('rolled_back');
    const { text } = await open(ana, `/deploys/${id}/decide`);
    expect([...text.matchAll(/\/act\/([a-z-]+)"/g)].map(([, act]) => act)).toEqual(['roll-forward', 'false-alarm']);
    const forward = await open(ana, `/deploys/${id}/act/roll-forward`);
    expect(forward.text).toContain('name="confirm"');
    expect((await send(ana, `/deploys/${id}/act/roll-forward`, await fields(ana, 'roll-forward'))).status).toBe(409);
    expect((await send(ben, `/deploys/${id}/act/false-alarm`, await fields(ben, 'false-alarm'))).status).toBe(303);
    expect((await world.recordOf(id)).marks).toMatchObject([{ kind: 'false_alarm', by: 'ben', why: 'customers wait' }]);
    // The mark says that the release was not the cause, so nothing needs to be confirmed.
    expect((await open(ana, `/deploys/${id}/act/roll-forward`)).text).not.toContain('name="confirm"');
    expect((await send(ana, `/deploys/${id}/act/roll-forward`, await fields(ana, 'roll-forward'))).status).toBe(303);
    expect((await world.recordOf(id)).bake.state).toBe('rolling_back');
  });

  test('a drill rehearses the rollback of the place, and leads to the known-good deploy', async () => {
    const { id, first, open, send, fields, drills, world } = await aServer();
    const { text } = await open(ana, `/deploys/${id}/act/drill`);
    expect(text).toContain('Rehearse a rollback to v1</button>');
    expect(drills).toEqual([]);
    expect(await send(ana, `/deploys/${id}/act/drill`, await fields(ana, 'drill'))).toMatchObject({
      status: 303,
      location: `/deploys/${first}`,
    });
    expect(drills).toEqual([`${world.service} ana`]);
  });

  test('a drill that takes long goes on without the page, which says so', async () => {
    const { id, first, open, send, fields, hook, world } = await aServer();
    const gate = Promise.withResolvers<void>();
    hook.ended = gate.promise;
    hook.waitedFor = Promise.resolve();
    const { location } = await send(ana, `/deploys/${id}/act/drill`, await fields(ana, 'drill'));
    expect(location).toBe(`/deploys/${first}?rehearsing=${world.clock.now()}`);
    const says = async (path: string) => (await open(ana, path)).text.includes('The rehearsal is still running.');
    expect([await says(location ?? ''), await says(`/deploys/${first}`)]).toEqual([true, false]);
    gate.resolve();
    const entry = { at: world.clock.now(), kind: 'drilled', by: 'ana', text: 'a drill succeeded' } as const;
    await world.store.update(first, null, ({ bake }) => ({ ok: true, next: bake, effects: [], timeline: [entry] }));
    expect(await says(location ?? '')).toBe(false);
  });

  test('the page of a passed deploy leads to the drill, for those who may operate', async () => {
    const { first, open } = await aServer();
    expect((await open(ana, `/deploys/${first}`)).text).toContain(`href="/deploys/${first}/act/drill">Rehearse a rollback…`);
    const seen = (await open(person('vera', { verbs: ['read'] }), `/deploys/${first}`)).text;
    expect(seen).toContain('aria-describedby="why-not"');
    expect(seen).not.toContain('/act/drill');
    expect((await open({ caller: null }, `/deploys/${first}`)).text).not.toContain('Rehearse');
  });

  test('a second rollback by hand is refused with the reason', async () => {
    const { id, open, world } = await aServer();
    await rollBack(world.store, { id, by: 'ben', at: world.clock.now(), why: 'slow' });
    expect((await open(ana, `/deploys/${id}/act/roll-back`)).text).toContain('A rollback is in progress.');
  });
});
