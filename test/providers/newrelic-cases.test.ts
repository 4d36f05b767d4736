import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newrelic } from '../../providers/newrelic.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { SeriesQuery } from '../../src/ports/provider.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

/** Answers and requests of NerdGraph from recordings and from the clients and docs of New Relic. Each says how reliable it is. */
const Case = z.looseObject({
  id: z.string(),
  kind: z.string(),
  http: z.int().optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  request: z
    .looseObject({ body: z.looseObject({ query: z.string(), variables: z.record(z.string(), z.unknown()) }).optional() })
    .optional(),
  query: z.string().optional(),
});
const { cases } = z
  .object({ cases: z.array(Case) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/newrelic-cases.json'), 'utf8')));
const caseOf = (id: string) => cases.find((one) => one.id === id)!;

const count = 'SELECT count(*) FROM Transaction';
const average = 'SELECT average(duration) FROM Transaction';
const percentile = 'SELECT percentile(duration, 75) FROM Transaction';
type Told = readonly (readonly [label: string, ...values: number[]])[];
/** The expected outcome of each answer: the values of its series, or the kind of an error. `at`: the first tick in seconds, the step, the number of ticks. */
type Outcome = {
  readonly query: string;
  readonly outcome: Told | string;
  readonly at?: readonly [from: number, step: number, ticks: number];
};

const counted = (outcome: Told | string, more: Partial<Outcome> = {}): Outcome => ({ query: count, outcome, ...more });
const valued = (outcome: Told | string, more: Partial<Outcome> = {}): Outcome => ({ query: average, outcome, ...more });
const faceted = (outcome: Told, attribute: string, more: Partial<Outcome> = {}): Outcome =>
  counted(outcome, { query: `${count} FACET ${attribute}`, ...more });

const outcomes: Readonly<Record<string, Outcome>> = {
  'client-go/testNRDBQuerySingleResponse': faceted(
    [
      ['App1', 1_000],
      ['App2', 500],
      ['', 42],
    ],
    'appName',
  ),
  'client-go/testNRDBQueryArrayResponse': faceted(
    [
      ['App1', 100],
      ['App2', 50],
      ['', 42, 36],
    ],
    'appName',
    { at: [1_748_910_826, 3_600, 2] },
  ),
  'client-go/testNRDBQueryNullResponse': counted([['', 1_542]]),
  // Rows of raw events are not numbers. Rules cannot query them.
  'client-go/testNRDBQueryResponse': valued('bad_response'),
  'client-go/testNRDBQueryHistoryResponse': counted('bad_response'),
  'error200/TOO_MANY_REQUESTS': counted('rate_limited'),
  'error200/TIMEOUT': counted('timeout'),
  'error200/INTERNAL_SERVER_ERROR': counted('unavailable'),
  'error/BAD_API_KEY-401': counted('unauthorized'),
  'error200/BAD_API_KEY': counted('unauthorized'),
  'error200/INVALID_INPUT-nrql-syntax': counted('bad_query'),
  'error200/partial-null': counted('unauthorized'),
  'deprecated-warning': counted([['', 5]]),
  http429: counted('rate_limited'),
  'http502-html': counted('unavailable'),
  'docs/count': counted([['', 1_000]]),
  // A query selects one number, never two columns.
  'shape/average-key': valued('bad_response'),
  'shape/percentile-object': valued(
    [
      ['50', 0.12],
      ['90', 0.45],
      ['99', 1.23],
    ],
    { query: percentile },
  ),
  'shape/percentile-aliased-timeseries': valued([['', 8.53125]], { query: percentile, at: [1_721_747_515, 60, 1] }),
  'shape/timeseries': counted([['', 16, 18]], { at: [1_704_067_200, 300, 2] }),
  'shape/timeseries-null': valued([['', 0.2]], { at: [1_704_067_200, 60, 2] }),
  'shape/facet': faceted(
    [
      ['App-A', 500],
      ['App-B', 300],
      ['', 42],
    ],
    'appName',
  ),
  'shape/facet-timeseries': faceted(
    [
      ['v1', 10],
      ['v2', 8],
      ['', 1],
    ],
    'appVersion',
    { at: [1_704_067_200, 60, 1] },
  ),
  // Rules cannot have COMPARE WITH: values of another time must never count as values of this one.
  'shape/compare-with': counted('bad_response'),
  'shape/compare-with-timeseries': counted('bad_response', { at: [1_704_067_200, 300, 1] }),
  'empty/results': counted([]),
  'empty/row': counted([]),
  'empty/average-null': valued([]),
  // We send no asynchronous queries. An unfinished query is retried; the end of another query is not an answer to ours.
  'async/pending': counted('timeout'),
  'async/done': counted('bad_response'),
  'legacy/insights-query-api': counted('bad_response'),
};

describe('collected answers of NerdGraph', () => {
  const http = createHttp();
  afterAll(() => http.close());
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());
  const ask = (query: SeriesQuery) =>
    newrelic
      .bind({ account: 12_345, key: 'NRAK-1', url: server.url, retention: '36500d', timeout: '5s' })({ http, run: createRunProcess({}) })
      .fetchSeries(query, new AbortController().signal);

  test('every collected answer has its outcome', () => {
    const answers = cases.filter(({ kind }) => kind !== 'request');
    expect(answers.map(({ id }) => id)).toEqual(Object.keys(outcomes));
  });

  test.for(Object.entries(outcomes))('%s', async ([id, { query, outcome, at: [from, step, ticks] = [1_700_000_000, 60, 1] }]) => {
    const { http: status = 200, headers = {}, body } = caseOf(id);
    server.reply({ status, headers, body: body as object | string });
    const window = { from: from * 1_000, to: (from + step * ticks) * 1_000, stepMs: step * 1_000 };
    const answer = ask({ form: query.startsWith(count) ? 'events' : 'gauge', query, window });
    if (typeof outcome === 'string') return await expect(answer).rejects.toMatchObject({ kind: outcome });
    const { series } = await answer;
    expect(series.map(({ labels, samples }) => [Object.values(labels).join(), ...samples.map(([, value]) => value)])).toEqual(outcome);
  });

  test.for(['request/client-go-2.93.1', 'request/argo-rollouts'])('our request declares its variables as %s does', async (id) => {
    server.reply({ body: { data: { actor: { account: { nrql: { results: [] } } } } } });
    await ask({ form: 'events', query: count, window: { from: 0, to: 60_000, stepMs: 60_000 } });
    const [{ method, headers, body }] = server.requests as [StubServer['requests'][number]];
    const own = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) }).parse(JSON.parse(body));
    const theirs = caseOf(id).request!.body!;
    const declared = (query: string) => [...query.matchAll(/\$(\w+): (\w+!?)/g)].map(([text]) => text);
    expect(declared(own.query)).toEqual(expect.arrayContaining(declared(theirs.query)));
    expect(Object.keys(own.variables)).toEqual(expect.arrayContaining(Object.keys(theirs.variables)));
    for (const [name, value] of Object.entries(theirs.variables)) expect(typeof own.variables[name]).toBe(typeof value);
    expect({ method, ...headers }).toMatchObject({ method: 'POST', 'api-key': 'NRAK-1', 'content-type': 'application/json' });
  });
});
