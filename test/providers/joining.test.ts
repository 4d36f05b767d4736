import { describe, expect, test } from 'vitest';
import { createGuard } from '../../providers/guard.ts';
import { createJoining, type JoiningOptions } from '../../providers/joining.ts';
import { createQueuePlace, joinPlaces } from '../../providers/queue-place.ts';
import { ProviderError, type ProviderErrorKind } from '../../src/core/base/errors.ts';
import type { Answer, MetricsProvider, QueryLot, SeriesQuery } from '../../src/ports/provider.ts';

const never = new AbortController().signal;
const answerTo = (query: SeriesQuery): Answer => ({
  shape: 'gauge',
  series: [{ labels: { query: query.query }, instance: '', samples: [[1, 1]] }],
});
const question = (query: string): SeriesQuery => ({ form: 'gauge', query, window: { from: 0, to: 100, stepMs: 10 } });

type Asked = { readonly names: readonly string[]; readonly signal: AbortSignal };
type Reply = (asked: Asked) => Promise<readonly (Answer | null)[]> | 'answer' | ProviderErrorKind;

/** Joins all queries of a moment whose texts begin with `j`. `reply` decides what becomes of a request, by default an answer. */
function aProvider(reply: Reply = () => 'answer'): MetricsProvider & { readonly asked: string[]; readonly lots: () => readonly string[] } {
  const asked: string[] = [];
  const take = async (queries: readonly SeriesQuery[], signal: AbortSignal): Promise<readonly (Answer | null)[]> => {
    const names = queries.map(({ query }) => query);
    asked.push(names.join('+'));
    const result = reply({ names, signal });
    if (typeof result !== 'string') return await result;
    if (result !== 'answer') throw new ProviderError(result, `${names.join('+')} failed`);
    return queries.map(answerTo);
  };
  return {
    asked,
    lots: () => asked.filter((names) => names.includes('+')),
    fetchSeries: async (query, signal) => (await take([query], signal))[0] ?? answerTo(query),
    ping: async () => {},
    joins: {
      accepts: ({ query }) => query.startsWith('j'),
      lotsOf: (queries): readonly QueryLot[] =>
        queries.length > 1 ? [{ key: 'all', queries, fetchAll: (signal) => take(queries, signal) }] : [],
    },
  };
}

const join = (provider: MetricsProvider, options: JoiningOptions = {}) => {
  const fetch = createJoining(provider, (call, { signal }) => call(signal), options);
  return (query: SeriesQuery, signal: AbortSignal) => fetch(query, { signal, place: createQueuePlace('normal', 10) });
};
const namesOf = (results: readonly PromiseSettledResult<Answer>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? result.value.series[0]?.labels.query : String(result.reason.message)));

describe('queries of one moment', () => {
  test('share one request, and each gets its own answer', async () => {
    const provider = aProvider();
    const fetch = join(provider);
    const results = await Promise.allSettled(['j1', 'j2', 'x', 'j3'].map((name) => fetch(question(name), never)));
    expect(namesOf(results)).toEqual(['j1', 'j2', 'x', 'j3']);
    expect(provider.asked).toEqual(['x', 'j1+j2+j3']);
  });

  test('wait for others while there are many', async () => {
    const provider = aProvider();
    const fetch = join(provider, { waitMs: 500 });
    await fetch(question('j1'), never);
    const second = fetch(question('j2'), never);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([second, fetch(question('j3'), never)]);
    expect(provider.asked).toEqual(['j1', 'j2+j3']);
  });

  test('are asked alone where the joined answer cannot tell', async () => {
    const provider = aProvider(({ names }) => (names.length > 1 ? Promise.resolve([answerTo(question('j1')), null]) : 'answer'));
    const fetch = join(provider);
    const results = await Promise.allSettled(['j1', 'j2'].map((name) => fetch(question(name), never)));
    expect(namesOf(results)).toEqual(['j1', 'j2']);
    expect(provider.asked).toEqual(['j1+j2', 'j2']);
  });

  test('count as one request for the limits of the guard, and are retried together', async () => {
    let failures = 1;
    const provider = aProvider(() => (failures-- > 0 ? 'unavailable' : 'answer'));
    const guard = createGuard(provider, { limits: { concurrency: 1, perSecond: null }, random: () => 0 });
    const results = await Promise.allSettled(['j1', 'j2'].map((name) => guard.fetchSeries(question(name), never)));
    expect(namesOf(results)).toEqual(['j1', 'j2']);
    expect(provider.asked).toEqual(['j1+j2', 'j1+j2']);
  });
});

describe('a joined request that fails', () => {
  test.for(['bad_query', 'bad_response'] as const)(
    'with %s is asked query by query, and so are the next ones for a while',
    async (kind) => {
      const provider = aProvider(({ names }) => (names.length > 1 || names[0] === 'j2' ? kind : 'answer'));
      const fetch = join(provider);
      const ask = () => Promise.allSettled(['j1', 'j2', 'j3'].map((name) => fetch(question(name), never)));
      expect(namesOf(await ask())).toEqual(['j1', 'j2 failed', 'j3']);
      expect(namesOf(await ask())).toEqual(['j1', 'j2 failed', 'j3']);
      expect(provider.lots()).toEqual(['j1+j2+j3']);
    },
  );

  test('is tried again as a whole later', async () => {
    let isTooLarge = true;
    const provider = aProvider(({ names }) => (names.length > 1 && isTooLarge ? 'bad_query' : 'answer'));
    const fetch = join(provider, { apartMs: 0 });
    const ask = () => Promise.allSettled(['j1', 'j2'].map((name) => fetch(question(name), never)));
    await ask();
    isTooLarge = false;
    expect(namesOf(await ask())).toEqual(['j1', 'j2']);
    expect(provider.asked).toEqual(['j1+j2', 'j1', 'j2', 'j1+j2']);
  });

  test.for(['unavailable', 'timeout'] as const)('with %s while single queries are answered is asked query by query', async (kind) => {
    const provider = aProvider(({ names }) => (names.length > 1 ? kind : 'answer'));
    const fetch = join(provider);
    const ask = () => Promise.allSettled(['j1', 'j2', 'j3'].map((name) => fetch(question(name), never)));
    expect(namesOf(await ask())).toEqual(['j1', 'j2', 'j3']);
    expect(namesOf(await ask())).toEqual(['j1', 'j2', 'j3']);
    expect(provider.lots()).toHaveLength(1);
  });

  test('because the provider is away costs one request more, and is joined again at once', async () => {
    let isAway = true;
    const provider = aProvider(() => (isAway ? 'unavailable' : 'answer'));
    const fetch = join(provider);
    const ask = () => Promise.allSettled(['j1', 'j2', 'j3'].map((name) => fetch(question(name), never)));
    expect(namesOf(await ask())).toEqual(['j1 failed', 'j1+j2+j3 failed', 'j1+j2+j3 failed']);
    isAway = false;
    expect(namesOf(await ask())).toEqual(['j1', 'j2', 'j3']);
    expect(provider.asked).toEqual(['j1+j2+j3', 'j1', 'j1+j2+j3']);
  });

  test.for(['rate_limited', 'unauthorized'] as const)('with %s fails for all, without another request', async (kind) => {
    const provider = aProvider(() => kind);
    const fetch = join(provider);
    const results = await Promise.allSettled(['j1', 'j2'].map((name) => fetch(question(name), never)));
    expect(namesOf(results)).toEqual(['j1+j2 failed', 'j1+j2 failed']);
    expect(provider.asked).toEqual(['j1+j2']);
  });

  test('because it takes too long leaves time for single queries', async () => {
    const provider = aProvider(({ names, signal }) => (names.length > 1 ? untilAborted(signal) : 'answer'));
    const fetch = join(provider, { lotMs: 10 });
    const results = await Promise.allSettled(['j1', 'j2'].map((name) => fetch(question(name), never)));
    expect(namesOf(results)).toEqual(['j1', 'j2']);
    expect(provider.lots()).toHaveLength(1);
  });

  test('by a bug of ours is shown to all', async () => {
    const provider = aProvider(({ names }) => (names.length > 1 ? Promise.reject(new TypeError('a bug')) : 'answer'));
    const fetch = join(provider);
    expect(namesOf(await Promise.allSettled(['j1', 'j2'].map((name) => fetch(question(name), never))))).toEqual(['a bug', 'a bug']);
  });
});

test('the first joined request that fails alone is reported once, with its reason', async () => {
  const said: string[] = [];
  let isAway = true;
  const provider = aProvider(({ names }) => (isAway ? 'unavailable' : names.length > 1 ? 'bad_query' : 'answer'));
  const limits = { concurrency: 4, perSecond: null };
  const guard = createGuard(provider, { limits, random: () => 0, onApart: ({ message }) => said.push(message) });
  const ask = (...names: string[]) => Promise.allSettled(names.map((name) => guard.fetchSeries(question(name), never)));
  await ask('j1', 'j2');
  expect(said).toEqual([]);
  isAway = false;
  await ask('j3', 'j4');
  expect(said).toEqual(['j3+j4 failed']);
  const fetch = join(provider, { apartMs: 0, onApart: ({ message }) => said.push(message) });
  for (const names of [
    ['j5', 'j6'],
    ['j7', 'j8'],
  ])
    await Promise.allSettled(names.map((name) => fetch(question(name), never)));
  expect(provider.lots()).toEqual(expect.arrayContaining(['j5+j6', 'j7+j8']));
  expect(said).toEqual(['j3+j4 failed', 'j5+j6 failed']);
});

describe('a caller that gives up', () => {
  test('does not end the request of the others', async () => {
    let release = () => {};
    const asked: AbortSignal[] = [];
    const provider = aProvider(({ signal }) => {
      asked.push(signal);
      return new Promise((resolve) => {
        release = () => resolve([answerTo(question('j1')), answerTo(question('j2'))]);
      });
    });
    const guard = createGuard(provider, { limits: { concurrency: 1, perSecond: null } });
    const leaving = new AbortController();
    const [first, second] = [guard.fetchSeries(question('j1'), leaving.signal), guard.fetchSeries(question('j2'), never)];
    await expect.poll(() => asked.length).toBe(1);
    leaving.abort();
    await expect(first).rejects.toMatchObject({ kind: 'timeout' });
    expect(asked[0]?.aborted).toBe(false);
    release();
    expect(namesOf([{ status: 'fulfilled', value: await second }])).toEqual(['j2']);
  });

  test('ends the request when all others have given up', async () => {
    const asked: AbortSignal[] = [];
    const provider = aProvider(({ signal }) => {
      asked.push(signal);
      return untilAborted(signal);
    });
    const guard = createGuard(provider, { limits: { concurrency: 1, perSecond: null } });
    const leaving = new AbortController();
    const both = ['j1', 'j2'].map((name) => guard.fetchSeries(question(name), leaving.signal));
    await expect.poll(() => asked.length).toBe(1);
    leaving.abort();
    await Promise.allSettled(both);
    await expect.poll(() => asked[0]?.aborted).toBe(true);
    expect(provider.asked).toEqual(['j1+j2']);
  });

  test('before the request is sent is left out of it', async () => {
    const provider = aProvider();
    const fetch = join(provider);
    const results = Promise.allSettled([
      fetch(question('j1'), AbortSignal.abort()),
      fetch(question('j2'), never),
      fetch(question('j3'), never),
    ]);
    expect(namesOf(await results)).toEqual(['the deadline passed before the query was sent', 'j2', 'j3']);
    expect(provider.asked).toEqual(['j2+j3']);
  });
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new ProviderError('timeout', 'aborted')));
  });
}

test('a joined request is as urgent as the most urgent of its queries, and rises with it', () => {
  const places = (['advisory', 'normal', 'advisory'] as const).map((urgency) => createQueuePlace(urgency, 10));
  const joined = joinPlaces(places);
  expect(joined.urgency()).toBe('normal');
  places[2]?.raise('urgent');
  expect(joined.urgency()).toBe('urgent');
});
