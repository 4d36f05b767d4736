import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { AppError } from '../../src/core/base/errors.ts';
import type { RuleSet } from '../../src/core/rules/rule-set.ts';
import type { TokenVerb } from '../../src/usecases/caller.ts';
import { fresh } from '../contracts/store-replicas.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const aToken = (name: string, verbs: readonly TokenVerb[], services: readonly string[] = []): Token => ({
  name,
  sha256: createHash('sha256').update(name).digest('hex'),
  verbs,
  services,
  environments: [],
});

/** An API with rules for every service but `stranger`. `counted`: what the meter was given. */
function anApi(tokens: readonly Token[] = [], rest: Partial<ApiDeps> = {}) {
  const counted: [string, number][] = [];
  const ruleSetFor = (service: string): RuleSet => {
    if (service === 'stranger') throw new AppError('not_found', 'there are no rules');
    return {} as RuleSet; // Only whether there are rules is asked.
  };
  const meter = { ...silentMeter, alertsDropped: (reason: string, count: number) => void counted.push([reason, count]) };
  return { app: aReadingApi(database.store, tokens, { ruleSetFor, meter, ...rest }), counted };
}

async function send(app: ReturnType<typeof aReadingApi>, body: string | object, options: { token?: string; query?: string } = {}) {
  const response = await app.request(`/v1/alerts${options.query ?? ''}`, {
    method: 'POST',
    headers: {
      host: 'localhost:8700',
      'content-type': 'application/json',
      ...(options.token && { authorization: `Bearer ${options.token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const startsAt = '2026-11-29T06:00:00.123Z';
const alert = (labels: Record<string, string>, rest: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'HighErrorRate', ...labels },
  annotations: { summary: 'more than\n5 % fail' },
  startsAt,
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus.example/graph',
  fingerprint: '0f1e2d3c4b5a6978',
  ...rest,
});
/** What Alertmanager sends, with all keys of its format. */
const alertmanager = (...alerts: readonly object[]) => ({
  receiver: 'bakewatch',
  status: 'firing',
  alerts,
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example',
  version: '4',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
});
const stored = async (service: string) => (await database.store.pushedAlerts({ match: { service }, since: 0 })).runs;

test("takes Alertmanager's body, and the end of an alert", async () => {
  const { app } = anApi();
  const service = fresh();
  const labels = { service, environment: 'production' };
  const taken = { status: 202, body: { taken: 1, dropped: 0 } };
  expect(await send(app, alertmanager(alert(labels)))).toEqual(taken);
  expect(await send(app, alertmanager(alert(labels)))).toEqual(taken);
  const begin = Date.parse(startsAt);
  expect(await stored(service)).toEqual([
    {
      name: 'HighErrorRate',
      summary: 'more than 5 % fail',
      labels: { alertname: 'HighErrorRate', ...labels },
      activeAt: begin,
      firingAt: begin,
      endedAt: null,
      muted: null,
    },
  ]);
  await send(app, alertmanager(alert(labels, { status: 'resolved', endsAt: '2026-11-29T06:05:00Z' })));
  expect(await stored(service)).toMatchObject([{ endedAt: Date.parse('2026-11-29T06:05:00Z') }]);
});

test("takes Grafana's body, with the place in the address", async () => {
  const { app } = anApi();
  const service = fresh();
  const extra = { values: { B: 22.5 }, valueString: '[ var=B ]', dashboardURL: '', panelURL: '', silenceURL: 'http://x', imageURL: '' };
  const { groupKey, ...rest } = alertmanager(alert({ grafana_folder: 'shop' }, { ...extra, endsAt: '0001-01-01T00:00:00Z' }));
  const grafana = { ...rest, groupKey, version: '1', orgId: 1, title: '[FIRING:1]', state: 'alerting', message: '' };
  const query = `?service=${service}&environment=production`;
  expect(await send(app, grafana, { query })).toEqual({ status: 202, body: { taken: 1, dropped: 0 } });
  expect(await stored(service)).toMatchObject([{ labels: { grafana_folder: 'shop', service, environment: 'production' }, endedAt: null }]);
});

test('alerts that belong to nothing known are counted and dropped, and the others are taken', async () => {
  const service = fresh();
  const allowed = fresh();
  const { app, counted } = anApi([aToken('am', ['alert'], [allowed, 'stranger'])]);
  const place = { environment: 'production' };
  const body = alertmanager(
    alert({ ...place, service: allowed }),
    alert({ ...place }),
    alert({ service: allowed }),
    alert({ ...place, service: 'stranger' }),
    alert({ ...place, service: '; rm -rf /' }),
    alert({ ...place, service }),
    alert({ ...place, service: allowed, big: 'x'.repeat(1_001) }),
  );
  expect(await send(app, body, { token: 'am' })).toEqual({ status: 202, body: { taken: 1, dropped: 6 } });
  expect(Object.fromEntries(counted)).toEqual({ no_place: 2, unknown_place: 2, not_allowed: 1, too_large: 1 });
  expect(await stored(allowed)).toHaveLength(1);
  expect(await stored(service)).toEqual([]);
});

test.for([
  ['no token', undefined, 401],
  ['register', 'ci', 403],
  ['read', 'screen', 403],
  ['operate', 'oncall', 403],
  ['alert', 'am', 202],
] as const)('the verb alert is needed: %s', async ([, token, status]) => {
  const tokens = [aToken('ci', ['register']), aToken('screen', ['read']), aToken('oncall', ['operate']), aToken('am', ['alert'])];
  const answer = await send(anApi(tokens).app, alertmanager(), { ...(token && { token }) });
  expect(answer.status).toBe(status);
});

test('a token that may send alerts may do nothing else', async () => {
  const { app } = anApi([aToken('am', ['alert'])]);
  const headers = { host: 'localhost:8700', authorization: 'Bearer am' };
  for (const path of ['/v1/deploys', '/v1/services', '/v1/freeze']) expect((await app.request(path, { headers })).status).toBe(403);
});

test.for<readonly [string, string | object, number]>([
  ['a body over 1 MB', 'a'.repeat(1024 * 1024 + 1), 413],
  ['no JSON', '{', 400],
  ['a list', [], 400],
  ['another version', { ...alertmanager(), version: '3' }, 400],
  ['1,001 alerts', alertmanager(...Array.from({ length: 1_001 }, () => ({}))), 400],
  ['an alert without a time', alertmanager({ ...alert({}), startsAt: 'noon' }), 400],
  ['a label that is no text', alertmanager({ ...alert({}), labels: { service: 1 } }), 400],
  ['an alert without a fingerprint', alertmanager({ ...alert({}), fingerprint: '' }), 400],
])('%s is refused with a reason', async ([, body, status]) => {
  const answer = await send(anApi().app, body);
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toMatch(/./);
});

test('a body of more than 256 KiB with many alerts is taken', async () => {
  const service = fresh();
  const many = Array.from({ length: 1_000 }, (_, i) =>
    alert({ service, environment: 'production', pod: `${i}-${'x'.repeat(300)}` }, { fingerprint: `f${i}` }),
  );
  expect(await send(anApi().app, alertmanager(...many))).toEqual({ status: 202, body: { taken: 1_000, dropped: 0 } });
  expect(await stored(service)).toHaveLength(1_000);
});

test('a server that cannot say which rules there are asks the sender to try again', async () => {
  const ruleSetFor = () => {
    throw new AppError('unavailable', 'the rules are not loaded yet');
  };
  const { app } = anApi([], { ruleSetFor });
  expect(await send(app, alertmanager(alert({ service: 'shop', environment: 'production' })))).toMatchObject({ status: 503 });
});
