import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cloudwatch } from '../../providers/cloudwatch.ts';
import { createGuard } from '../../providers/guard.ts';
import { ticksFromAnswers } from '../../src/core/series/ticks-from-answers.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import { describeProviderContract } from '../contracts/provider.ts';
import { type FakeCloudWatch, fault, startFakeCloudWatch } from '../support/fake-cloudwatch.ts';
import { type SeenRequest, type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const keys = { region: 'eu-west-1', access_key: 'AKIAIOSFODNN7EXAMPLE', secret_key: 'a-secret-of-the-tests' };
const make = (url: string, options: object = {}): MetricsProvider =>
  cloudwatch.bind({ ...keys, url, ...options })({ http, run: createRunProcess({}) });
const metricOf = ({ body }: SeenRequest) => JSON.parse(body).MetricDataQueries[0].MetricStat;
const begin = 1_700_000_000;
const result = (more: object = {}) => ({ Id: 'q0m0', Label: 'x', StatusCode: 'Complete', Timestamps: [], Values: [], ...more });

describeProviderContract('cloudwatch', {
  // The secret of a signature is never sent; the token of temporary keys is.
  create: (url, secret) => make(url, { session_token: secret }),
  gauge: 'Shop:Queue{Name="ö&=%+\\"a"}:Average',
  label: 'label',
  stepMs: 10_000,
  series: (list) => ({
    body: {
      MetricDataResults: list.map(({ labels, samples }) =>
        result({
          Label: labels.label ?? 'x',
          Timestamps: samples.map(([at]) => at / 1_000 - 10),
          Values: samples.map(([, value]) => (Number.isFinite(value) ? value : String(value))),
        }),
      ),
    },
  }),
  badQuery: (words) => fault('InvalidParameterValueException', words),
  garbage: [
    'not json',
    '',
    'null',
    '[]',
    '42',
    {},
    { MetricDataResults: {} },
    { MetricDataResults: [{}] },
    { MetricDataResults: [result({ Timestamps: [begin], Values: [] })] },
    { MetricDataResults: [result({ Timestamps: [begin], Values: ['many'] })] },
    { MetricDataResults: [result({ Timestamps: ['yesterday'], Values: [1] })] },
    { MetricDataResults: [result({ Timestamps: [begin + 7], Values: [1] })] },
    { MetricDataResults: [result()], Messages: [{ Code: 'MaxMetricsExceeded', Value: 'only the first 500' }] },
  ],
  sentQuery: (request) => {
    const { Metric, Stat } = metricOf(request);
    const dimensions = Metric.Dimensions.map(
      ({ Name, Value }: { Name: string; Value: string }) => `${Name}="${Value.replaceAll('"', '\\"')}"`,
    );
    return `${Metric.Namespace}:${Metric.MetricName}{${dimensions.join(', ')}}:${Stat}`;
  },
  sentSecret: ({ headers }) => String(headers['x-amz-security-token']),
});

describe('the cloudwatch provider and counts', () => {
  const window = { from: 1_700_000_100_000, to: 1_700_000_340_000, stepMs: 60_000 };
  const asked = { window, lookbackMs: 300_000 };
  const balancer = 'LoadBalancer="app/shop/1"';
  const total = `AWS/ApplicationELB:RequestCount{${balancer}}:Sum`;
  const bad = `AWS/ApplicationELB:HTTPCode_Target_5XX_Count{${balancer}}:Sum`;
  let world: FakeCloudWatch;
  beforeEach(async () => {
    world = await startFakeCloudWatch();
  });
  afterEach(() => world.close());
  const at = (seconds: number): number => window.from + seconds * 1_000;
  const counter = (query: string, matchers = ''): SeriesQuery => ({ form: 'counter', query, matchers, window, lookbackMs: 300_000 });
  const datum = (metric: string, seconds: number, value: number, dimensions = 'LoadBalancer=app/shop/1') => ({
    metric: `AWS/ApplicationELB:${metric}`,
    at: at(seconds),
    value,
    dimensions,
  });
  const ask = (query: SeriesQuery) => make(world.url).fetchSeries(query, never);
  const guarded = () =>
    createGuard(make(world.url), { limits: { concurrency: 4, perSecond: null }, maxTicks: cloudwatch.maxTicks ?? null });

  test('a ratio is one request for both counts; without an error, a minute with requests has 0 errors and one without has no data', async () => {
    world.add(...[0, 5, 59, 130].map((seconds) => datum('RequestCount', seconds, 1)), datum('HTTPCode_Target_5XX_Count', 5, 1));
    world.add(datum('RequestCount', -1, 9), datum('RequestCount', 240, 9), datum('RequestCount', 5, 9, 'LoadBalancer=app/cart/1'));
    const guard = guarded();
    const [errors, all] = await Promise.all([guard.fetchSeries(counter(bad), never), guard.fetchSeries(counter(total), never)]);
    expect(ticksFromAnswers('ratio', { bad: errors, total: all }, asked)).toEqual({
      kind: 'ratio',
      total: [3, null, 1, null],
      bad: [1, null, 0, null],
    });
    const stat = (MetricName: string) => ({
      MetricStat: {
        Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: [{ Name: 'LoadBalancer', Value: 'app/shop/1' }] },
        Period: 60,
        Stat: 'Sum',
      },
      ReturnData: true,
    });
    expect(world.inputs()).toEqual([
      {
        MetricDataQueries: [
          { Id: 'q0m0', ...stat('HTTPCode_Target_5XX_Count') },
          { Id: 'q1m0', ...stat('RequestCount') },
        ],
        StartTime: window.from / 1_000,
        EndTime: window.to / 1_000,
        ScanBy: 'TimestampAscending',
      },
    ]);
    expect(world.requests[0]?.headers['content-type']).toBe('application/x-amz-json-1.0');
  });

  test('metrics that are added up are asked apart: where one has no data, the other still counts', async () => {
    world.add(datum('HTTPCode_Target_5XX_Count', 0, 2), datum('HTTPCode_ELB_5XX_Count', 60, 3));
    const count = await ask(counter(`${bad} + AWS/ApplicationELB:HTTPCode_ELB_5XX_Count{${balancer}}:Sum`));
    expect(count.series.map(({ labels }) => labels.metric)).toEqual(['HTTPCode_Target_5XX_Count', 'HTTPCode_ELB_5XX_Count']);
    expect(ticksFromAnswers('rate', { count }, asked)).toEqual({ kind: 'rate', count: [2, 3, null, null] });
  });

  test('a metric that does not exist is no data, not 0', async () => {
    expect(ticksFromAnswers('rate', { count: await ask(counter(total)) }, asked)).toEqual({
      kind: 'rate',
      count: [null, null, null, null],
    });
  });

  test('counts slow requests by a trimmed count', async () => {
    world.add(...[0.1, 0.5, 0.6, 3].map((value) => datum('TargetResponseTime', 1, value)));
    const slow = await ask(counter(`AWS/ApplicationELB:TargetResponseTime{${balancer}}:TC(0.5:)`));
    const all = await ask(counter(`AWS/ApplicationELB:TargetResponseTime{${balancer}}:SampleCount`));
    expect(ticksFromAnswers('ratio', { bad: slow, total: all }, asked)).toMatchObject({
      bad: [2, null, null, null],
      total: [4, null, null, null],
    });
  });

  test('adds the matchers of a control as dimensions', async () => {
    world.add(datum('RequestCount', 0, 7), datum('RequestCount', 0, 4, 'LoadBalancer=app/shop/1,TargetGroup=targetgroup/v2/1'));
    const count = await ask(counter(total, 'TargetGroup="targetgroup/v2/1"'));
    expect(ticksFromAnswers('rate', { count }, asked)).toEqual({ kind: 'rate', count: [4, null, null, null] });
  });

  test('a value is one metric, or metric math with several', async () => {
    world.add(datum('RequestCount', 0, 10), datum('HTTPCode_Target_5XX_Count', 1, 1), datum('RequestCount', 61, 5));
    const value = (query: string) => ask({ form: 'gauge', query, window });
    expect((await value(`AWS/ApplicationELB:RequestCount{${balancer}}:Average`)).series).toEqual([
      {
        labels: {},
        instance: '',
        samples: [
          [at(60), 10],
          [at(120), 5],
        ],
      },
    ]);
    expect((await value(`${bad} / ${total}`)).series).toEqual([{ labels: {}, instance: '', samples: [[at(60), 0.1]] }]);
    expect(world.inputs()[1]?.MetricDataQueries).toMatchObject([
      { Id: 'q0m0', ReturnData: false },
      { Id: 'q0m1', ReturnData: false },
      { Id: 'q0e', Expression: 'q0m0 / q0m1', ReturnData: true },
    ]);
  });

  test('reads an answer of several pages', async () => {
    await world.close();
    world = await startFakeCloudWatch({ pageSize: 2 });
    world.add(...[0, 60, 120, 180].map((seconds) => datum('RequestCount', seconds, seconds + 1)));
    const count = await ask(counter(total));
    expect(ticksFromAnswers('rate', { count }, asked)).toEqual({ kind: 'rate', count: [1, 61, 121, 181] });
    expect(world.requests).toHaveLength(2);
  });

  test('more than 500 metrics are several requests', async () => {
    const guard = guarded();
    const queries = Array.from({ length: 300 }, (_, i) => counter(`Shop:M${i}{}:Sum`));
    await Promise.all(queries.map((query) => guard.fetchSeries(query, never)));
    const sizes = world.inputs().map(({ MetricDataQueries }) => MetricDataQueries.length);
    expect(sizes.toSorted((a, b) => b - a)).toEqual([250, 50]);
  });

  test.for([
    ['ticks under a minute', { ...counter(total), window: { ...window, stepMs: 30_000 } }, /one point a minute, but a tick is 30s/],
    ['ticks that are no period', { ...counter('Shop:A{}:Sum'), window: { ...window, stepMs: 15_000 } }, /no period of 15s/],
    ['a number that is no count', counter(`AWS/ApplicationELB:RequestCount{${balancer}}:p95`), /p95 of RequestCount is not a count/],
    ['gaps that are filled', counter(`FILL(${total}, 0)`), /cannot use FILL/],
    [
      'a dimension that is given twice',
      counter(total, 'LoadBalancer="app/cart/1"'),
      /in the matchers: the dimension LoadBalancer is given twice/,
    ],
    ['a label', { form: 'increase', query: total, matchers: '', window, by: ['zone'] }, /cannot split a metric by zone/],
  ] as const)('refuses %s without a request', async ([, query, words]) => {
    await expect(ask(query)).rejects.toMatchObject({ kind: 'bad_query', message: expect.stringMatching(words) });
    expect(world.requests).toEqual([]);
  });
});

describe('the cloudwatch provider', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  test.for([
    ['ThrottlingException', { kind: 'rate_limited', retryAfterMs: 2_000 }],
    ['Throttling', { kind: 'rate_limited', retryAfterMs: 2_000 }],
    ['AccessDeniedException', { kind: 'unauthorized', message: expect.stringContaining('cloudwatch:GetMetricData') }],
    ['UnrecognizedClientException', { kind: 'unauthorized' }],
    ['ExpiredTokenException', { kind: 'unauthorized' }],
    ['InternalServiceFault', { kind: 'unavailable' }],
    [
      'InvalidParameterCombinationException',
      { kind: 'bad_query', message: expect.stringContaining('InvalidParameterCombinationException: why') },
    ],
  ] as const)('%s is the right kind of error', async ([type, error]) => {
    server.reply(fault(type, 'why'));
    await expect(make(server.url).ping(never)).rejects.toMatchObject(error);
  });

  test.for([
    ['PartialData', 'unavailable'],
    ['InternalError', 'unavailable'],
    ['Forbidden', 'unauthorized'],
  ] as const)('a result with the status %s is an error, not a part of the truth', async ([StatusCode, kind]) => {
    server.reply({ body: { MetricDataResults: [result({ StatusCode, Timestamps: [begin], Values: [1] })] } });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({ kind });
  });

  test('a dropped value does not make the ping fail', async () => {
    server.reply({ body: { MetricDataResults: [result({ Messages: [{ Code: 'ArithmeticError', Value: 'dropped' }] })] } });
    await expect(make(server.url).ping(never)).resolves.toBeUndefined();
  });

  test('an answer whose pages never end is refused', async () => {
    server.reply({ body: { MetricDataResults: [], NextToken: 'more' } });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({
      kind: 'bad_response',
      message: expect.stringContaining('100 pages'),
    });
  });

  test('temporary keys that AWS no longer accepts are renewed, once a minute at most; others are not', async () => {
    server.reply(() => (server.requests.length === 1 ? fault('ExpiredTokenException', 'expired') : { body: { MetricDataResults: [] } }));
    const provider = make(server.url, { session_token: 'a session token' });
    await provider.ping(never);
    expect(server.requests).toHaveLength(2);
    server.reply(fault('ExpiredTokenException', 'expired'));
    await expect(provider.ping(never)).rejects.toMatchObject({ kind: 'unauthorized' });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(server.requests).toHaveLength(4);
  });

  test('without credentials, nothing is sent', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    const options = { access_key: undefined, secret_key: undefined, profile: 'nobody' };
    await expect(make(server.url, options).ping(never)).rejects.toMatchObject({
      kind: 'unauthorized',
      message: /^no AWS credentials were found/,
    });
    expect(server.requests).toEqual([]);
  });

  test('its limits and settle time come from its options', () => {
    expect(cloudwatch.settleMs(cloudwatch.example)).toBe(120_000);
    expect(cloudwatch.limits(cloudwatch.example)).toEqual({ concurrency: 4, perSecond: 10 });
  });

  test.for([
    ['eu-west-1', 'https://monitoring.eu-west-1.amazonaws.com/'],
    ['us-gov-east-1', 'https://monitoring.us-gov-east-1.amazonaws.com/'],
    ['cn-north-1', 'https://monitoring.cn-north-1.amazonaws.com.cn/'],
  ] as const)('the region %s has the endpoint %s', async ([region, address]) => {
    const seen: string[] = [];
    const request = async ({ url }: { url: string }) => {
      seen.push(url);
      return { status: 500, headers: {}, text: '' };
    };
    const provider = cloudwatch.bind({ ...keys, region })({ http: { ...http, request }, run: createRunProcess({}) });
    await expect(provider.ping(never)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(seen).toEqual([address]);
  });

  test.for([
    [{ region: 'Europe' }, /must be a region/],
    [{ profile: 'watch' }, /both profile and access_key/],
    [{ secret_key: undefined }, /one of access_key and secret_key/],
    [{ limits: { per_second: 501 } }, /per_second|<=500/],
  ] as const)('options %j are refused', ([options, problem]) => {
    expect(() => cloudwatch.bind({ ...keys, ...options })).toThrow(problem);
  });
});
