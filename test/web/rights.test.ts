import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Grant } from '../../src/usecases/caller.ts';
import { createPages } from '../../src/web/pages.ts';
import { anApi } from '../support/an-api.ts';
import { aDatabase, systemClock, type TestDatabase } from '../support/database.ts';
import { createWorld } from '../support/world.ts';

/*
 * Who gets which page, and which call of the API: every role, here and elsewhere. The deploy is in production.
 */
const baseUrl = 'http://127.0.0.1:8700';
const nobody = async () => {
  throw new Error('nobody may start a drill here');
};

let database: TestDatabase;
let app: ReturnType<typeof anApi>;
let id: string;
let service: string;
beforeAll(async () => {
  database = await aDatabase();
  const world = createWorld(database.store);
  await world.release('v1', { adopted: true });
  ({ id, service } = (await world.release('v2')).record.deploy);
  const access = { hasSignIn: () => true, hasTokens: async () => true, isByLink: () => false };
  const tokens = Object.entries(rolesIn(service)).map(([name, grant]) => ({
    name,
    sha256: createHash('sha256').update(name.replaceAll(' ', '%20')).digest('hex'),
    ...grant,
  }));
  app = anApi(database.store, {
    tokens,
    pages: createPages({ store: database.store, clock: systemClock, baseUrl, access, drill: nobody }),
  });
});
afterAll(() => database.close());

function rolesIn(here: string): Readonly<Record<string, Grant>> {
  return {
    viewer: { verbs: ['read'], services: [here], environments: [] },
    'viewer elsewhere': { verbs: ['read'], services: ['other'], environments: [] },
    pipeline: { verbs: ['register'], services: [here], environments: [] },
    operator: { verbs: ['read', 'operate'], services: [here], environments: [] },
    'operator of staging': { verbs: ['read', 'operate'], services: [here], environments: ['staging'] },
    'operator elsewhere': { verbs: ['read', 'operate'], services: ['other'], environments: [] },
    'operator of all': { verbs: ['read', 'operate'], services: [], environments: [] },
    admin: { verbs: ['admin'], services: [], environments: [] },
  };
}
const callers = ['stranger', ...Object.keys(rolesIn(''))];

/** A stranger is sent to the sign-in by a page (303), and refused by the API (401). The others are in the order of the roles. */
test.for([
  { call: 'GET /', expected: [303, 200, 200, 200, 200, 200, 200, 200, 200] },
  { call: 'GET /deploys', expected: [303, 200, 200, 200, 200, 200, 200, 200, 200] },
  { call: 'GET /deploys/ID', expected: [303, 200, 404, 404, 200, 404, 404, 200, 404] },
  { call: 'GET /deploys/ID/report', expected: [303, 200, 404, 404, 200, 404, 404, 200, 404] },
  { call: 'GET /deploys/ID/decide', expected: [303, 403, 404, 404, 200, 404, 404, 200, 404] },
  { call: 'GET /deploys/ID/act/roll-back', expected: [303, 403, 404, 404, 200, 404, 404, 200, 404] },
  { call: 'GET /deploys/ID/act/drill', expected: [303, 403, 404, 404, 200, 404, 404, 200, 404] },
  { call: 'GET /services/SERVICE', expected: [303, 200, 404, 404, 200, 404, 404, 200, 404] },
  { call: 'GET /freeze', expected: [303, 200, 200, 200, 200, 200, 200, 200, 200] },
  { call: 'GET /freeze?service=SERVICE', expected: [303, 403, 403, 403, 200, 403, 403, 200, 403] },
  { call: 'GET /freeze?all=yes', expected: [303, 403, 403, 403, 403, 403, 403, 200, 403] },
  { call: 'GET /audit', expected: [303, 200, 200, 403, 200, 200, 200, 200, 403] },
  { call: 'GET /docs', expected: [200, 200, 200, 200, 200, 200, 200, 200, 200] },
  // Without the proof of a page of ours, a form is refused from those who may act, too. Nobody else learns that the deploy exists.
  { call: 'POST /deploys/ID/act/roll-back', expected: [303, 403, 404, 404, 403, 404, 404, 403, 404] },
  { call: 'POST /deploys/ID/act/pass', expected: [303, 403, 404, 404, 403, 404, 404, 403, 404] },
  { call: 'POST /freeze?service=SERVICE', expected: [303, 403, 403, 403, 403, 403, 403, 403, 403] },
  { call: 'POST /freeze?all=yes', expected: [303, 403, 403, 403, 403, 403, 403, 403, 403] },
  { call: 'GET /v1/deploys/ID', expected: [401, 200, 403, 403, 200, 403, 403, 200, 403] },
  { call: 'GET /v1/deploys/ID/recording', expected: [401, 200, 403, 403, 200, 403, 403, 200, 403] },
  // The bake has not begun. Only who may act is told so.
  { call: 'POST /v1/deploys/ID/extend', expected: [401, 403, 403, 403, 409, 403, 403, 409, 403] },
  { call: 'GET /v1/audit', expected: [401, 200, 200, 403, 200, 200, 200, 200, 403] },
  { call: 'GET /v1/audit/verify', expected: [401, 403, 403, 403, 403, 403, 403, 200, 403] },
  { call: 'GET /v1/tokens', expected: [401, 403, 403, 403, 403, 403, 403, 403, 200] },
  { call: 'GET /v1/sessions', expected: [401, 403, 403, 403, 403, 403, 403, 403, 200] },
  { call: 'GET /v1/freeze', expected: [401, 200, 200, 403, 200, 200, 200, 200, 403] },
])('$call', async ({ call, expected }) => {
  const [method = '', shape = ''] = call.split(' ');
  const path = shape.replace('ID', id).replace('SERVICE', service);
  const isApi = path.startsWith('/v1');
  const found: Record<string, number> = {};
  for (const name of callers) {
    const headers = {
      accept: 'text/html',
      origin: baseUrl,
      host: '127.0.0.1:8700',
      'content-type': isApi ? 'application/json' : 'application/x-www-form-urlencoded',
      ...(name !== 'stranger' && { authorization: `Bearer ${name.replaceAll(' ', '%20')}` }),
    };
    const answer = await app.request(`${baseUrl}${path}`, {
      method,
      headers,
      ...(method === 'POST' && { body: isApi ? '{"by":"1m"}' : 'x=' }),
    });
    found[name] = answer.status;
    const text = await answer.text();
    if (answer.status === 404 || answer.status === 403) expect(text).not.toContain('v2');
  }
  expect(found).toEqual(Object.fromEntries(callers.map((name, i) => [name, expected[i]])));
});
