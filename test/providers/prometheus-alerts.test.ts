import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prometheus } from '../../providers/prometheus.ts';
import type { AlertAnswer } from '../../src/core/series/alerts.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import { describeAlertContract, type FiringAlert } from '../contracts/alert-provider.ts';
import { type SeenRequest, type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const make = (url: string, options: object = {}) => prometheus.bind({ url, ...options })({ http, run: createRunProcess({}) });

const success = (data: object): StubReply => ({ body: { status: 'success', data } });
const rule = (more: object = {}) => ({
  type: 'alerting',
  name: 'HighErrorRate',
  duration: 0,
  labels: {},
  health: 'ok',
  alerts: [],
  ...more,
});
const rules = (...list: readonly object[]) => success({ groups: [{ name: 'shop', rules: list }] });
type Entry = { readonly metric: Readonly<Record<string, string>>; readonly values: readonly (readonly [number, string])[] };
const matrix = (result: readonly Entry[]): StubReply => success({ resultType: 'matrix', result });

/** The instants of a range query, in milliseconds. */
function gridOf({ body }: SeenRequest): readonly number[] {
  const params = new URLSearchParams(body);
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Math.round(Number(params.get(name)) * 1_000));
  return Array.from({ length: (end! - start!) / step! + 1 }, (_, i) => start! + i * step!);
}

/** What Prometheus stores of an alert: pending from `since` on, firing from `firing` on, until `until`. */
type StoredAlert = { labels: Readonly<Record<string, string>>; since: number; firing?: number | null; until?: number };
function stored(
  { labels, since, firing = since, until = Number.POSITIVE_INFINITY }: StoredAlert,
  grid: readonly number[],
): readonly Entry[] {
  const at = (wanted: (time: number) => boolean, value: string) =>
    grid.filter((time) => time >= since && time <= until && wanted(time)).map((time) => [time / 1_000, value] as const);
  const from = firing ?? Number.POSITIVE_INFINITY;
  const entries = [
    { metric: { __name__: 'ALERTS', alertstate: 'pending', ...labels }, values: at((time) => time < from, '1') },
    { metric: { __name__: 'ALERTS', alertstate: 'firing', ...labels }, values: at((time) => time >= from, '1') },
    { metric: { __name__: 'ALERTS_FOR_STATE', ...labels }, values: at(() => true, String(Math.floor(since / 1_000))) },
  ];
  return entries.filter(({ values }) => values.length > 0);
}

const isRules = ({ url }: SeenRequest): boolean => url.startsWith('/api/v1/rules');
const firing = (alerts: readonly FiringAlert[]) => (request: SeenRequest) => {
  const active = alerts.map(({ labels, summary }) => ({ labels, annotations: { summary }, state: 'firing' }));
  return isRules(request) ? rules(rule({ alerts: active })) : matrix(alerts.flatMap((alert) => stored(alert, gridOf(request))));
};

describeAlertContract('prometheus', {
  create: (url, secret) => make(url, { bearer: secret }),
  firing,
  noRule: (request) => (isRules(request) ? rules(rule({ name: 'Another' })) : matrix([])),
  garbage: ['not json', 'null', {}, { status: 'success' }, { status: 'success', data: { groups: {} } }],
  sentSecret: (request) => /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? null,
});

describe('alerts of Prometheus', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());
  const to = 1_700_000_100_000;
  const window = { from: to - 60_000, to, stepMs: 15_000 };
  const labels = { alertname: 'HighErrorRate', service: 'shop' };
  const match = { alertname: 'HighErrorRate', service: 'shop' };
  const ask = async (asked: object = {}): Promise<AlertAnswer> => {
    const answer = await make(server.url).fetchSeries({ form: 'alert', query: '', match, window, lookbackMs: 60_000, ...asked }, never);
    if (answer.shape !== 'alerts') throw new Error('no alerts');
    return answer;
  };
  const reply = (known: StubReply, ...alerts: readonly StoredAlert[]) =>
    server.reply((request) => (isRules(request) ? known : matrix(alerts.flatMap((alert) => stored(alert, gridOf(request))))));

  test.for([
    [
      'a rule that has fired for long, without a series of it, is unknown',
      -600_000,
      'the rule HighErrorRate fires, but its server writes no series ALERTS',
    ],
    ['one that has just begun to fire may have its series later', -30_000, null],
  ] as const)('%s', async ([, since, unknown]) => {
    const active = { labels: { service: 'shop' }, state: 'firing', activeAt: new Date(to + since).toISOString() };
    reply(rules(rule({ alerts: [active] })));
    expect(await ask()).toMatchObject({ alerts: [], unknown });
  });

  test('asks one range query, with the labels as they are, and the rules once for many checks', async () => {
    reply(rules(rule()));
    const provider = make(server.url);
    const other = { alertname: 'Say "hi"' };
    await Promise.all(
      [match, other].map((one) => provider.fetchSeries({ form: 'alert', query: '', match: one, window, lookbackMs: 60_000 }, never)),
    );
    expect(server.requests.filter(isRules)).toHaveLength(1);
    const queries = server.requests.filter((request) => !isRules(request)).map(({ body }) => new URLSearchParams(body).get('query'));
    expect(queries.toSorted()).toEqual([
      '{__name__=~"ALERTS|ALERTS_FOR_STATE",alertname="HighErrorRate",service="shop"}',
      '{__name__=~"ALERTS|ALERTS_FOR_STATE",alertname="Say \\"hi\\""}',
    ]);
  });

  test.for<{ name: string; given: StoredAlert; then: readonly object[] }>([
    {
      name: 'pending, then firing',
      given: { labels, since: to - 50_000, firing: to - 20_000 },
      then: [{ activeAt: to - 50_000, firingAt: to - 20_000, endedAt: null }],
    },
    {
      name: 'only pending',
      given: { labels, since: to - 50_000, firing: null },
      then: [{ activeAt: to - 50_000, firingAt: null, endedAt: null }],
    },
    {
      name: 'begun before everything that is read',
      given: { labels, since: to - 3_600_000 },
      then: [{ activeAt: to - 3_600_000, endedAt: null }],
    },
    { name: 'ended', given: { labels, since: to - 50_000, until: to - 20_000 }, then: [{ activeAt: to - 50_000, endedAt: to - 30_000 }] },
  ])('an alert that is $name', async ({ given, then }) => {
    reply(rules(rule({ duration: 30 })), given);
    expect((await ask()).alerts).toMatchObject(then);
  });

  test('an alert that ended and came back has two runs', async () => {
    reply(rules(rule()), { labels, since: to - 115_000, until: to - 90_000 }, { labels, since: to - 40_000 });
    expect((await ask()).alerts.map(({ activeAt, endedAt }) => [activeAt - to, endedAt && endedAt - to])).toEqual([
      [-115_000, -90_000],
      [-40_000, null],
    ]);
  });

  test('without ALERTS_FOR_STATE it may have begun a tick earlier: it is not dated after a deploy that it preceded', async () => {
    server.reply((request) =>
      isRules(request)
        ? rules(rule())
        : matrix(stored({ labels, since: to - 40_000 }, gridOf(request)).filter(({ metric }) => metric.__name__ === 'ALERTS')),
    );
    expect((await ask()).alerts).toMatchObject([{ activeAt: to - 45_000 }]);
  });

  test.for<{ name: string; given: readonly object[]; match?: object; then: string | null }>([
    { name: 'no rules at all', given: [], then: 'no alerting rule makes alerts with alertname="HighErrorRate", service="shop"' },
    { name: 'a rule of another name', given: [rule({ name: 'HighErrorRates' })], then: 'no alerting rule makes' },
    {
      name: 'a recording rule of that name',
      given: [{ type: 'recording', name: 'HighErrorRate', query: '1' }],
      then: 'no alerting rule makes',
    },
    { name: 'a rule of another service', given: [rule({ labels: { service: 'cart' } })], then: 'no alerting rule makes' },
    { name: 'a rule of this service', given: [rule({ labels: { service: 'shop' } })], then: null },
    { name: 'a rule whose series have the label', given: [rule()], then: null },
    { name: 'a rule whose label is a template', given: [rule({ labels: { service: '{{ $labels.app }}' } })], then: null },
    {
      name: 'a rule that cannot be evaluated',
      given: [rule({ health: 'err', lastError: 'many-to-many' })],
      then: 'the rule HighErrorRate cannot be evaluated: many-to-many',
    },
    { name: 'a rule that was never evaluated', given: [rule({ health: 'unknown' })], then: 'the rule HighErrorRate was not evaluated yet' },
    {
      name: 'an unrelated rule that cannot be evaluated',
      given: [rule({ name: 'Other', health: 'err' }), rule()],
      match: { service: 'shop' },
      then: null,
    },
  ])('$name: unknown is $then', async ({ given, match: own = match, then }) => {
    reply(rules(...given));
    const { unknown } = await ask({ match: own });
    if (then === null) expect(unknown).toBeNull();
    else expect(unknown).toContain(then);
  });

  test('a server without rules is an error, and no inactive alert', async () => {
    server.reply((request) => (isRules(request) ? { status: 404, body: 'page not found' } : matrix([])));
    await expect(ask()).rejects.toMatchObject({ kind: 'bad_response' });
  });

  test('an answer that is only a part is an error', async () => {
    server.reply((request) =>
      isRules(request) ? { body: { status: 'success', data: { groups: [] }, warnings: ['a ruler is away'] } } : matrix([]),
    );
    await expect(ask()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
