import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PrometheusApi } from '../../providers/prometheus/api.ts';
import { createSources, fetchCounters } from '../../providers/prometheus/counters.ts';
import { createJoins } from '../../providers/prometheus/joins.ts';
import type { RawSeries } from '../../providers/prometheus/reply.ts';
import type { Answer, Labels, QueryLot, SeriesQuery } from '../../src/ports/provider.ts';

type CounterQuery = Extract<SeriesQuery, { form: 'counter' }>;

const never = new AbortController().signal;
const to = 600_000;

/** A server with these series. `reads`: the queries that it got. It includes a sample at the very start of a range, as Prometheus 2 does. */
function aServer(all: readonly RawSeries[]): PrometheusApi & { readonly reads: string[] } {
  const reads: string[] = [];
  const none = async () => {
    throw new Error('not asked');
  };
  return {
    reads,
    build: none,
    range: none,
    series: none,
    metricNames: none,
    rules: none,
    metricType: none,
    instant: async (query, at) => {
      reads.push(query);
      const [, metric, , conditions = '', length] = /^([a-z_]*)(\{(.*)\})?\[(\d+)ms\]$/s.exec(query) ?? [];
      const matches = modelOf(metric ? `__name__="${metric}",${conditions}` : conditions);
      return all.flatMap(({ metric: labels, samples }) => {
        const kept = samples.filter(([time]) => time >= at - Number(length) && time <= at);
        return matches(labels) && kept.length > 0 ? [{ metric: labels, samples: kept }] : [];
      });
    },
  };
}

/** An independent model of the conditions of a selector. */
function modelOf(text: string): (labels: Labels) => boolean {
  const parts = [...text.matchAll(/("[\w.]+"|\w+)(=~|!~|!=|=)("(?:[^"\\]|\\.)*"|`[^`]*`)/g)];
  return (labels) =>
    parts.every(([, label = '', op = '', literal = '']) => {
      const value: string = literal.startsWith('`') ? literal.slice(1, -1) : JSON.parse(literal);
      const own = labels[label.replaceAll('"', '')] ?? '';
      const isEqual = op.includes('~')
        ? new RegExp(`^(?:${value.replace('(?i)', '')})$`, value.includes('(?i)') ? 'ius' : 'us').test(own)
        : own === value;
      return op.startsWith('!') ? !isEqual : isEqual;
    });
}

function counter(query: string, rest: Partial<CounterQuery> = {}): CounterQuery {
  return { form: 'counter', query, matchers: '', lookbackMs: 300_000, window: { from: to - 15_000, to, stepMs: 15_000 }, ...rest };
}

function series(labels: Labels, ...samples: readonly (readonly [number, number])[]): RawSeries {
  return {
    metric: { __name__: 'requests', job: 'web', instance: 'a', ...labels },
    samples: samples.length > 0 ? samples : [[to - 10_000, 5]],
  };
}

const sorted = (answer: Answer | null | undefined) =>
  answer?.shape === 'cumulative'
    ? {
        series: [...answer.series].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
        instances: [...answer.instances].sort((a, b) => (a.instance < b.instance ? -1 : 1)),
      }
    : answer;

async function answersOf(lots: readonly QueryLot[]): Promise<Map<SeriesQuery, Answer | null>> {
  const answers = new Map<SeriesQuery, Answer | null>();
  for (const lot of lots) {
    const all = await lot.fetchAll(never);
    for (const [i, query] of lot.queries.entries()) answers.set(query, all[i] ?? null);
  }
  return answers;
}

const values = {
  service: ['shop', 'cart', 'a.b', 'axb', 'x|y', 'l\nf', ''],
  'http.status': ['200', '500', '503', ''],
  version: ['v1', 'v2', ''],
  job: ['web', 'a.b', 'axb', ''],
  instance: ['1', '2'],
  namespace: ['east', 'west', ''],
} as const;
const patterns = ['5..', 's.*|c.*', '.+', '', 'v1|v2', 'a\\.b', '[^2]..', '(?i)SHOP', 'a.b', '.*.*.*.*', 'web|axb'];
const labelNames = Object.keys(values) as (keyof typeof values)[];

const written = (label: string) => (label.includes('.') ? `"${label}"` : label);
const aMatcher = fc.constantFrom(...labelNames).chain((label) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...values[label]).map((value) => `${written(label)}=${JSON.stringify(value)}`) },
    fc.constantFrom(...values[label]).map((value) => `${written(label)}!=${JSON.stringify(value)}`),
    { weight: 2, arbitrary: fc.constantFrom(...patterns).map((value) => `${written(label)}=~\`${value}\``) },
    fc.constantFrom(...patterns).map((value) => `${written(label)}!~${JSON.stringify(value)}`),
  ),
);
const aSelector = fc
  .tuple(fc.constantFrom('requests', 'payments'), fc.uniqueArray(aMatcher, { maxLength: 3, size: 'max' }))
  .map(([metric, matchers]) =>
    metric === 'requests' ? `${metric}{${matchers.join(',')}}` : `{${[`"http.${metric}"`, ...matchers].join(',')}}`,
  );
/** The questions of one template for many services, as rule files ask them, and others. */
const someSelectors = fc.oneof(
  fc.array(aSelector, { minLength: 2, maxLength: 12, size: 'max' }),
  fc
    .tuple(fc.uniqueArray(aMatcher, { maxLength: 2, size: 'max' }), fc.constantFrom(...labelNames), fc.array(aSelector, { maxLength: 3 }))
    .map(([extra, label, others]) => [
      ...others,
      ...values[label].flatMap((value) => [
        `requests{${written(label)}=${JSON.stringify(value)}}`,
        `requests{${[`${written(label)}=${JSON.stringify(value)}`, ...extra].join(',')}}`,
      ]),
    ]),
);
const someQueries = someSelectors.chain((selectors) =>
  fc.tuple(
    ...selectors.map((query) =>
      fc
        .record({
          matchers: fc.constantFrom('', '', 'version="v2"'),
          ticks: fc.constantFrom(1, 1, 1, 2, 8),
          late: fc.constantFrom(0, 0, 1, 30),
        })
        .map(({ matchers, ticks, late }) =>
          counter(query, { matchers, window: { from: to - (late + ticks) * 15_000, to: to - late * 15_000, stepMs: 15_000 } }),
        ),
    ),
  ),
);
const someSamples = fc
  .uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 6, size: 'max' })
  .map((ticks) => ticks.sort((a, b) => a - b).map((tick): [number, number] => [to - 15_000 * (60 - tick) - (tick % 2), tick]));
const aSeries = fc
  .tuple(
    fc.constantFrom('requests', 'http.payments', 'up', 'process_start_time_seconds'),
    fc.record(Object.fromEntries(labelNames.map((name) => [name, fc.constantFrom(...values[name])]))),
    someSamples,
  )
  .map(([name, labels, samples]): RawSeries => {
    const shown = Object.entries(labels).filter(([label, value]) => value !== '' && (!name.startsWith('u') || label !== 'service'));
    return { metric: { __name__: name, ...Object.fromEntries(shown) }, samples };
  });

test('every query gets what it would have got alone', async () => {
  let joined = 0;
  const world = fc.uniqueArray(aSeries, { selector: ({ metric }) => JSON.stringify(metric), maxLength: 40, size: 'max' });
  await fc.assert(
    fc.asyncProperty(world, someQueries, async (all, queries) => {
      const lots = createJoins(createSources(aServer(all))).lotsOf(queries);
      expect(new Set(lots.flatMap((lot) => lot.queries)).size).toBe(lots.flatMap((lot) => lot.queries).length);
      for (const [query, answer] of await answersOf(lots)) {
        if (answer === null) continue;
        joined += 1;
        const alone = await fetchCounters(createSources(aServer(all)), query as CounterQuery, never);
        expect([query.query, sorted(answer)]).toEqual([query.query, sorted(alone)]);
      }
    }),
    { numRuns: 400 },
  );
  expect(joined).toBeGreaterThan(1_000);
});

test('errors are read from all requests, and services are joined', async () => {
  const server = aServer([
    series({ service: 'shop', status: '200' }),
    series({ service: 'shop', status: '500' }),
    series({ service: 'a.b', status: '200', instance: 'b' }),
    series({ service: 'axb', status: '500' }),
    { metric: { __name__: 'up', job: 'web', instance: 'a' }, samples: [[to - 10_000, 1]] },
  ]);
  const queries = ['shop', 'a.b'].flatMap((service) => [
    counter(`requests{job="web",service="${service}",status=~"5.."}`),
    counter(`requests{job="web",service="${service}"}`),
  ]);
  const lots = createJoins(createSources(server)).lotsOf(queries);
  const answers = await answersOf(lots);
  expect(server.reads.toSorted()).toEqual([
    'requests{job="web",service=~"a\\\\.b|shop"}[315000ms]',
    '{__name__=~"up|process_start_time_seconds",job="web"}[315000ms]',
  ]);
  expect(queries.map((query) => answers.get(query)?.series.map(({ labels }) => `${labels.service} ${labels.status}`))).toEqual([
    ['shop 500'],
    ['shop 200', 'shop 500'],
    [],
    ['a.b 200'],
  ]);
});

test('windows of different lengths share the union, and get their own part', async () => {
  const server = aServer([series({ zone: 'x' }, [to - 320_000, 1], [to - 30_000, 2], [to - 5_000, 3])]);
  const window = { from: to - 60_000, to: to - 15_000, stepMs: 15_000 };
  const [short, long] = [counter('requests{instance="a"}'), counter('requests{instance="a",zone="x"}', { window })];
  const hour = counter('requests{instance="a"}', { lookbackMs: 3_600_000 });
  const otherTargets = counter('requests{instance="a",job="web"}');
  const answers = await answersOf(createJoins(createSources(server)).lotsOf([short, long, hour, otherTargets]));
  expect(server.reads[0]).toBe('requests{instance="a"}[360000ms]');
  const samplesOf = (query: SeriesQuery) => answers.get(query)?.series[0]?.samples.map(([, value]) => value);
  expect([short, long, hour, otherTargets].map(samplesOf)).toEqual([[2, 3], [1, 2], undefined, undefined]);
});

test('a label that no series shows is not decided here', async () => {
  const server = aServer([series({ service: 'shop' })]);
  const [bad, total] = [counter('requests{service="shop",status=~"5.."}'), counter('requests{service="shop"}')];
  const answers = await answersOf(createJoins(createSources(server)).lotsOf([bad, total]));
  expect(answers.get(bad)).toBeNull();
  expect(answers.get(total)?.series).toHaveLength(1);
});

test('nothing is joined any more once a server returns series that were not asked for', async () => {
  const server = aServer([series({ service: 'shop' })]);
  const joins = createJoins(createSources({ ...server, instant: async () => [series({})] }));
  const queries = [counter('requests{service="shop"}'), counter('requests{service="cart"}')];
  const lots = joins.lotsOf(queries);
  expect([...(await answersOf(lots)).values()]).toEqual([null, null]);
  expect(joins.lotsOf(queries)).toEqual([]);
  expect(joins.accepts(queries[0]!)).toBe(false);
});

test('one request holds a limited number of services, characters and samples', async () => {
  const many = (count: number, name = 'requests', pad = '') =>
    Array.from({ length: count }, (_, i) => counter(`${name}{service="s${i}${pad}"}`));
  const joins = createJoins(createSources(aServer([])));
  expect(joins.lotsOf(many(250)).map((lot) => lot.queries.length)).toEqual([100, 100, 50]);
  const texts = joins.lotsOf(many(100, 'requests', 'x'.repeat(200)));
  expect(texts.length).toBeGreaterThan(3);
  const large = Array.from({ length: 2_000 }, (_, i): [number, number] => [to - 300_000 + i, i]);
  const services = Array.from({ length: 20 }, (_, i) => series({ __name__: 'large', service: `s${i}` }, ...large));
  const loaded = createJoins(createSources(aServer(services)));
  await answersOf(loaded.lotsOf(many(20, 'large')));
  expect(loaded.lotsOf(many(100, 'large')).map((lot) => lot.queries.length)).toEqual([50, 50]);
});

test('services are asked apart for a while after an answer of which most was not needed', async () => {
  const large = Array.from({ length: 2_000 }, (_, i): [number, number] => [to - 300_000 + i, i]);
  const names = ['a', 'b', 'c', 'd', 'e'];
  const all = names.flatMap((service) => names.map((version) => series({ service, version }, ...large)));
  const queries = names.map((name) => counter(`requests{service="${name}",version="${name}"}`));
  const joins = createJoins(createSources(aServer(all)));
  const lots = joins.lotsOf(queries);
  expect(lots).toHaveLength(1);
  expect([...(await answersOf(lots)).values()].map((answer) => answer?.series.length)).toEqual([1, 1, 1, 1, 1]);
  expect(joins.lotsOf(queries)).toEqual([]);
});

test.for(['value:', 'not a selector(', 'requests{service=~"(?i)shop"}'])('%s is asked alone', (text) => {
  const joins = createJoins(createSources(aServer([])));
  const gauge = { form: 'gauge', query: text, window: { from: 0, to, stepMs: 15_000 } } as const;
  expect(joins.accepts(gauge)).toBe(false);
  expect(joins.lotsOf([counter(text), counter('requests{service="a"}')])).toEqual([]);
});
