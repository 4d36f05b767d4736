import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import type { TokenVerb } from '../../src/usecases/caller.ts';
import { register } from '../store/fixtures.ts';
import { codePoint } from '../support/code-point.ts';
import { aDatabase, silentLog, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';
import { runs } from '../support/runs.ts';

let database: TestDatabase;
let id: string;
beforeAll(async () => {
  database = await aDatabase();
  id = (await register(database.store, { service: 'theirs', environment: 'vault' }, 'baking')).deploy.id;
  await register(database.store, { service: 'ours' }, 'passed');
});
afterAll(() => database.close());

const inbox = {
  read: () => {
    throw new Error('a call that is refused before is not read');
  },
};
const aToken = (text: string, verbs: readonly TokenVerb[] = ['register', 'read', 'operate']): Token => ({
  name: text,
  sha256: createHash('sha256').update(text).digest('hex'),
  verbs,
  services: ['ours'],
  environments: [],
});
const api = (tokens: readonly Token[] = []) => aReadingApi(database.store, tokens, { inboxes: new Map([['team', inbox]]) });

const piece = fc.oneof(
  fc.constantFrom(
    '%00',
    '%ff',
    '%ed%a0%80',
    '%',
    '%2e%2e%2f',
    '..',
    '__proto__',
    'constructor',
    '%0d%0aX:1',
    '%3Cscript%3E',
    '9'.repeat(400),
  ),
  fc.constantFrom('theirs', 'team', 'a.svg', 'json', '30d', '999999999d', '1e309', `${'1s'.repeat(3_000)}x`, 'md', 'text/html;q=x'),
  fc.string({ unit: codePoint, maxLength: 6 }).map((text) => encodeURIComponent(text.toWellFormed())),
);
const path = fc.oneof(
  fc.tuple(
    fc.constantFrom('/v1/deploys/*/report?format=*', '/v1/deploys/ID/report?*=*', '/v1/services/*?since=*', '/v1/services/ours?*=*'),
    piece,
    piece,
  ),
  fc.tuple(
    fc.constantFrom('/deploys/ID/charts/*.svg?theme=*', '/deploys/*/charts/*', '/deploys/*/report?*', '/services/*', '/v1/deploys/*/*'),
    piece,
    piece,
  ),
  fc.tuple(
    fc.constantFrom('/deploys/*/act/*', '/deploys/ID/act/*?*', '/deploys/ID/decide?*=*', '/act/*?*', '/freeze?service=*', '/freeze?*=*'),
    piece,
    piece,
  ),
  fc.tuple(
    fc.constantFrom('/audit?*=*', '/audit?who=*&service=*', '/deploys?*=*', '/deploys?q=*&state=*', '/?*=*', '/?q=*&state=*', '/docs?*'),
    piece,
    piece,
  ),
  fc.tuple(
    fc.constantFrom('/v1/notifiers/*/test', '/v1/slack/*/actions', '/v1/slack/team/actions?*', '/v1/deploys?before=*&limit=*'),
    piece,
    piece,
  ),
);

test('whatever is asked for, the answer is no trouble of ours, and a refusal says why', async () => {
  const app = api();
  await fc.assert(
    fc.asyncProperty(path, fc.constantFrom('GET', 'POST', 'PUT'), piece, async ([shape, ...pieces], method, accept) => {
      let used = 0;
      const url = shape.replace('ID', id).replaceAll('*', () => pieces[used++ % pieces.length] ?? '');
      const headers = { host: 'localhost:8700', 'content-type': 'application/json', accept };
      const response = await app.request(url, {
        method,
        headers,
        ...(method !== 'GET' && { body: `{"__proto__":{"x":${JSON.stringify(accept)}}}` }),
      });
      const text = await response.text();
      expect(response.status, text).toBeLessThan(500);
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      // A page that acts refuses with a page.
      if (response.status >= 400 && isJson)
        expect(JSON.parse(text)).toMatchObject({ status: response.status, detail: expect.stringMatching(/.{5,600}/s) });
      else if (response.status >= 400) expect(text).toMatch(/<h1[^>]*>[^<]{5,}/);
      if (!isJson) expect(text).not.toContain('<script>');
    }),
    runs(400),
  );
});

describe('a token for one service', () => {
  test.for([
    { method: 'GET', path: '/v1/deploys/ID' },
    { method: 'GET', path: '/v1/deploys/ID/wait?timeout=1s' },
    { method: 'GET', path: '/v1/deploys/ID/recording' },
    { method: 'GET', path: '/v1/deploys/ID/report' },
    { method: 'GET', path: '/v1/deploys/ID/report?format=md' },
    { method: 'GET', path: '/v1/deploys/ID/report?format=html' },
    { method: 'GET', path: '/v1/services/theirs' },
    { method: 'GET', path: '/v1/services/theirs?environment=vault' },
    { method: 'POST', path: '/v1/deploys/ID/finished' },
    { method: 'POST', path: '/v1/deploys/ID/cancel' },
    { method: 'POST', path: '/v1/deploys/ID/approve' },
    { method: 'POST', path: '/v1/deploys/ID/pass', body: { why: 'x' } },
    { method: 'POST', path: '/v1/deploys/ID/rollback', body: { why: 'x' } },
    { method: 'POST', path: '/v1/deploys/ID/roll-forward', body: { why: 'x', confirm: true } },
    { method: 'POST', path: '/v1/deploys/ID/extend', body: { by: '1m' } },
    { method: 'POST', path: '/v1/deploys', body: { service: 'theirs', environment: 'vault', version: 'v1' } },
    { method: 'POST', path: '/v1/adopt', body: { service: 'theirs', environment: 'vault', version: 'v1' } },
    { method: 'POST', path: '/v1/drills', body: { service: 'theirs', environment: 'vault' } },
    { method: 'POST', path: '/v1/notifiers/team/test', body: { service: 'theirs' } },
    { method: 'POST', path: '/v1/notifiers/team/test', body: {} },
    { method: 'PUT', path: '/v1/freeze', body: { frozen: true, why: 'x', service: 'theirs' } },
    { method: 'PUT', path: '/v1/freeze', body: { frozen: true, why: 'x' } },
  ])('is refused: $method $path', async ({ method, path: shape, body }) => {
    const headers = { authorization: 'Bearer ours', ...(body !== undefined && { 'content-type': 'application/json' }) };
    const answer = await api([aToken('ours')]).request(shape.replace('ID', id), {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect(answer.status).toBe(403);
    if (body === undefined && !shape.includes('ID')) expect((await answer.text()).includes('vault')).toBe(false);
  });

  test('freezes its own service, and sees no freeze of another', async () => {
    await database.store.setFreeze({ service: 'theirs', by: 'them', why: 'a secret plan', since: 0 });
    const headers = { authorization: 'Bearer ours', 'content-type': 'application/json' };
    const body = JSON.stringify({ frozen: true, service: 'ours', why: 'x' });
    const answers = [
      await api([aToken('ours')]).request('/v1/freeze', { method: 'PUT', headers, body }),
      await api([aToken('ours')]).request('/v1/freeze', { headers }),
    ];
    for (const answer of answers) expect(await answer.json()).toMatchObject({ freezes: [{ service: 'ours', why: 'x' }] });
    const staging: Token = { ...aToken('ours'), environments: ['staging'] };
    expect((await api([staging]).request('/v1/freeze', { method: 'PUT', headers, body })).status).toBe(403);
  });

  test('sees of the lists what is its own', async () => {
    const answers = await Promise.all(
      ['/v1/deploys', '/v1/services'].map((list) => api([aToken('ours')]).request(list, { headers: { authorization: 'Bearer ours' } })),
    );
    for (const answer of answers) {
      const text = await answer.text();
      expect([answer.status, text.includes('"ours"'), text.includes('theirs'), text.includes('vault')]).toEqual([200, true, false, false]);
    }
  });
});

describe('a body that is refused', () => {
  test.for([
    { name: 'of a stranger', path: '/v1/deploys', status: 401 },
    { name: 'for nobody', path: '/v1/slack/nobody/actions', status: 404 },
    { name: 'of another type', path: '/v1/slack/team/actions', status: 415 },
  ])('$name is read all the same, so that the connection can be used again', async ({ path: where, status }) => {
    const request = new Request(`http://localhost:8700${where}`, { method: 'POST', body: 'x'.repeat(200_000) });
    const answer = await api([aToken('ours')]).request(request);
    expect([answer.status, request.bodyUsed, answer.headers.get('connection')]).toEqual([status, true, null]);
  });

  test('because its sender went away is no error of ours', async () => {
    const logged: unknown[] = [];
    const log = { ...silentLog, error: (fields: unknown) => logged.push(fields) };
    // As Node tells it.
    const gone = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    const body = new ReadableStream({ pull: (controller) => controller.error(gone) });
    const answer = await aReadingApi(database.store, [], { log, inboxes: new Map([['team', inbox]]) }).request(
      new Request('http://localhost:8700/v1/slack/team/actions', { method: 'POST', body, duplex: 'half' }),
    );
    expect(answer.status).toBe(400);
    expect(logged).toEqual([]);
  });

  test('because it is too long ends the connection, and the answer says so', async () => {
    const init = { method: 'POST', body: 'x'.repeat(300_000), headers: { 'content-length': '300000' } };
    const answer = await api().request('/v1/deploys', init);
    expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close']);
  });
});

describe('so many calls that they are refused', () => {
  test('with tokens that were made up, they count as those of one caller; who is known and Slack are heard', async () => {
    const app = api([aToken('ours')]);
    const as = async (token: string) => (await app.request('/v1/services', { headers: { authorization: `Bearer ${token}` } })).status;
    const statuses = new Set<number>();
    for (let i = 0; i < 1_300; i++) statuses.add(await as(`made-up-${i}`));
    expect(statuses).toEqual(new Set([401, 429]));
    expect(await as('ours')).toBe(200);
    expect((await app.request('/v1/slack/team/actions', { method: 'POST', body: 'x' })).status).toBe(415);
  });
});
