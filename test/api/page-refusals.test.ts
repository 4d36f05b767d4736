import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { createRefusals } from '../../src/usecases/refusals.ts';
import { createPages } from '../../src/web/pages.ts';
import { anApi } from '../support/an-api.ts';
import { aDatabase, silentLog, systemClock, type TestDatabase } from '../support/database.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
let world: World;
let id: string;
beforeAll(async () => {
  database = await aDatabase();
  world = createWorld(database.store);
  await world.release('v1', { adopted: true });
  ({ id } = (await world.release('v2')).record.deploy);
});
afterAll(() => database.close());

const reader: Token = {
  name: 'reader',
  sha256: createHash('sha256').update('a-secret').digest('hex'),
  verbs: ['read'],
  services: [],
  environments: [],
};
const address = '203.0.113.9';
const guessed = 'g'.repeat(43);

/** The rows that the requests leave, oldest first. */
async function rowsOf(
  requests: readonly { path: string; method?: string; token?: boolean }[],
  access?: Parameters<typeof createPages>[0]['access'],
) {
  const scope = { scopes: [{ services: [], environments: [] }] };
  const seen = (await database.store.auditRows({ ...scope, order: 'newest', limit: 1 }))[0]?.seq ?? 0;
  const { store } = database;
  const refusals = createRefusals({ store, clock: systemClock, log: silentLog });
  const drill = async () => {
    throw new Error('nobody may start a drill here');
  };
  const pages = createPages({ store, clock: systemClock, baseUrl: 'http://127.0.0.1:8700', drill, ...(access && { access }) });
  const app = anApi(store, { tokens: [reader], noteRefusal: refusals.note, pages });
  for (const { path, method = 'POST', token = false } of requests) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(token && { authorization: 'Bearer a-secret' }) };
    const init = { method, headers, ...(method === 'POST' && { body: 'why=x' }) };
    await app.request(path, init, { incoming: { socket: { remoteAddress: address } } });
  }
  await refusals.stop();
  const rows = await store.auditRows({ ...scope, order: 'oldest', after: seen, limit: 100 });
  return rows.map(({ actor, outcome, count, detail, address: from }) => ({ by: actor.name, outcome, count, detail, from }));
}

test.for([
  { what: 'a decision', path: () => `/deploys/${id}/act/roll-back`, route: '/deploys/:id/act/:act' },
  { what: 'a drill', path: () => `/deploys/${id}/act/drill`, route: '/deploys/:id/act/:act' },
  { what: 'a freeze', path: () => '/freeze?all=yes', route: '/freeze' },
])(
  '$what that is refused leaves a row with the reason: of strangers one, of a caller without the right another',
  async ({ path, route }) => {
    const rows = await rowsOf([{ path: path() }, { path: path() }, { path: path() }, { path: path(), token: true }]);
    const refused = { outcome: 'refused', from: address };
    expect(rows).toEqual([
      { ...refused, by: '', count: 1, detail: expect.stringMatching(new RegExp(`^401 POST ${route}: only people who are known`)) },
      { ...refused, by: 'reader', count: 1, detail: expect.stringMatching(new RegExp(`^403 POST ${route}: the caller reader may `)) },
      { ...refused, by: '', count: 2, detail: expect.stringContaining('401 POST') },
    ]);
  },
);

test('guesses of links that act leave a row, without the secret', async () => {
  const rows = await rowsOf([{ path: `/act/${guessed}`, method: 'GET' }, { path: `/act/${guessed}` }]);
  expect(rows).toMatchObject([
    { detail: expect.stringMatching(/^404 GET \/act\/:secret: there is no such link/), count: 1 },
    { detail: expect.stringContaining('404 POST /act/:secret'), count: 1 },
  ]);
  expect(JSON.stringify(rows)).not.toContain(guessed);
});

test('a link that was used leaves a row for another form, not for another look', async () => {
  const sha256 = createHash('sha256').update(guessed).digest('hex');
  const now = systemClock.now();
  const link = { sha256, deployId: id, verb: 'pass', version: 'x', notifier: 'team', createdAt: now, expiresAt: now + 60_000 };
  await database.store.addActLinks([link], 0);
  await database.store.useActLink(sha256, now);
  const rows = await rowsOf([{ path: `/act/${guessed}`, method: 'GET' }, { path: `/act/${guessed}` }]);
  expect(rows).toMatchObject([{ detail: expect.stringMatching(/^409 POST \/act\/:secret: the link was used already/) }]);
});

test('a form without a session, which is led to the sign-in, leaves a row; a look does not', async () => {
  const access = { hasSignIn: () => true, hasTokens: async () => false, isByLink: () => true };
  expect(await rowsOf([{ path: '/freeze', method: 'GET' }, { path: '/freeze?all=yes' }], access)).toMatchObject([
    { detail: '401 POST /freeze: nobody has signed in, or the session has ended' },
  ]);
});
