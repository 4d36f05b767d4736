import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { web } from '../../providers/web.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import { describeProviderContract } from '../contracts/provider.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const window = { from: 1_700_000_000_000, to: 1_700_000_060_000, stepMs: 15_000 };
/** The clock stands a second after the end of the window, so that a number of now is one of its newest tick. */
const make = (url: string, options: object = {}): MetricsProvider =>
  web.bind({ url, params: { q: '.*', shop: '[a-z-]+', from: String.raw`\d+`, step: String.raw`\d+` }, ...options })({
    http: { ...http, now: () => window.to + 1_000 },
    run: createRunProcess({}),
  });

describeProviderContract('web', {
  create: (url, bearer) => make(`${url}/api`, { bearer }),
  gauge: '/latency?q=p99 samples $.series[*]',
  series: (list) => ({
    body: {
      series: list.map(({ labels, samples }) => ({
        labels,
        times: samples.map(([at]) => at),
        values: samples.map(([, value]) => (Number.isFinite(value) ? value : String(value))),
      })),
    },
  }),
  gap: (at) => ({ body: { series: [{ times: [at / 1_000], values: [null] }] } }),
  badQuery: (message) => ({ status: 422, body: { message } }),
  garbage: [
    '',
    'not json',
    { series: [1] },
    { series: [{}] },
    { series: [{ times: [1], values: [] }] },
    { series: [{ times: ['noon'], values: [1] }] },
  ],
  sentQuery: ({ url }) => `${url.replace(/^\/api/, '')} samples $.series[*]`,
  sentSecret: ({ headers }) => headers.authorization?.replace(/^Bearer /, '') ?? null,
});

describe('the web provider', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());

  const ask = (query: string, form: 'gauge' | 'events' = 'gauge', at = window, options: object = {}) =>
    make(`${server.url}/api`, options).fetchSeries({ form, query, window: at } as SeriesQuery, never);
  const problemOf = (asked: Promise<unknown>) =>
    asked.then(
      () => 'no problem',
      ({ message }: Error) => message,
    );

  test('a number is one of the newest tick', async () => {
    server.reply({ body: { data: { rate: 0.25 } } });
    expect(await ask('/stats $.data.rate')).toEqual({
      shape: 'gauge',
      series: [{ labels: {}, instance: '', samples: [[window.to, 0.25]] }],
    });
    server.reply({ body: '12.5\n' });
    expect((await ask('/plain')).series[0]?.samples).toEqual([[window.to, 12.5]]);
  });

  test('a number of now is refused for a tick that ended long ago', async () => {
    server.reply({ body: '1' });
    const earlier = { ...window, from: window.from - 600_000, to: window.to - 600_000 };
    expect(await problemOf(ask('/plain', 'events', earlier))).toMatch(/that of now, and the tick ended 9m56s too early/);
    expect(server.requests).toHaveLength(0);
    expect((await ask('/plain?q={from}-{to}', 'events', earlier)).series[0]?.samples).toEqual([[earlier.to, 1]]);
  });

  test('a pair of counts comes from one request', async () => {
    server.reply({ body: { bad: 3, total: 200 } });
    const provider = make(server.url);
    const count = (path: string) => provider.fetchSeries({ form: 'events', query: `/stats?step={step} ${path}`, window }, never);
    const [bad, total] = await Promise.all([count('$.bad'), count('$.total')]);
    expect([bad, total].map(({ series }) => series[0]?.samples)).toEqual([[[window.to, 3]], [[window.to, 200]]]);
    expect(server.requests.map(({ url }) => url)).toEqual(['/stats?step=15']);
  });

  test('times and values are read by two paths, and times of the window are filled in', async () => {
    server.reply({
      body: {
        rows: [
          { at: '2023-11-14T22:13:35Z', n: '4' },
          { at: '2023-11-14T22:13:50Z', n: null },
        ],
      },
    });
    const query = '/rows?from={from}&step={step:ms} $.rows[?@.at != " $.x"].at $.rows[*].n';
    expect((await ask(query)).series[0]?.samples).toEqual([[1_700_000_015_000, 4]]);
    expect(server.requests[0]?.url).toBe('/api/rows?from=1700000000&step=15000');
    expect(await problemOf(ask(query, 'events'))).toBe('the answer cannot be read: the value at 2023-11-14T22:13:50.000Z is null');
    server.reply({ body: { rows: [{ at: 1_700_000_000, n: 7 }] } });
    expect((await ask('/r $.rows[*].at $.rows[*].n', 'gauge', window, { stamps: 'begin' })).series[0]?.samples).toEqual([
      [1_700_000_015_000, 7],
    ]);
  });

  test('a body of the operator is sent by POST', async () => {
    server.reply({ body: { count: 1 } });
    await ask('/search $.count', 'gauge', window, { method: 'POST', body: '{"gte":"{from:iso}","lt":{to:ms}}' });
    expect(server.requests[0]).toMatchObject({ method: 'POST', body: '{"gte":"2023-11-14T22:14:05.000Z","lt":1700000060000}' });
  });

  test.for([
    ['{"a":null}', '/x $.a', 'the answer cannot be read: $.a is null'],
    ['{"a":"many"}', '/x $.a', 'the answer cannot be read: $.a is a text that is not a number'],
    ['{"a":"NaN"}', '/x $.a', 'the answer cannot be read: $.a is NaN or infinite'],
    ['{"a":true}', '/x $.a', 'the answer cannot be read: $.a is true or false, not a number'],
    ['{"a":[1]}', '/x $.a', 'the answer cannot be read: $.a is a list, not a number'],
    ['{"b":1}', '/x $.a', 'the answer cannot be read: $.a finds nothing'],
    ['{"b":1}', '/x samples $.a', 'the answer cannot be read: $.a finds nothing'],
    ['{}', '/x samples $.series[*]', 'the answer cannot be read: $.series[*] finds nothing'],
    ['{"errors":[],"t":[]}', '/x $.t $.erors[*].n', 'the answer cannot be read: $.erors[*].n finds nothing'],
    ['{"t":[],"n":null}', '/x $.t $.n[*]', 'the answer cannot be read: $.n[*] finds nothing'],
    ['[{"n":7},{"t":1700000015}]', '/x $[*].t $[*].n', 'the answer cannot be read: a time and its value are not of the same point'],
    [
      '[{"t":[1700000015],"n":[1]},{"t":[1700000015],"n":[9]}]',
      '/x $[*].t[*] $[*].n[*]',
      'the answer cannot be read: it has two values of the same time: select one series',
    ],
    ['[1,2]', '/x $[*]', 'the answer cannot be read: $[*] finds 2 values, and a number is one'],
    ['{"a":1}', '/x', 'the answer cannot be read: it is JSON and not a number: name the place of the number, such as $.value'],
    ['', '/x', 'the answer cannot be read: it is empty'],
    ['<html>', '/x $.a', 'the answer cannot be read: it is not JSON'],
    [`{"a":${'['.repeat(90)}${']'.repeat(90)}}`, '/x $..a', '$..a cannot be looked up: the answer is nested deeper than 50 levels'],
    [
      JSON.stringify(['a'.repeat(40)]),
      "/x $[?search(@, '^(a|a)*b')]",
      "$[?search(@, '^(a|a)*b')] takes longer than 2000 ms: name its steps",
    ],
  ] as const)('%s by %s: %s', async ([body, query, problem]) => {
    server.reply({ body });
    expect(await problemOf(ask(query))).toBe(problem);
  });

  test('empty lists are no data, and lists of rows, of pairs and side by side are read', async () => {
    for (const [body, query] of [
      ['{"rows":[]}', '/e $.rows[*].t $.rows[*].n'],
      ['{"series":[]}', '/e samples $.series[*]'],
      ['{"t":[],"n":[]}', '/f $.t $.n'],
    ] as const) {
      server.reply({ body });
      expect((await ask(query)).series).toEqual([]);
    }
    for (const [body, query] of [
      ['{"rows":[{"t":1700000015,"n":1},{"t":1700000030,"n":2}]}', '/a $.rows[*].t $.rows[*].n'],
      ['[[1700000015,1],[1700000030,2]]', '/b $[*][0] $[*][1]'],
      ['{"t":[1700000015,1700000030],"n":[1,2]}', '/c $.t $.n[*]'],
    ] as const) {
      server.reply({ body });
      expect((await ask(query)).series[0]?.samples).toEqual([
        [1_700_000_015_000, 1],
        [1_700_000_030_000, 2],
      ]);
    }
  });

  test('a count below 0 is refused', async () => {
    server.reply({ body: '-1' });
    expect(await problemOf(ask('/x', 'events'))).toBe('the answer cannot be read: the answer is a count below 0');
  });

  test.for([
    ['http://127.0.0.1:1/x', 'the path must begin with "/"'],
    ['//evil.example.com/x', 'the path may not contain "//"'],
    ['/../admin', 'the path may not contain "." or ".."'],
    ['/a/./b', 'the path may not contain "." or ".."'],
    ['/a/..', 'the path may not contain "." or ".."'],
    ['/%2e%2e/admin', 'the path may not contain "%"'],
    ['/a%2f..%2fadmin', 'the path may not contain "%"'],
    [String.raw`/a\..\admin`, String.raw`the path may not contain "\\"`],
    ['/a#b', 'the path may not contain "#"'],
    ['/a\tb', String.raw`the path may not contain "\t"`],
    ['/a?token=1', 'the config declares no "token"; declared: q, shop, from, step'],
    ['/a?__proto__=1', 'the config declares no "__proto__"'],
    ['/a?shop=A', 'the value of shop does not match [a-z-]+'],
    ['/a?shop=$a', 'the value of shop does not match [a-z-]+'],
    ['/a?shop=%24a%26admin=1', 'the value of shop does not match [a-z-]+'],
    ['/a?shop=a&shop=b', 'shop is given twice'],
    ['/a?shop=%zz', 'the value of shop has a broken percent-encoding'],
    ['/a?q=a%0d%0ab', 'the value of q holds a control character'],
  ] as const)('%s never reaches the server', async ([target, problem]) => {
    expect(await problemOf(ask(`${target} $.a`))).toContain(problem);
    expect(server.requests).toHaveLength(0);
  });

  test('values are encoded, so that one cannot add a parameter', async () => {
    server.reply({ body: '1' });
    await ask('/a@b/(c)?q=x%26shop=y%3Fz%20/../+é');
    expect(server.requests[0]?.url).toBe('/api/a@b/(c)?q=x%26shop%3Dy%3Fz%20%2F..%2F%2B%C3%A9');
  });

  test('a redirect is not followed, and a server without a page at its root answers the ping', async () => {
    server.reply({ status: 307, headers: { location: `${server.url}/other` } });
    expect(await problemOf(ask('/x'))).toContain('redirects are not followed');
    expect(server.requests).toHaveLength(1);
    server.reply({ status: 404 });
    await make(server.url).ping(never);
    await expect(make(server.url, { ping: '/health' }).ping(never)).rejects.toThrow('answered 404');
  });
});
