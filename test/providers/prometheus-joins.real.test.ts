import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createGuard } from '../../providers/guard.ts';
import { createApi } from '../../providers/prometheus/api.ts';
import { createSources, fetchCounters } from '../../providers/prometheus/counters.ts';
import { createJoins } from '../../providers/prometheus/joins.ts';
import { prometheus } from '../../providers/prometheus.ts';
import { floorTo } from '../../src/core/base/window.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { Answer, MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from '../support/prometheus.ts';

type CounterQuery = Extract<SeriesQuery, { form: 'counter' }>;

const stepMs = 15_000;
const to = floorTo(Date.now() - 4 * 3_600_000, stepMs);
const never = new AbortController().signal;
const http = createHttp();
afterAll(() => http.close());

const services = ['shop', 'cart', 'a.b', 'axb', 'x|y', '(?i)shop', 'SHOP', '^$', 'q"uo\\te', 'ünï😀', '[ab]', ' ', 'l\nf'];
const statuses = ['200', '404', '500', '503', '5000'];
const jobs = ['web', 'web.2', 'webx2'];

/** Every service has every status, from one of three jobs. */
function* past(): Generator<string> {
  const times = Array.from({ length: 30 }, (_, tick) => to - (29 - tick) * stepMs - 3_000);
  const lines = (name: string, labels: Readonly<Record<string, string>>, value: (tick: number) => number) => {
    const shown = Object.entries(labels).map(([label, text]) => `${label}="${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`);
    return times.map((at, tick) => `${name}{${shown.join(',')}} ${value(tick)} ${at / 1_000}\n`).join('');
  };
  yield '# TYPE requests counter\n';
  for (const [i, service] of services.entries())
    for (const [k, status] of statuses.entries()) {
      const target = { job: jobs[i % jobs.length] ?? '', instance: `i${i % 4}` };
      yield lines('requests_total', { ...target, service, status }, (tick) => tick * (i + 2 * k));
    }
  for (const metric of ['up', 'process_start_time_seconds']) {
    yield `# TYPE ${metric} gauge\n`;
    for (const job of jobs)
      for (const i of [0, 1, 2, 3]) yield lines(metric, { job, instance: `i${i}` }, (tick) => (metric === 'up' ? tick % 2 : to / 1_000));
  }
  yield '# EOF\n';
}

const literal = (text: string) => fc.constantFrom(JSON.stringify(text), ...(text.includes('`') ? [] : [`\`${text}\``]));
const patterns = [
  '5..',
  '4..|5\\d\\d',
  '.+',
  '',
  'shop|cart',
  'a\\.b',
  '[^2]..',
  '(?i)SHOP',
  's.*',
  'web.2',
  '\\W',
  '.',
  '\\[ab\\]',
  '.*😀',
  'x\\|y',
  '[ab.x]{3}',
];
const aMatcher = fc.oneof(
  fc.constantFrom(...services).chain((text) => fc.tuple(fc.constantFrom('service=', 'service!='), literal(text))),
  fc.constantFrom(...statuses).chain((text) => fc.tuple(fc.constantFrom('status=', 'status!='), literal(text))),
  fc.constantFrom(...jobs).chain((text) => fc.tuple(fc.constantFrom('job=', 'job!='), literal(text))),
  fc
    .constantFrom(...patterns)
    .chain((text) => fc.tuple(fc.constantFrom('service=~', 'service!~', 'status=~', 'status!~', 'job=~', 'none!~'), literal(text))),
);
const aSelector = fc
  .uniqueArray(aMatcher, { maxLength: 3, size: 'max' })
  .map((matchers) => `requests_total{${matchers.map((parts) => parts.join('')).join(',')}}`);
const queryFor = (query: string): CounterQuery => ({
  form: 'counter',
  query,
  matchers: '',
  lookbackMs: 60_000,
  window: { from: to - stepMs, to, stepMs },
});

test.skipIf(!hasPrometheus())('a joined request that loads too many samples is asked query by query', async () => {
  const server = await startPrometheus({ past: past(), maxSamples: 150 });
  onTestFinished(() => server.stop());
  const outcomes: string[] = [];
  const guarded = (fuse: boolean) =>
    createGuard(prometheus.bind({ url: server.url, fuse })({ http, run: createRunProcess({}) }), {
      limits: { concurrency: 4, perSecond: null },
      onRequest: ({ outcome }) => outcomes.push(outcome),
    });
  const ask = async (provider: MetricsProvider) => {
    const queries = services.slice(0, 8).map((service) => queryFor(`requests_total{service=${JSON.stringify(service)}}`));
    return (await Promise.all(queries.map((query) => provider.fetchSeries(query, never)))).map(sorted);
  };
  const joined = await ask(guarded(true));
  expect(outcomes).toEqual(['bad_query', ...Array(8).fill('ok')]);
  expect(joined).toEqual(await ask(guarded(false)));
});

describe.skipIf(!hasPrometheus())('joined selectors at a real Prometheus', () => {
  let server: Prometheus;
  beforeAll(async () => {
    server = await startPrometheus({ past: past() });
  });
  afterAll(() => server.stop());
  let requests = 0;
  const counting = {
    ...http,
    request: (...asked: Parameters<typeof http.request>) => {
      requests += 1;
      return http.request(...asked);
    },
  };
  const sources = () => createSources(createApi({ url: server.url, headers: {}, secrets: () => [], timeoutMs: 20_000 }, counting));

  async function expectSame(queries: readonly CounterQuery[]): Promise<number> {
    let joined = 0;
    for (const lot of createJoins(sources()).lotsOf(queries)) {
      const answers = await lot.fetchAll(never);
      for (const [i, query] of lot.queries.entries()) {
        const answer = answers[i] ?? null;
        if (answer === null || query.form !== 'counter') continue;
        expect([query.query, sorted(answer)]).toEqual([query.query, sorted(await fetchCounters(sources(), query, never))]);
        joined += 1;
      }
    }
    return joined;
  }

  test('every service and status gets what it would have got alone, in two requests', async () => {
    const queries = services.flatMap((service) => [
      queryFor(`requests_total{service=${JSON.stringify(service)}}`),
      queryFor(`requests_total{service=${JSON.stringify(service)},status=~"5.."}`),
    ]);
    const [lot, ...more] = createJoins(sources()).lotsOf(queries);
    expect(more).toEqual([]);
    requests = 0;
    const answers = await lot?.fetchAll(never);
    expect(requests).toBe(2);
    const counts = lot?.queries.map(({ query }, i) => [query.includes('5..'), answers?.[i]?.series.length ?? null]);
    // A line feed is left to the server where a regular expression meets it; here only the status has one.
    expect(counts).toEqual(lot?.queries.map(({ query }) => (query.includes('5..') ? [true, 2] : [false, 5])));
    expect(await expectSame(queries)).toBe(26);
  });

  test('any selectors get what they would have got alone', async () => {
    let joined = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(aSelector, { minLength: 4, maxLength: 12, size: 'max' }), async (selectors) => {
        joined += await expectSame(selectors.map(queryFor));
      }),
      { numRuns: 60 },
    );
    expect(joined).toBeGreaterThan(50);
  });
});

function sorted(answer: Answer) {
  if (answer.shape !== 'cumulative') return answer;
  return {
    series: [...answer.series].sort((a, b) => (JSON.stringify(a.labels) < JSON.stringify(b.labels) ? -1 : 1)),
    instances: [...answer.instances].sort((a, b) => (a.instance < b.instance ? -1 : 1)),
  };
}
