import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loki } from '../../providers/loki.ts';
import { ticksFromAnswers } from '../../src/core/series/ticks-from-answers.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { describeProviderContract } from '../contracts/provider.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const window = { from: 1_700_000_000_000, to: 1_700_000_060_000, stepMs: 15_000 };
const make = (url: string, options: object = {}): MetricsProvider => loki.bind({ url, ...options })({ http, run: createRunProcess({}) });
const query = 'sum by (pod) (count_over_time({app="shop"} |~ "err|ö&=%+" [15s]))';

/** An answer in the form that Loki's documents show. */
const matrix = (result: readonly object[], more: object = {}) => ({
  body: { status: 'success', data: { resultType: 'matrix', result, stats: { summary: {} } }, ...more },
});

describeProviderContract('loki', {
  create: (url, bearer) => make(url, { bearer }),
  gauge: query,
  series: (list) =>
    matrix(
      list.map(({ labels, samples }) => ({
        metric: labels,
        values: samples.map(([at, value]) => [
          at / 1_000,
          Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf',
        ]),
      })),
    ),
  badQuery: (body) => ({ status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }),
  garbage: [
    '',
    'not json',
    '[]',
    {},
    { status: 'success' },
    { status: 'error', data: { resultType: 'matrix', result: [] } },
    { status: 'success', data: { resultType: 'vector', result: [] } },
    { status: 'success', data: { resultType: 'matrix', result: {} } },
    matrix([{ metric: {}, values: [[1_700_000_015, 'many']] }]).body,
    matrix([{ metric: {}, values: [[1_700_000_015, '']] }]).body,
    matrix([{ values: [] }]).body,
  ],
  sentQuery: ({ url }) => new URL(url, 'http://loki').searchParams.get('query'),
  sentSecret: ({ headers }) => headers.authorization?.replace(/^Bearer /, '') ?? null,
});

describe('the loki provider', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());

  const ask = (form: 'events' | 'gauge' = 'events', options: object = {}) =>
    make(`${server.url}/prefix/`, options).fetchSeries({ form, query, window }, never);
  const problemOf = (asked: Promise<unknown>) =>
    asked.then(
      () => null,
      ({ kind, message }) => ({ kind, message }),
    );

  test('asks for the ends of the ticks, as the tenant', async () => {
    server.reply(matrix([]));
    await ask('events', { tenant: 'shop' });
    const [request] = server.requests;
    const { pathname, searchParams } = new URL(request?.url ?? '', server.url);
    expect([pathname, ...['start', 'end', 'step'].map((name) => searchParams.get(name))]).toEqual([
      ...['/prefix/loki/api/v1/query_range', '1700000015', '1700000060', '15s'],
    ]);
    expect(request?.headers['x-scope-orgid']).toBe('shop');
  });

  test('a tick without a bad line is 0 of its total, and one without any line is unknown', async () => {
    server.reply(
      matrix([
        {
          metric: {},
          values: [
            [1_700_000_015, '200'],
            [1_700_000_030, '100'],
          ],
        },
      ]),
    );
    const total = await ask();
    server.reply(matrix([{ metric: {}, values: [[1_700_000_015, '20']] }]));
    const bad = await ask();
    expect(ticksFromAnswers('ratio', { bad, total }, { window, lookbackMs: 0 })).toEqual({
      kind: 'ratio',
      bad: [20, 0, null, null],
      total: [200, 100, null, null],
    });
  });

  test('an answer with a warning is no answer: what is missing in it is unknown', async () => {
    server.reply(matrix([], { warnings: ['maximum of series (500) reached for a single query; returning partial results'] }));
    expect(await problemOf(ask())).toEqual({
      kind: 'unavailable',
      message: expect.stringMatching(/warns that its answer may be only a part: maximum of series \(500\)/),
    });
  });

  test.for([
    [
      400,
      'parse error at line 1, col 5: syntax error: unexpected IDENTIFIER',
      'bad_query',
      /refused the query: parse error at line 1, col 5: syntax error/,
    ],
    [400, 'the query time range exceeds the limit (query length: 800h, limit: 721h)', 'bad_query', /exceeds the limit/],
    [400, { message: 'max entries limit per query exceeded' }, 'bad_query', /refused the query: max entries limit/],
    [401, 'no org id', 'unauthorized', /wants a `tenant`/],
    [429, 'too many outstanding requests', 'rate_limited', /too many requests/],
    [500, 'context deadline exceeded', 'timeout', /context deadline exceeded/],
    [504, '<html>gateway</html>', 'unavailable', /answered 504/],
  ] as const)('%s %s is %s', async ([status, body, kind, message]) => {
    server.reply({ status, body });
    expect(await problemOf(ask())).toEqual({ kind, message: expect.stringMatching(message) });
  });

  test('lines instead of numbers are a mistake of the rule', async () => {
    server.reply({ body: { status: 'success', data: { resultType: 'streams', result: [] } } });
    expect(await problemOf(ask())).toEqual({ kind: 'bad_query', message: expect.stringMatching(/returns lines and not numbers/) });
  });

  test.for([
    ['ratio', 'sum(count_over_time({app="$service"} |= "[5m]" [$step]))', null],
    ['value', 'sum(rate({app="$service"}[5m]))', null],
    ['rate', 'sum(rate({app="$service"}[$step]))', /per second/],
    ['ratio', 'sum(count_over_time({app="$service"}[5m]))', /a count over \[5m\] is not that of one tick/],
    ['value', '{app="$service"} |= "error [x]"', /returns lines and not numbers/],
    ['latency', 'count_over_time({app="$service"}[$step])', /no histograms/],
  ] as const)('a %s check by %s is %s', ([kind, text, problem]) => {
    const fault = loki.lintQuery?.(text, kind, 15_000) ?? null;
    if (problem === null) expect(fault).toBeNull();
    else expect(fault?.message).toMatch(problem);
  });
});
