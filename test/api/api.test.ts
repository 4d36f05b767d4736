import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../../src/api/api.ts';
import type { Token } from '../../src/api/auth.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { createStreamSeats } from '../../src/api/events.ts';
import type { Bake } from '../../src/core/bake/bake.ts';
import type { Deploy } from '../../src/core/bake/deploy.ts';
import { AppError, ConfigError } from '../../src/core/base/errors.ts';
import type { RuleSet } from '../../src/core/rules/rule-set.ts';
import { planFor } from '../../src/usecases/plan-for.ts';
import { createStoredTokens } from '../../src/usecases/stored-tokens.ts';
import { createChangeWatch } from '../../src/usecases/watch-changes.ts';
import { styleSource } from '../../src/web/assets.ts';
import { createPages } from '../../src/web/pages.ts';
import { renderReport } from '../../src/web/render-report.ts';
import { bakeIn, register, start } from '../store/fixtures.ts';
import { keepContract } from '../support/contract.ts';
import { aDatabase, silentLog, systemClock, type TestDatabase } from '../support/database.ts';

const ruleSet: RuleSet = {
  service: 'shop',
  environment: 'production',
  bake: { forMs: 900_000, everyMs: 15_000, warmupMs: 30_000, extendMs: 900_000 },
  falseAlarms: 0.01,
  baseline: { historyMs: 0, like: [], timezone: 'UTC' },
  control: null,
  checks: [],
  onFailure: 'notify',
  traffic: null,
  rollback: null,
  notify: [],
};
const policy = {
  observeOnly: false,
  approvalMs: 3_600_000,
  finishMs: 3_600_000,
  rollbackMs: 900_000,
  blindAfterMs: 60_000,
  budget: { rollbacks: 1_000, withinMs: 3_600_000, cooldownMs: 0 },
  sharedCause: null,
  nextKnownGood: false,
};
const valid = { service: 'shop', environment: 'production', version: 'v1' };

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

function anApi(tokens: readonly Token[] = [], rest: Partial<ApiDeps> = {}) {
  const { store } = database;
  const api = createApi({
    store,
    clock: systemClock,
    log: silentLog,
    tokens,
    storedTokens: createStoredTokens({ store, clock: systemClock, log: silentLog }),
    ruleSetFor: (service) => {
      if (service !== 'shop') throw new AppError('not_found', `there are no rules for ${service}`);
      return ruleSet;
    },
    planFor: (rules, now) => planFor(rules, now, { policy, providers: new Map() }),
    warningsFor: async () => [],
    drill: async ({ place, forReal }) => ({
      ...place,
      hook: 'deployer',
      target: 'v1',
      isOnlyKnownGood: false,
      forReal,
      ok: true,
      steps: [],
    }),
    whatRuns: async () => 'v41',
    replay: () => {
      throw new Error('nothing is judged again here');
    },
    checkRules: () => {
      throw new Error('not expected');
    },
    testNotifier: async () => {
      throw new Error('no notifier is tested here');
    },
    baseUrl: 'http://127.0.0.1:8700',
    metrics: async () => 'bakewatch_bakes 0\n',
    notReady: async () => null,
    inboxes: new Map(),
    stopping: new AbortController().signal,
    changes: createChangeWatch({ store, clock: systemClock, log: silentLog, stopping: new AbortController().signal }),
    streams: createStreamSeats(),
    pages: createPages({ store, clock: systemClock, baseUrl: 'http://127.0.0.1:8700' }),
    styleSource,
    renderReport,
    ...rest,
  });
  return keepContract(api);
}

test('a registration and its repetition answer with what looks wrong with the rules', async () => {
  const api = anApi([], { warningsFor: async () => ['errors: unproven: `bad` has matched no series'] });
  const body = { ...valid, build_id: 'warned' };
  const answers = [await send(api, 'POST', '/v1/deploys', { body }), await send(api, 'POST', '/v1/deploys', { body })];
  expect(answers.map(({ status }) => status)).toEqual([201, 200]);
  for (const answer of answers) expect(answer.body.warnings).toEqual(['errors: unproven: `bad` has matched no series']);
});

test('adopting answers with what runs, and is refused where that is another release, unless it is forced', async () => {
  const rules = { ...ruleSet, rollback: { hook: 'cluster', verifyMs: 60_000 } };
  const api = anApi([], { ruleSetFor: () => rules, whatRuns: async () => 'shop:v41 (template 3f2a91c04b77)' });
  const adopt = (body: object) => send(api, 'POST', '/v1/adopt', { body });
  const running = 'shop:v41 (template 3f2a91c04b77)';
  expect(await adopt({ ...valid, version: 'v41' })).toMatchObject({ status: 201, body: { running, note: null } });
  expect(await adopt({ ...valid, version: 'v999' })).toMatchObject({ status: 409, body: { detail: expect.stringContaining('use force') } });
  expect(await adopt({ ...valid, version: 'v999', force: true })).toMatchObject({
    status: 201,
    body: { running, note: expect.stringContaining('by force') },
  });
});

type Answer = { readonly status: number; readonly type: string; readonly body: Record<string, unknown> & { detail?: string; id?: string } };

async function send(
  api: ReturnType<typeof anApi>,
  method: string,
  path: string,
  options: { body?: string | object; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const body = typeof options.body === 'object' ? JSON.stringify(options.body) : options.body;
  const headers = { host: 'localhost:8700', ...(body !== undefined && { 'content-type': 'application/json' }), ...options.headers };
  const response = await api.request(path, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, body: type.includes('json') ? (JSON.parse(text) as Answer['body']) : { detail: text } };
}

describe('bad input gets a 4xx with a reason, whatever it is', () => {
  const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`label${i}`, 'x']));
  test.for([
    { name: 'a body of 10 MB', body: 'a'.repeat(10_000_000), status: 413, says: '256 KiB' },
    { name: 'JSON 100,000 deep', body: `${'['.repeat(100_000)}${']'.repeat(100_000)}`, status: 400, says: 'expected object' },
    { name: 'JSON that never ends', body: '{"service":', status: 400, says: 'Malformed JSON' },
    { name: 'an empty body', body: '', status: 400, says: 'Malformed JSON' },
    { name: 'a list', body: '[]', status: 400, says: 'expected object' },
    { name: 'null', body: 'null', status: 400, says: 'expected object' },
    { name: 'a misspelt field', body: { ...valid, vresion: 'v1' }, status: 400, says: 'did you mean `version`' },
    { name: 'a missing field', body: { service: 'shop' }, status: 400, says: 'body.environment' },
    { name: 'a number for a name', body: { ...valid, version: 42 }, status: 400, says: 'body.version' },
    { name: 'an object for a name', body: { ...valid, service: { $ne: null } }, status: 400, says: 'body.service' },
    { name: 'shell in a service', body: { ...valid, service: 'shop; rm -rf /' }, status: 400, says: 'must start with a letter' },
    { name: 'a command substitution in a version', body: { ...valid, version: '$(id)' }, status: 400, says: 'must start with a letter' },
    { name: 'an option for a version', body: { ...valid, version: '--force' }, status: 400, says: 'must start with a letter' },
    { name: 'SQL in an environment', body: { ...valid, environment: "x'; drop table deploys; --" }, status: 400, says: 'must start with' },
    { name: 'a line break in a commit', body: { ...valid, commit: 'abc\ndef' }, status: 400, says: 'body.commit' },
    { name: 'a NUL in metadata', body: { ...valid, metadata: { key: 'a\u0000b' } }, status: 400, says: 'control characters' },
    { name: '10,000 labels', body: { ...valid, metadata: labels }, status: 400, says: 'more than 50 entries' },
    {
      name: 'a script for a link',
      body: { ...valid, links: [{ title: 'x', url: 'javascript:alert(1)' }] },
      status: 400,
      says: 'links.0.url',
    },
    { name: 'an unknown cause', body: { ...valid, cause: 'boredom' }, status: 400, says: 'body.cause' },
    { name: 'a service without rules', body: { ...valid, service: 'other' }, status: 404, says: 'no rules for other' },
  ])('$name', async ({ body, status, says }) => {
    const answer = await send(anApi(), 'POST', '/v1/deploys', { body });
    expect(answer).toMatchObject({ status, type: expect.stringContaining('application/problem+json') });
    expect(answer.body.detail).toContain(says);
  });

  test.for([
    { name: 'an id that is not one', path: '/v1/deploys/abc', status: 404 },
    { name: 'an id with SQL', path: "/v1/deploys/x'%20or%201=1", status: 404 },
    { name: 'bytes that are no text', path: '/v1/deploys/%ff%fe', status: 404 },
    { name: 'an unknown deploy', path: '/v1/deploys/0f8fad5b-d9cb-469f-a165-70867728950e', status: 404 },
    { name: 'a recording of nothing', path: '/v1/deploys/nothing/recording', status: 404 },
    { name: 'too long a list', path: '/v1/deploys?limit=100000', status: 400 },
    { name: 'an unknown state', path: '/v1/deploys?state=happy', status: 400 },
    { name: 'an unknown filter', path: '/v1/deploys?servce=shop', status: 400 },
    { name: 'too long a wait', path: '/v1/deploys/0f8fad5b-d9cb-469f-a165-70867728950e/wait?timeout=99h', status: 400 },
    { name: 'no such place', path: '/v1/nothing', status: 404 },
    { name: 'a page of nothing', path: '/deploys/nothing', status: 404 },
  ])('GET: $name', async ({ path, status }) => {
    const answer = await send(anApi(), 'GET', path);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).not.toBe('');
  });

  test('a form, which a browser sends without asking, is not JSON', async () => {
    expect(
      await send(anApi(), 'POST', '/v1/deploys', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    ).toMatchObject({ status: 415 });
  });
});

describe('a retried call', () => {
  test('with the same Idempotency-Key finds the same deploy; with another body it is a conflict', async () => {
    const headers = { 'idempotency-key': 'run-1' };
    const first = await send(anApi(), 'POST', '/v1/deploys', { body: valid, headers });
    const again = await send(anApi(), 'POST', '/v1/deploys', { body: valid, headers });
    const other = await send(anApi(), 'POST', '/v1/deploys', { body: { ...valid, version: 'v2' }, headers });
    expect([first.status, again.status, other.status]).toEqual([201, 200, 409]);
    expect(again.body.id).toBe(first.body.id);
    expect(other.body.detail).toContain(first.body.id);
  });

  test('of another token cannot be mixed up, and learns no id of its deploy', async () => {
    const token = (name: string): Token => ({
      name,
      sha256: createHash('sha256').update(name).digest('hex'),
      verbs: ['register'],
      services: [],
      environments: [],
    });
    const api = anApi([token('a'), token('a:b')]);
    const call = (name: string, key: string, version: string, rest = {}) =>
      send(api, 'POST', '/v1/deploys', {
        body: { ...valid, version, ...rest },
        headers: { authorization: `Bearer ${name}`, 'idempotency-key': key },
      });
    const first = await call('a', 'b:c', 'collides-1');
    const other = await call('a:b', 'c', 'collides-2');
    expect([first.status, other.status]).toEqual([201, 201]);
    expect([(await call('a', 'b:c', 'collides-1')).body.id, (await call('a:b', 'c', 'collides-2')).body.id]).toEqual([
      first.body.id,
      other.body.id,
    ]);
    const shared = { ...valid, version: 'collides-3', build_id: 'shared' };
    const as = (name: string) => ({ authorization: `Bearer ${name}` });
    const { body } = await send(api, 'POST', '/v1/deploys', { body: shared, headers: as('a') });
    const refused = await send(api, 'POST', '/v1/deploys', { body: { ...shared, migrations: 'compatible' }, headers: as('a:b') });
    expect(refused.status).toBe(409);
    expect(refused.body.detail).not.toContain(body.id);
  });

  test('with the same build id finds the same deploy', async () => {
    const body = { ...valid, version: 'v9', build_id: 'build-77' };
    const [first, again] = [await send(anApi(), 'POST', '/v1/deploys', { body }), await send(anApi(), 'POST', '/v1/deploys', { body })];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
  });
});

describe('a late registration', () => {
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

  test('says when the deploy finished, and a retried call with another time finds the same deploy', async () => {
    const body = { ...valid, version: 'late-1', deployed_at: ago(600_000) };
    const headers = { 'idempotency-key': 'late-1' };
    const first = await send(anApi(), 'POST', '/v1/deploys', { body, headers });
    expect(first).toMatchObject({ status: 201, body: { deployed_at: body.deployed_at } });
    const again = await send(anApi(), 'POST', '/v1/deploys', { body: { ...body, deployed_at: ago(500_000) }, headers });
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, deployed_at: body.deployed_at } });
  });

  test('by retries says how long ago the first one was', async () => {
    const headers = { 'bakewatch-first-try-ago': '600' };
    const { body } = await send(anApi(), 'POST', '/v1/deploys', { body: { ...valid, version: 'late-2' }, headers });
    expect(Date.parse(String(body.registered_at)) - Date.parse(String(body.deployed_at))).toBe(600_000);
    const started = await send(anApi(), 'POST', '/v1/deploys', { body: { ...valid, version: 'late-3', phase: 'started' }, headers });
    expect(started).toMatchObject({ status: 201, body: { deployed_at: null } });
  });

  test.for([
    { name: 'the future', rest: { deployed_at: ago(-3_600_000) }, says: 'lies in the future' },
    { name: 'last month', rest: { deployed_at: ago(30 * 86_400_000) }, says: 'more than 7 days ago' },
    { name: 'a deploy that has only started', rest: { deployed_at: ago(1_000), phase: 'started' }, says: 'has only started' },
    { name: 'a time without a zone', rest: { deployed_at: '2026-11-21T14:00:00' }, says: 'deployed_at' },
  ])('cannot be of $name', async ({ rest, says }) => {
    const answer = await send(anApi(), 'POST', '/v1/deploys', { body: { ...valid, ...rest } });
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining(says) } });
  });
});

describe('interventions', () => {
  test('a roll forward needs a reason, and a deploy that was rolled back', async () => {
    const { body } = await send(anApi(), 'POST', '/v1/deploys', { body: valid });
    const path = `/v1/deploys/${body.id}/roll-forward`;
    expect(await send(anApi(), 'POST', path, { body: {} })).toMatchObject({ status: 400 });
    expect(await send(anApi(), 'POST', path, { body: { why: 'v0 is as bad' } })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('only a deploy that was rolled back can be rolled forward') },
    });
  });

  test('what makes no sense is a 409 with the reason', async () => {
    const { body } = await send(anApi(), 'POST', '/v1/deploys', { body: valid });
    expect(await send(anApi(), 'POST', `/v1/deploys/${body.id}/approve`)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('nothing waits for approval') },
    });
    expect(await send(anApi(), 'POST', `/v1/deploys/${body.id}/pass`, { body: {} })).toMatchObject({ status: 400 });
    expect(await send(anApi(), 'POST', `/v1/deploys/${body.id}/pass`, { body: { why: 'I looked at it' } })).toMatchObject({
      status: 200,
      body: { state: 'passed' },
    });
    expect(await send(anApi(), 'POST', `/v1/deploys/${body.id}/cancel`)).toMatchObject({ status: 409 });
  });

  test('a freeze may end by itself', async () => {
    const { body } = await send(anApi(), 'PUT', '/v1/freeze', { body: { frozen: true, service: 'ends', why: 'a sale', for: '2h' } });
    const [freeze] = body.freezes as { since: string; until: string }[];
    expect(Date.parse(freeze?.until ?? '') - Date.parse(freeze?.since ?? '')).toBe(7_200_000);
    const until = '2126-11-21T14:00:00+02:00';
    const later = await send(anApi(), 'PUT', '/v1/freeze', { body: { frozen: true, service: 'ends', why: 'a sale', until } });
    expect(later).toMatchObject({ status: 400, body: { detail: expect.stringContaining('too far away') } });
    await send(anApi(), 'PUT', '/v1/freeze', { body: { frozen: false, service: 'ends' } });
  });

  test.for([
    { end: { until: 'tomorrow' }, says: '"tomorrow" is not a time' },
    { end: { until: '2026-13-45T99:00:00Z' }, says: 'is not a time' },
    { end: { until: '2001-11-21T14:00:00Z' }, says: 'is past' },
    { end: { for: '-1h' }, says: 'is not a duration' },
    { end: { for: '0s' }, says: 'is not a duration' },
    { end: { for: '99w' }, says: 'the maximum is 366d' },
    { end: { for: '1h', until: '2001-11-21T14:00:00Z' }, says: 'give one of them' },
  ])('a freeze with the end $end is refused', async ({ end, says }) => {
    const body = { frozen: true, service: 'never', why: 'a sale', ...end };
    expect(await send(anApi(), 'PUT', '/v1/freeze', { body })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(says) },
    });
    expect((await send(anApi(), 'GET', '/v1/freeze')).body.freezes).toEqual([]);
  });

  test('a lift has no end', async () => {
    expect(await send(anApi(), 'PUT', '/v1/freeze', { body: { frozen: false, for: '1h' } })).toMatchObject({ status: 400 });
  });

  test('a freeze needs a reason, and is shown with it', async () => {
    expect(await send(anApi(), 'PUT', '/v1/freeze', { body: { frozen: true } })).toMatchObject({ status: 400 });
    expect(await send(anApi(), 'PUT', '/v1/freeze', { body: { frozen: true, why: 'black friday' } })).toMatchObject({
      status: 200,
      body: { freezes: [{ service: null, why: 'black friday', by: 'local' }] },
    });
    expect(await send(anApi(), 'PUT', '/v1/freeze', { body: { frozen: false } })).toMatchObject({
      status: 200,
      body: { freezes: [], changed: true },
    });
    // A pipeline may repeat the call.
    for (const body of [{ frozen: false }, { frozen: false, service: 'never-frozen' }])
      expect(await send(anApi(), 'PUT', '/v1/freeze', { body })).toMatchObject({ status: 200, body: { freezes: [], changed: false } });
  });
});

describe('who may do what', () => {
  const aToken = (name: string, text: string, rest: Partial<Token>): Token => ({
    name,
    sha256: createHash('sha256').update(text).digest('hex'),
    verbs: ['read'],
    services: [],
    environments: [],
    ...rest,
  });
  const tokens = [
    aToken('ci', 'ci-secret-0123456789', { verbs: ['register', 'read'] }),
    aToken('staging', 'staging-secret-0123', { verbs: ['register'], environments: ['staging'] }),
    aToken('screen', 'screen-secret-01234', { verbs: ['read'] }),
    aToken('oncall', 'oncall-secret-01234', { verbs: ['operate', 'read'] }),
  ];
  const as = (text: string) => ({ authorization: `Bearer ${text}` });

  test.for([
    { name: 'nobody registers nothing', headers: {}, status: 401 },
    { name: 'a wrong token is unknown', headers: as('wrong'), status: 401 },
    { name: 'basic auth is not understood', headers: { authorization: 'Basic Y2k6Y2k=' }, status: 401 },
    { name: 'a reader may not register', headers: as('screen-secret-01234'), status: 403 },
    { name: 'a token of another environment may not', headers: as('staging-secret-0123'), status: 403 },
    { name: 'the pipeline may', headers: as('ci-secret-0123456789'), status: 201 },
  ])('$name', async ({ headers, status }) => {
    const answer = await send(anApi(tokens), 'POST', '/v1/deploys', { body: valid, headers });
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });

  test('forcing and intervening need the verb operate; the name of the token is kept', async () => {
    const api = anApi(tokens);
    expect(await send(api, 'POST', '/v1/deploys', { body: { ...valid, force: true }, headers: as('ci-secret-0123456789') })).toMatchObject({
      status: 403,
    });
    const { body } = await send(api, 'POST', '/v1/deploys', { body: valid, headers: as('ci-secret-0123456789') });
    expect(await send(api, 'POST', `/v1/deploys/${body.id}/cancel`, { headers: as('ci-secret-0123456789') })).toMatchObject({
      status: 403,
    });
    expect(await send(api, 'POST', `/v1/deploys/${body.id}/cancel`, { headers: as('oncall-secret-01234') })).toMatchObject({
      status: 200,
      body: { state: 'canceled', reasons: ['canceled by oncall'] },
    });
  });

  test('a reload needs a token that may operate everywhere, and answers with what changed and what does not work', async () => {
    const by: string[] = [];
    const problem = { file: 'pay.yaml', line: 4, column: 2, path: 'bake.every', message: 'is no duration', hint: 'write 15s' };
    const report = {
      version: 3,
      outcome: 'loaded',
      changes: ['rules of shop in production: changed'],
      refused: [{ file: 'pay.yaml', problems: [problem] }],
      needsRestart: ['server'],
    } as const;
    const some = aToken('shop', 'shop-secret-0123456', { verbs: ['operate'], services: ['shop'] });
    const reload = async (caller: string) => {
      by.push(caller);
      return report;
    };
    const api = anApi([...tokens, some], { reload });
    for (const text of ['ci-secret-0123456789', 'shop-secret-0123456'])
      expect((await send(api, 'POST', '/v1/reload', { headers: as(text) })).status).toBe(403);
    expect(by).toEqual([]);
    expect(await send(api, 'POST', '/v1/reload', { headers: as('oncall-secret-01234') })).toMatchObject({
      status: 200,
      body: {
        rule_book: 3,
        outcome: 'loaded',
        changes: ['rules of shop in production: changed'],
        refused: [{ file: 'pay.yaml', problems: ['pay.yaml:4:2 bake.every: is no duration (write 15s)'] }],
        needs_restart: ['server'],
        scope: expect.stringContaining('are read at the start only'),
      },
    });
    expect(by).toEqual(['oncall']);
    const bad = anApi(tokens, { reload: () => Promise.reject(new ConfigError([problem, { ...problem, line: 5 }])) });
    expect(await send(bad, 'POST', '/v1/reload', { headers: as('oncall-secret-01234') })).toMatchObject({
      status: 422,
      body: { detail: 'the files have 2 problems', errors: [{ message: 'pay.yaml:4:2 bake.every: is no duration (write 15s)' }, {}] },
    });
    expect((await send(anApi(tokens), 'POST', '/v1/reload', { headers: as('oncall-secret-01234') })).status).toBe(409);
  });

  test('the newest rules are fetched before a deploy is registered', async () => {
    const steps: string[] = [];
    const api = anApi(tokens, {
      freshenRules: async () => {
        steps.push('freshened');
      },
      ruleSetFor: () => {
        steps.push('used');
        return ruleSet;
      },
    });
    await send(api, 'POST', '/v1/deploys', { body: valid, headers: as('ci-secret-0123456789') });
    expect(steps.slice(0, 2)).toEqual(['freshened', 'used']);
  });

  test('health, metrics and the page of a deploy need no token; the overview of all deploys is not shown', async () => {
    const api = anApi(tokens);
    const { body } = await send(api, 'POST', '/v1/deploys', { body: valid, headers: as('ci-secret-0123456789') });
    for (const path of ['/health/live', '/health/ready', '/metrics', `/deploys/${body.id}`])
      expect((await send(api, 'GET', path)).status).toBe(200);
    expect((await send(api, 'GET', '/')).body.detail).not.toContain(body.id);
  });

  test('clocks that disagree are in the answer of readiness and on the pages, and the server stays ready', async () => {
    const { store } = database;
    const warnings = () => ['the clock of the provider prom is 40s behind'];
    const pages = createPages({ store, clock: systemClock, baseUrl: 'http://127.0.0.1:8700', warnings });
    let reason: string | null = null;
    const api = anApi([], { warnings, pages, notReady: async () => reason });
    const { body } = await send(api, 'POST', '/v1/deploys', { body: { ...valid, build_id: 'skewed' } });
    expect(await send(api, 'GET', '/health/ready')).toMatchObject({ status: 200, body: { status: 'ok', warnings: warnings() } });
    for (const path of ['/', `/deploys/${body.id}`])
      expect(await (await api.request(path, { headers: { host: 'localhost:8700' } })).text()).toContain(warnings()[0]);
    reason = 'the database is away';
    expect(await send(api, 'GET', '/health/ready')).toMatchObject({ status: 503, body: { reason, warnings: warnings() } });
  });

  test.for([
    { needs: 'no', list: [] as const, host: 'evil.example', status: 403 },
    { needs: 'no', list: [] as const, host: 'bake.example.com', status: 200 },
    { needs: 'no', list: [] as const, host: '127.0.0.1:8700', status: 200 },
    { needs: 'a', list: tokens, host: 'anything.example', status: 200 },
  ])('where $needs token is needed, the pages are shown to $host: $status', async ({ list, host, status }) => {
    const api = anApi(list, { baseUrl: 'https://bake.example.com' });
    const headers = { host, ...(list.length > 0 && as('ci-secret-0123456789')) };
    const { body } = await send(api, 'POST', '/v1/deploys', { body: valid, headers: { ...headers, host: 'localhost:8700' } });
    for (const path of ['/', `/deploys/${body.id}`]) expect((await send(api, 'GET', path, { headers })).status, path).toBe(status);
  });

  test('without tokens, only this machine is served, and no page of another site', async () => {
    expect(await send(anApi(), 'GET', '/v1/deploys', { headers: { host: 'evil.example' } })).toMatchObject({ status: 403 });
    expect(await send(anApi(), 'POST', '/v1/deploys', { body: valid, headers: { origin: 'http://evil.example' } })).toMatchObject({
      status: 403,
    });
    expect(await send(anApi(), 'POST', '/v1/deploys', { body: valid, headers: { 'sec-fetch-site': 'cross-site' } })).toMatchObject({
      status: 403,
    });
  });
});

describe('what a hook prints', () => {
  const order = async () => {
    const { deploy } = await register(database.store, { service: `printing-${randomUUID()}`, version: 'v2' }, 'rolling_back');
    const attempt = { orderId: `${deploy.id}:order`, effectId: 'e', bakeId: deploy.id, at: start };
    const { number } = await database.store.beginAttempt(attempt);
    await database.store.saveAttemptOutput({ orderId: attempt.orderId, number, output: 'switching <b>now</b>\n' });
    const shown = async () => ({
      json: (await send(anApi(), 'GET', `/v1/deploys/${deploy.id}`)).body.attempts,
      page: (await send(anApi(), 'GET', `/deploys/${deploy.id}`)).body.detail,
    });
    return { attempt, deploy, shown };
  };

  test('is shown while it runs', async () => {
    const { attempt, shown } = await order();
    const { json, page } = await shown();
    expect(json).toEqual([
      {
        order: attempt.orderId,
        number: 1,
        started_at: new Date(start).toISOString(),
        ended_at: null,
        outcome: null,
        may_run_until: null,
        output: 'switching <b>now</b>\n',
      },
    ]);
    expect(textOf(page)).toMatch(/Attempt 1 of the rollback hook, 14:13:20 UTC Running switching &lt;b&gt;now/);
  });

  test('is shown with the server that runs it, and until when it may run', async () => {
    const { attempt, shown } = await order();
    const owner = { host: 'shop-2', space: 'boot 2', pid: 7, start: '70' };
    await database.store.beginAttempt({ ...attempt, deadlineAt: start + 60_000, owner });
    const { json, page } = await shown();
    expect(json).toMatchObject([{ may_run_until: null }, { may_run_until: new Date(start + 60_000).toISOString() }]);
    expect(textOf(page)).toMatch(/Attempt 2 of the rollback hook, .* on shop-2, until 14:14:20 UTC at the latest Running/);
  });

  test('is shown of an attempt that was never heard of again, and not twice of one that has ended', async () => {
    const { attempt, shown } = await order();
    await database.store.beginAttempt(attempt);
    await database.store.endAttempt({ orderId: attempt.orderId, number: 2, at: start, outcome: 'already_there', output: 'the second' });
    const { page } = await shown();
    expect(textOf(page)).toMatch(/Attempt 1 of the rollback hook, 14:13:20 UTC Without a recorded end switching/);
    expect(page?.split('the second')).toHaveLength(2);
  });
});

/** What the API and the page show of a bake. */
async function shownOf(next: (deploy: Deploy) => Bake) {
  const { deploy } = await register(database.store, { service: `staged-${randomUUID()}`, version: 'v2' }, 'baking');
  await database.store.update(deploy.id, null, () => ({ ok: true, next: next(deploy), effects: [], timeline: [] }));
  const { body } = await send(anApi(), 'GET', `/v1/deploys/${deploy.id}`);
  return { id: deploy.id, body, page: (await send(anApi(), 'GET', `/deploys/${deploy.id}`)).body.detail };
}

/** The text of a page without its markup. */
function textOf(page: string | undefined): string {
  return (page ?? '').replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

describe('how a bake ends', () => {
  const clearAt = start + 30_000;
  const isClear = (deploy: Deploy) => ({ ...bakeIn(deploy, 'baking'), clearAt });
  const at = (ms: number) => new Date(ms).toISOString();

  test('a bake that is clear says since when, and goes on', async () => {
    const { body } = await shownOf(isClear);
    expect(body).toMatchObject({ state: 'baking', final: false, clear_at: at(clearAt) });
    expect((await shownOf((deploy) => bakeIn(deploy, 'baking'))).body).toMatchObject({ clear_at: null });
  });

  test('waiting until it is clear ends where it is, or where the bake is final', async () => {
    const { id } = await shownOf(isClear);
    const answer = await send(anApi(), 'GET', `/v1/deploys/${id}/wait?timeout=60s&until=clear`);
    expect(answer).toMatchObject({ status: 200, body: { state: 'baking', clear_at: at(clearAt) } });
    const { id: bad } = await shownOf((deploy) => ({ ...bakeIn(deploy, 'failed'), clearAt }));
    expect(await send(anApi(), 'GET', `/v1/deploys/${bad}/wait?timeout=60s&until=clear`)).toMatchObject({ body: { state: 'failed' } });
    expect(await send(anApi(), 'GET', `/v1/deploys/${id}/wait?until=soon`)).toMatchObject({ status: 400 });
  });

  test('a bake that is extended says until when and why', async () => {
    const extended = { extendedSince: start, reasons: ['errors: too few to tell', 'latency: no data'] };
    const { body } = await shownOf((deploy) => ({ ...bakeIn(deploy, 'baking'), ...extended }) as Bake);
    const limit = at(start + 60_000);
    expect(body).toMatchObject({ baking: { limit_at: limit, extended_until: limit, extended_because: extended.reasons.join('; ') } });
    const { body: other } = await shownOf((deploy) => bakeIn(deploy, 'baking'));
    expect(other).toMatchObject({ baking: { extended_until: null, extended_because: null } });
  });

  test('an unverified target is called so', async () => {
    const target = { deployId: 'd0', version: 'v0', isUnverified: true } as const;
    const { body, page } = await shownOf((deploy) => ({ ...bakeIn(deploy, 'awaiting_approval'), target }) as Bake);
    expect(body).toMatchObject({ target: 'v0', target_unverified: true });
    expect(body.summary).toContain('the rollback to v0 (unverified)');
    expect(textOf(page)).toContain('It goes back to v0 (unverified) once a person approves.');
    expect((await shownOf((deploy) => bakeIn(deploy, 'rolling_back'))).body).toMatchObject({ target_unverified: false });
  });

  test('a recovery that was not measured is not claimed', async () => {
    const { body, page } = await shownOf((deploy) => ({ ...bakeIn(deploy, 'rolled_back'), unconfirmed: ['errors: few'] }) as Bake);
    expect(body.reasons).toEqual(['errors 9 %', 'its recovery could not be measured: errors: few']);
    expect(page).toContain('Rolled back; its recovery could not be measured');
    expect(page).not.toContain('has recovered');
    expect((await shownOf((deploy) => bakeIn(deploy, 'rolled_back'))).page).toContain('has recovered');
  });

  test('the services name an unverified known-good release', async () => {
    const service = `held-${randomUUID()}`;
    await register(database.store, { service, version: 'v1', isClean: true }, 'inconclusive');
    await register(database.store, { service, version: 'v2', registeredAt: start + 1 });
    const { body } = await send(anApi(), 'GET', '/v1/services');
    expect(body.services).toContainEqual(expect.objectContaining({ service, known_good_unverified: true }));
    expect(await send(anApi(), 'GET', `/v1/services/${service}`)).toMatchObject({
      body: { environments: [{ known_good: { version: 'v1', unverified: true } }] },
    });
    expect((await send(anApi(), 'GET', `/services/${service}`)).body.detail).toContain('v1 (unverified)');
    expect((await send(anApi(), 'GET', '/')).body.detail).toContain('v1 (unverified)');
  });
});

describe('a bake in stages', () => {
  test('is shown with its stage', async () => {
    const stage = { number: 2, of: 3, weight: 25, leftOut: [] };
    const { body, page } = await shownOf((deploy) => ({ ...bakeIn(deploy, 'baking'), weight: 25, ...{ stage } }));
    const ends = new Date(start + 60_000).toISOString();
    expect(body).toMatchObject({ stage: { number: 2, of: 3, weight: 25, ends_at: ends }, weight: 25 });
    expect(body.summary).toBe('stage 2 of 3, 25 % of the traffic: watching the checks');
    expect(textOf(page)).toContain('Stage 2 of 3: the release gets 25 % of the traffic.');
  });

  test('is shown with the shift that is under way', async () => {
    const { body, page } = await shownOf((deploy) => bakeIn(deploy, 'shifting'));
    expect(body).toMatchObject({ state: 'shifting', final: false, stage: null, weight: 5 });
    expect(body.reasons).toEqual(['shifting 25 % of the traffic to the release, for stage 2']);
    expect(page).toContain('Traffic is being shifted');
  });
});

/** A script that each page loads. */
const ownScript = /<script src="\/assets\/\w+\.js\?v=[0-9a-f]{10}" defer=""><\/script>/g;

test('what people wrote is shown as text, never as markup', async () => {
  const links = [{ title: '<script>alert(1)</script>', url: 'https://example.com/?a="><script>' }];
  const { body } = await send(anApi(), 'POST', '/v1/deploys', { body: { ...valid, links } });
  const page = (await send(anApi(), 'GET', `/deploys/${body.id}`)).body.detail;
  expect(page).toContain('&lt;script&gt;');
  expect(page?.replaceAll(ownScript, '')).not.toContain('<script');
});

test('answers of the API are not cached, and a new deploy says where it is', async () => {
  const headers = { host: 'localhost:8700', 'content-type': 'application/json' };
  const created = await anApi().request('/v1/deploys', { method: 'POST', headers, body: JSON.stringify({ ...valid, version: 'located' }) });
  const location = created.headers.get('location') ?? '';
  expect([created.status, created.headers.get('cache-control')]).toEqual([201, 'no-store']);
  const found = await anApi().request(location, { headers });
  expect(await found.json()).toMatchObject({ release: { version: 'located' } });
  for (const path of ['/v1/services', '/v1/nothing', '/v1/deploys/abc'])
    expect((await anApi().request(path, { headers })).headers.get('cache-control'), path).toBe('no-store');
});
