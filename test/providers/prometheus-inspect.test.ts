import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuard } from '../../providers/guard.ts';
import { openValues } from '../../providers/prometheus/open-values.ts';
import { prometheus } from '../../providers/prometheus.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import { anyValue } from '../../src/core/series/inspection.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { InspectQuery } from '../../src/ports/provider.ts';
import { type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const window = { from: 0, to: 600_000, stepMs: 15_000 };
const selector = (query: string, matchers = ''): InspectQuery => ({ form: 'selector', query, matchers, window });
const success = (data: unknown, more: object = {}): StubReply => ({ body: { status: 'success', data, ...more } });
const vector = (...metrics: readonly object[]): StubReply =>
  success({ resultType: 'vector', result: metrics.map((metric) => ({ metric, value: [600, '3'] })) });

describe('a look at a Prometheus', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());
  const inspect = (query: InspectQuery) => {
    const provider = prometheus.bind({ url: server.url })({ http, run: createRunProcess({}) });
    if (!provider.inspect) throw new Error('it cannot tell');
    return provider.inspect(query, never);
  };
  /** Answers the series of each selector, and 3 to each instant query. */
  const answer = (series: Readonly<Record<string, readonly object[]>>, names: readonly object[] = [{}]) =>
    server.reply(({ url, body }) => {
      const params = new URLSearchParams(body);
      return url.endsWith('/series') ? success(series[params.get('match[]') ?? ''] ?? []) : vector(...names);
    });

  test('lists the series of a selector in the window, and how many there are now', async () => {
    answer({ 'x{job="a",version="v1"}': [{ __name__: 'x', job: 'a' }] });
    expect(await inspect(selector('x{job="a"}', 'version="v1"'))).toEqual({
      series: [{ __name__: 'x', job: 'a' }],
      isCut: false,
      now: 3,
      selector: {
        metric: 'x',
        conditions: [
          { label: 'job', text: 'job="a"' },
          { label: 'version', text: 'version="v1"' },
        ],
      },
      others: [],
      metrics: [],
    });
    const asked = server.requests.find(({ url }) => url.endsWith('/series'));
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toMatchObject({ start: '0.000', end: '600.000', limit: '1001' });
  });

  test('lists other series of the metric where none matches', async () => {
    answer({ x: [{ __name__: 'x', job: 'b' }] });
    expect(await inspect(selector('x{job="a"}'))).toMatchObject({ series: [], others: [{ __name__: 'x', job: 'b' }] });
  });

  test('lists metrics that begin with the same word where the metric does not exist', async () => {
    answer({}, [{ __name__: 'shop_requests' }, { __name__: 'shop_errors' }]);
    expect(await inspect(selector('shop_request'))).toMatchObject({ others: [], metrics: ['shop_requests', 'shop_errors'] });
  });

  test('counts the series of a query, and tries its past where it has none now', async () => {
    answer({}, [{ pod: 'a' }, { pod: 'b' }]);
    expect(await inspect({ form: 'query', query: 'sum(x)', window })).toMatchObject({ now: 2, selector: null });
    server.reply(({ url }) =>
      url.endsWith('_range') ? success({ resultType: 'matrix', result: [{ metric: { pod: 'a' }, values: [[300, '1']] }] }) : vector(),
    );
    expect(await inspect({ form: 'query', query: 'sum(x)', window })).toMatchObject({ now: 0, series: [{ pod: 'a' }] });
  });

  describe('from close by', () => {
    const close = (query: string): InspectQuery => ({ ...selector(query), isDetailed: true });
    const moves = ['events', 'falls', 'changes', 'recent'].map((kind, i) => ({ metric: { kind }, value: [600, String(10 - i)] }));
    const replies = (metadata: StubReply) =>
      server.reply(({ url, body }) => {
        if (url.includes('/metadata')) return metadata;
        if (url.endsWith('/series')) return success([{ __name__: 'x_bucket', le: '+Inf' }]);
        const isMoves = new URLSearchParams(body).get('query')?.includes('"kind"');
        return isMoves ? success({ resultType: 'vector', result: moves }) : vector({});
      });

    test('it says the type of the metric, and what its series did in the last hour', async () => {
      replies(success({ x: [{ type: 'histogram', help: '', unit: '' }] }));
      const { details } = await inspect(close('x_bucket{job="a"}'));
      expect(details).toEqual({
        uses: [{ metric: 'x_bucket', use: 'counted', type: 'counter' }],
        events: 10,
        falls: 9,
        changes: 8,
        hasRecent: true,
        unknown: [],
      });
      const asked = server.requests
        .map(({ body }) => new URLSearchParams(body).get('query') ?? '')
        .find((query) => query.includes('"kind"'));
      expect(asked).toContain('sum(increase(x_bucket{job="a",le="+Inf"}[1h]))');
      expect(server.requests.length).toBeLessThanOrEqual(5);
    });

    test('what the server cannot say is named, and is no error', async () => {
      replies({ status: 404, body: 'no such page' });
      const { details } = await inspect(close('x_bucket'));
      expect(details).toMatchObject({
        events: 10,
        uses: [{ type: null }],
        unknown: [expect.stringMatching(/^the types of metrics: .*404/)],
      });
      replies({ body: { status: 'success', data: [] } });
      expect((await inspect(close('x_bucket'))).details?.unknown).toEqual([expect.stringMatching(/^the types of metrics: /)]);
    });

    test('of a query, the types of its metrics', async () => {
      replies(success({ x: [{ type: 'gauge' }], y: [{ type: 'counter' }, { type: 'gauge' }] }));
      const query = { form: 'query', query: 'sum(rate(x[5m])) / y', window, isDetailed: true } as const;
      expect((await inspect(query)).details).toMatchObject({
        uses: [
          { metric: 'x', use: 'increase', type: 'gauge' },
          { metric: 'y', use: 'as_it_is', type: null },
        ],
        events: null,
      });
    });

    test('the names of all metrics are looked through where none begins with the same word', async () => {
      server.reply(({ url }) => {
        if (url.includes('/values')) return success(['shop_requests', 'up', 'a_much_longer_name_of_a_metric']);
        return url.endsWith('/series') ? success([]) : url.includes('/metadata') ? success({}) : vector();
      });
      expect((await inspect(close('sohp_requests'))).metrics).toEqual(['shop_requests']);
      expect((await inspect(selector('sohp_requests'))).metrics).toEqual([]);
    });
  });

  test('a list that the server has cut is no partial answer; the part that a cluster could reach is an error', async () => {
    const cut = Array.from({ length: 1_001 }, (_, i) => ({ __name__: 'x', i: String(i) }));
    const reply = (warning: string) =>
      server.reply(({ url }) => (url.endsWith('/series') ? success(cut, { warnings: [warning] }) : vector({})));
    reply('results truncated due to limit');
    const { series, isCut } = await inspect(selector('x'));
    expect([series.length, isCut]).toEqual([1_000, true]);
    reply('store b: no connection');
    await expect(inspect(selector('x'))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test.for([{}, [1], [{ a: 1 }], null])('a list of series that is %j is a bad response', async (data) => {
    server.reply(({ url }) => (url.endsWith('/series') ? success(data) : vector({})));
    await expect(inspect(selector('x'))).rejects.toMatchObject({ kind: 'bad_response' });
  });

  test('behind its guard, an error of a look leaves the state of the provider as it was', async () => {
    const guard = createGuard(
      {
        fetchSeries: async () => ({ shape: 'gauge', series: [] }),
        ping: async () => {},
        inspect: async () => {
          throw new ProviderError('timeout', 'late');
        },
      },
      { limits: { concurrency: 1, perSecond: null } },
    );
    await expect(guard.inspect?.(selector('x'), never)).rejects.toMatchObject({ kind: 'timeout' });
    expect(guard.state()).toEqual({ kind: 'unknown' });
  });

  test('behind its guard, a provider that cannot tell still cannot', () => {
    const guard = createGuard(
      { fetchSeries: async () => ({ shape: 'gauge', series: [] }), ping: async () => {} },
      { limits: { concurrency: 1, perSecond: null } },
    );
    expect(guard.inspect).toBeUndefined();
  });
});

describe('values that are not known yet', () => {
  test.for([
    [`x{version="${anyValue}"}`, 'x{version=~".+"}'],
    [`x{version="shop.${anyValue}"}`, 'x{version=~"shop\\\\..+"}'],
    [`x{version=~"${anyValue}|old"}`, 'x{version=~".+|old"}'],
    [`x{version!="${anyValue}",job="a"}`, `x{version!="${anyValue}",job="a"}`],
    [`x{version=\`shop.${anyValue}\`}`, 'x{version=~`shop\\..+`}'],
    [`x{path=\`a"b\`,version=\`${anyValue}\`}`, 'x{path=`a"b`,version=~`.+`}'],
    [`sum(x{version = '${anyValue}'}) == 0`, "sum(x{version =~ '.+'}) == 0"],
  ] as const)('%s is asked as %s', ([text, opened]) => {
    expect(openValues(text)).toBe(opened);
  });
});
