import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alertmanager } from '../../providers/alertmanager.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import { describeAlertContract } from '../contracts/alert-provider.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const make = (url: string, options: object = {}) => alertmanager.bind({ url, ...options })({ http, run: createRunProcess({}) });

type Shown = {
  readonly labels: Readonly<Record<string, string>>;
  readonly since?: number;
  readonly summary?: string;
  readonly status?: object;
};
const to = 1_700_000_100_000;
/** An alert as Alertmanager lists it. */
const shown = ({ labels, since = to, summary = '', status = {} }: Shown) => ({
  labels,
  annotations: { summary },
  startsAt: new Date(since).toISOString(),
  endsAt: new Date(since + 300_000).toISOString(),
  updatedAt: new Date(since).toISOString(),
  fingerprint: '0123456789abcdef',
  generatorURL: '',
  receivers: [{ name: 'team' }],
  status: { state: 'active', silencedBy: [], inhibitedBy: [], ...status },
});

describeAlertContract('alertmanager', {
  create: (url, secret) => make(url, { bearer: secret }),
  firing: (alerts) => () => ({ body: alerts.map((alert) => shown(alert)) }),
  garbage: [
    'not json',
    'null',
    {},
    { status: 'success', data: [] },
    [1],
    [{ labels: {} }],
    [{ ...shown({ labels: {} }), startsAt: 'noon' }],
  ],
  sentSecret: (request) => /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? null,
});

describe('the alertmanager provider', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());
  const query = {
    form: 'alert',
    query: '',
    match: { alertname: 'High "error" rate', service: 'shop' },
    lookbackMs: 0,
    window: { from: to - 60_000, to, stepMs: 15_000 },
  } as const;

  test('asks with one filter for each label, and for muted alerts too', async () => {
    server.reply({ body: [] });
    await make(`${server.url}/am/`).fetchSeries(query, never);
    const url = new URL(server.requests[0]!.url, server.url);
    expect(url.pathname).toBe('/am/api/v2/alerts');
    expect(url.searchParams.getAll('filter')).toEqual(['alertname="High \\"error\\" rate"', 'service="shop"']);
    // By default, silenced and inhibited alerts are listed.
    expect([...url.searchParams.keys()].filter((key) => key !== 'filter')).toEqual([]);
  });

  test.for([
    [{ silencedBy: ['b2f1'] }, 'silenced'],
    [{ inhibitedBy: ['f00d'] }, 'inhibited'],
    [{ silencedBy: ['b2f1'], inhibitedBy: ['f00d'] }, 'silenced'],
    [{}, null],
  ] as const)('the status %j is muted: %s', async ([status, muted]) => {
    server.reply({ body: [shown({ labels: { alertname: 'X' }, status })] });
    expect(await make(server.url).fetchSeries(query, never)).toMatchObject({ alerts: [{ name: 'X', muted }] });
  });

  test('only the newest tick is known: what ended before is not listed', async () => {
    server.reply({ body: [] });
    expect(await make(server.url).fetchSeries(query, never)).toMatchObject({ knownFrom: to - 15_000 });
  });

  test('refuses a query for numbers', async () => {
    const asked = make(server.url).fetchSeries({ form: 'gauge', query: 'up', window: query.window }, never);
    await expect(asked).rejects.toMatchObject({ kind: 'bad_query' });
    expect(server.requests).toEqual([]);
  });

  test('logs in with a user and a password', async () => {
    server.reply({ body: [] });
    await make(server.url, { basic: { user: 'watcher', password: 'let me in' } }).fetchSeries(query, never);
    expect(server.requests[0]!.headers.authorization).toBe(`Basic ${Buffer.from('watcher:let me in').toString('base64')}`);
  });

  test('a ping needs a status of Alertmanager', async () => {
    server.reply({ body: { versionInfo: { version: '0.25.0' } } });
    await make(server.url).ping(never);
    server.reply({ body: '<html>hello</html>' });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({ kind: 'bad_response' });
  });
});
