import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cloudwatch } from '../../providers/cloudwatch.ts';
import { datadog } from '../../providers/datadog.ts';
import { alertColumn } from '../../src/core/series/alert-column.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { AlertAnswer, MetricsProvider } from '../../src/ports/provider.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const window = { from: 1_700_000_100_000, to: 1_700_000_340_000, stepMs: 60_000 };
const at = (seconds: number): number => window.from + seconds * 1_000;

let server: StubServer;
beforeEach(async () => {
  server = await startStubServer();
});
afterEach(() => server.close());

async function askOf(provider: MetricsProvider, match: Record<string, string>): Promise<AlertAnswer> {
  const answer = await provider.fetchSeries({ form: 'alert', query: 'alerts', match, window, lookbackMs: 600_000 }, never);
  if (answer.shape !== 'alerts') throw new Error(`an answer of shape ${answer.shape}`);
  return answer;
}

describe('monitors of Datadog', () => {
  const ask = (match: Record<string, string>) =>
    askOf(datadog.bind({ api_key: 'a', app_key: 'b', url: server.url })({ http, run: createRunProcess({}) }), match);
  const group = (status: string, seconds: number | null = null) => ({
    name: 'x',
    status,
    last_triggered_ts: seconds === null ? null : at(seconds) / 1_000,
  });
  const monitor = (groups: Record<string, object>, more: object = {}) => ({
    ...{ id: 7, name: 'Errors', type: 'query alert', tags: ['service:shop', 'urgent'], overall_state: 'OK' },
    ...{ state: { groups }, options: { silenced: {} }, matching_downtimes: [], ...more },
  });

  test('a group in alert fires since it was triggered; others are inactive', async () => {
    server.reply({
      body: [monitor({ 'env:prod,host:a': group('Alert', 90), 'env:prod,host:b': group('OK'), 'env:prod,host:c': group('Warn', 10) })],
    });
    const answer = await ask({ name: 'Errors' });
    expect(answer).toEqual({
      shape: 'alerts',
      series: [],
      alerts: [
        {
          name: 'Errors',
          summary: 'env:prod,host:a',
          labels: { name: 'Errors', id: '7', service: 'shop', urgent: '', env: 'prod', host: 'a', group: 'env:prod,host:a' },
          ...{ activeAt: at(90), firingAt: at(90), endedAt: null, muted: null },
        },
      ],
      unknown: null,
      knownFrom: at(180),
    });
    expect(alertColumn(answer, window)).toEqual([null, 30, 90, 150]);
    const { pathname, searchParams } = new URL(server.requests[0]?.url ?? '', server.url);
    expect([pathname, Object.fromEntries(searchParams)]).toEqual([
      '/api/v1/monitor',
      { group_states: 'all', with_downtimes: 'true', name: 'Errors', page: '0', page_size: '500' },
    ]);
  });

  test('nothing in alert is inactive in the newest tick, and unknown before', async () => {
    server.reply({ body: [monitor({ '*': group('OK') })] });
    expect(alertColumn(await ask({ name: 'Errors' }), window)).toEqual([null, null, null, 0]);
  });

  test.for(['No Data', 'Unknown', 'Skipped', 'Ignored'])('the state %s is unknown, not inactive', async (state) => {
    server.reply({ body: [monitor({ 'env:prod': group('OK'), 'env:dev': group(state) })] });
    const answer = await ask({ name: 'Errors' });
    expect(answer.unknown).toBe(`the monitor "Errors" of env:dev has the state ${state}`);
    expect(alertColumn(answer, window)).toEqual([null, null, null, null]);
    expect((await ask({ name: 'Errors', env: 'prod' })).unknown).toBeNull();
  });

  test('no monitor, or another one with a longer name, is unknown', async () => {
    for (const body of [[], [monitor({ '*': group('OK') }, { name: 'Errors of carts' })]]) {
      server.reply({ body });
      expect((await ask({ name: 'Errors' })).unknown).toBe('no monitor of Datadog matches');
    }
  });

  test('a monitor without groups has its own state', async () => {
    const overall_state_modified = new Date(at(100)).toISOString();
    server.reply({ body: [monitor({}, { overall_state: 'Alert', overall_state_modified })] });
    expect(alertColumn(await ask({ name: 'Errors' }), window)).toEqual([null, 20, 80, 140]);
    server.reply({ body: [monitor({}, { overall_state: 'Alert' })] });
    expect((await ask({ name: 'Errors' })).unknown).toContain('does not say since when');
  });

  test.for([
    ['silenced for ever', { options: { silenced: { '*': null } } }, 'muted'],
    ['silenced until later', { options: { silenced: { 'env:prod': at(9_000) / 1_000 } } }, 'muted'],
    ['silenced until before', { options: { silenced: { '*': at(0) / 1_000 } } }, null],
    ['a downtime of its tags', { matching_downtimes: [{ id: 1, scope: ['env:prod'] }] }, 'muted'],
    ['a downtime of everything', { matching_downtimes: [{ id: 1, scope: ['*'] }] }, 'muted'],
    ['a downtime of other tags', { matching_downtimes: [{ id: 1, scope: ['env:prod', 'zone:a'] }] }, null],
  ] as const)('%s', async ([, more, muted]) => {
    server.reply({ body: [monitor({ 'env:prod': group('Alert', 90) }, more)] });
    expect((await ask({ name: 'Errors' })).alerts.map((alert) => alert.muted)).toEqual([muted]);
  });

  test('tags alone select monitors at the server, page by page', async () => {
    const page = Array.from({ length: 500 }, () => monitor({ '*': group('OK') }));
    server.reply(({ url }) => ({ body: url.includes('page=0') ? page : [monitor({ '*': group('Alert', 90) })] }));
    expect((await ask({ service: 'shop', urgent: '' })).alerts).toHaveLength(1);
    expect(server.requests.map(({ url }) => new URL(url, server.url).searchParams.get('monitor_tags'))).toEqual([
      'service:shop,urgent',
      'service:shop,urgent',
    ]);
  });

  test('neither a name nor a tag is refused, and so is an answer that is no list', async () => {
    await expect(ask({ id: '7' })).rejects.toMatchObject({ kind: 'bad_query', message: expect.stringContaining('by name or by tags') });
    server.reply({ body: { monitors: [] } });
    await expect(ask({ name: 'x' })).rejects.toMatchObject({ kind: 'bad_response' });
  });
});

describe('alarms of CloudWatch', () => {
  const options = { region: 'eu-west-1', access_key: 'AKIAIOSFODNN7EXAMPLE', secret_key: 'a secret' };
  const ask = (match: Record<string, string>) =>
    askOf(cloudwatch.bind({ ...options, url: server.url })({ http, run: createRunProcess({}) }), match);
  const alarm = (StateValue: string, seconds: number | null, more: object = {}) => ({
    ...{ AlarmName: 'shop-5xx', AlarmDescription: 'Too many errors', StateValue, ActionsEnabled: true },
    ...(seconds !== null && { StateTransitionedTimestamp: at(seconds) / 1_000 }),
    ...{
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'HTTPCode_Target_5XX_Count',
      Dimensions: [{ Name: 'LoadBalancer', Value: 'app/shop/1' }],
    },
    ...more,
  });
  const reply = (...MetricAlarms: object[]) => server.reply({ body: { MetricAlarms, CompositeAlarms: [] } });

  test('an alarm fires since its state has changed', async () => {
    reply(alarm('ALARM', 90));
    const answer = await ask({ name: 'shop-5xx', LoadBalancer: 'app/shop/1' });
    expect(answer).toEqual({
      shape: 'alerts',
      series: [],
      alerts: [
        {
          name: 'shop-5xx',
          summary: 'Too many errors',
          labels: { name: 'shop-5xx', namespace: 'AWS/ApplicationELB', metric: 'HTTPCode_Target_5XX_Count', LoadBalancer: 'app/shop/1' },
          ...{ activeAt: at(90), firingAt: at(90), endedAt: null, muted: null },
        },
      ],
      unknown: null,
      knownFrom: at(90),
    });
    expect(alertColumn(answer, window)).toEqual([null, 30, 90, 150]);
    expect(server.requests[0]?.headers['x-amz-target']).toBe('GraniteServiceVersion20100801.DescribeAlarms');
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ AlarmNames: ['shop-5xx'], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
  });

  test.for([
    [-3_600, [0, 0, 0, 0]],
    [60, [null, 0, 0, 0]],
    [230, [null, null, null, 0]],
    [null, [null, null, null, 0]],
  ] as const)('an alarm that is OK since %s s is known since then, and at least for the newest tick', async ([since, column]) => {
    reply(alarm('OK', since));
    expect(alertColumn(await ask({ name: 'shop-5xx' }), window)).toEqual(column);
  });

  test.for([
    [alarm('INSUFFICIENT_DATA', 0), 'the alarm "shop-5xx" has too little data'],
    [alarm('OK', 0, { EvaluationState: 'PARTIAL_DATA' }), 'the alarm "shop-5xx" is evaluated on a part of its data (PARTIAL_DATA)'],
    [alarm('ALARM', null), 'the alarm "shop-5xx" is in alarm, but CloudWatch does not say since when'],
    [alarm('OK', 0, { AlarmName: 'other' }), 'no alarm of CloudWatch matches'],
  ] as const)('unknown is not inactive: %j', async ([one, unknown]) => {
    reply(one);
    const answer = await ask({ name: 'shop-5xx' });
    expect(answer.unknown).toBe(unknown);
    expect(alertColumn(answer, window)).toEqual([null, null, null, null]);
  });

  test.for([
    [{ ActionsEnabled: false }, 'disabled'],
    [{ ActionsSuppressedBy: 'Alarm' }, 'suppressed'],
  ] as const)('an alarm with %j is muted', async ([more, muted]) => {
    server.reply({ body: { MetricAlarms: [], CompositeAlarms: [alarm('ALARM', 0, more)] } });
    expect((await ask({ name: 'shop-5xx' })).alerts.map((one) => one.muted)).toEqual([muted]);
  });

  test('an alarm must be named, and an answer must be a list', async () => {
    await expect(ask({ namespace: 'Shop' })).rejects.toMatchObject({ kind: 'bad_query', message: expect.stringContaining('by name') });
    server.reply({ body: {} });
    await expect(ask({ name: 'x' })).rejects.toMatchObject({ kind: 'bad_response' });
  });
});
