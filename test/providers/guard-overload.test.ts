import { describe, expect, test } from 'vitest';
import { createGuard, type GuardOptions, type SkipReason } from '../../providers/guard.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { Answer, MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';

const never = new AbortController().signal;
const empty: Answer = { shape: 'gauge', series: [] };

function question(text: string, stepMs = 10): SeriesQuery {
  return { form: 'gauge', query: text, window: { from: 0, to: stepMs, stepMs } };
}

/** A provider whose answers the test decides, with the number of its requests. */
function aProvider(answer: (query: string) => Promise<Answer>) {
  const counts = { questions: 0, pings: 0 };
  const provider: MetricsProvider = {
    fetchSeries: async (query) => {
      counts.questions += 1;
      return await answer(query.query);
    },
    ping: async () => {
      counts.pings += 1;
      await answer('ping');
    },
  };
  return { provider, counts };
}

function aGuard(provider: MetricsProvider, options: Partial<GuardOptions> = {}) {
  const clock = { ms: 0 };
  const skipped: SkipReason[] = [];
  const guard = createGuard(provider, {
    limits: { concurrency: 4, perSecond: null },
    name: 'main',
    random: () => 0,
    now: () => Date.UTC(2026, 2, 14, 13, 41) + clock.ms,
    monotonic: () => clock.ms,
    onSkip: (reason) => skipped.push(reason),
    ...options,
  });
  return { guard, clock, skipped };
}

const down = () => Promise.reject(new ProviderError('unavailable', 'connection refused'));
const hangs = () => new Promise<Answer>(() => {});

describe('a provider that is away', () => {
  test('gets a few requests from a thousand questions, and each question gets an answer', async () => {
    const { provider, counts } = aProvider(down);
    const { guard, skipped } = aGuard(provider);
    const results = await Promise.allSettled(Array.from({ length: 1_000 }, (_, i) => guard.fetchSeries(question(`q${i}`), never)));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(counts.questions).toBeLessThanOrEqual(20);
    expect(skipped.filter((reason) => reason === 'open').length).toBeGreaterThan(950);
    await expect(guard.fetchSeries(question('later'), never)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'no answer: main has given none since 13:41:00 UTC (connection refused); it is asked again at 13:41:01 UTC',
    });
    expect(guard.breaker().kind).toBe('open');
  });

  test('is asked a ping and then the questions again, once it is well', async () => {
    let isWell = false;
    const { provider, counts } = aProvider(() => (isWell ? Promise.resolve(empty) : down()));
    const { guard, clock } = aGuard(provider);
    await Promise.allSettled(Array.from({ length: 100 }, (_, i) => guard.fetchSeries(question(`q${i}`), never)));
    const before = counts.questions;
    clock.ms = 1_000;
    await expect(guard.fetchSeries(question('a'), never)).rejects.toThrow('it is asked again at 13:41:03 UTC');
    expect(counts).toEqual({ questions: before, pings: 1 });
    isWell = true;
    clock.ms = 3_000;
    expect(await guard.fetchSeries(question('a'), never)).toBe(empty);
    expect(counts).toEqual({ questions: before + 1, pings: 2 });
  });

  test('is asked further by those that ask once, and where each question has its own server', async () => {
    const { provider, counts } = aProvider((query) => (query === 'well' ? Promise.resolve(empty) : down()));
    const { guard } = aGuard(provider, { isPatient: true });
    await Promise.allSettled(Array.from({ length: 40 }, (_, i) => guard.fetchSeries(question(`q${i}`), never)));
    expect(await guard.fetchSeries(question('well'), never)).toBe(empty);
    expect(counts.questions).toBeGreaterThan(40);
  });
});

test('retries add a tenth to the load of a provider that ails', async () => {
  let asked = 0;
  // Every second request fails, so that the breaker stays closed.
  const { provider, counts } = aProvider(() => (asked++ % 2 === 0 ? down() : Promise.resolve(empty)));
  const { guard } = aGuard(provider, { limits: { concurrency: 1, perSecond: null } });
  for (let i = 0; i < 20; i++)
    await Promise.allSettled(Array.from({ length: 20 }, (_, j) => guard.fetchSeries(question(`q${i}-${j}`), never)));
  expect(guard.breaker().kind).toBe('closed');
  expect(counts.questions).toBeGreaterThan(410);
  expect(counts.questions).toBeLessThanOrEqual(400 * 1.1 + 10);
});

describe('a provider with too much to answer', () => {
  test('is not asked by advisory checks first, and they are asked later', async () => {
    const ends: (() => void)[] = [];
    const { provider, counts } = aProvider(() => new Promise((resolve) => ends.push(() => resolve(empty))));
    const { guard, skipped } = aGuard(provider, { limits: { concurrency: 1, perSecond: 10 } });
    const waiting = Array.from({ length: 6 }, (_, i) => guard.fetchSeries(question(`q${i}`, 1_000), never).catch(() => null));
    await expect.poll(() => counts.questions).toBe(1);
    // The queue must have stood for a while: one that has just formed says nothing.
    const askMore = async (): Promise<unknown> =>
      await guard.fetchSeries(question('extra', 1_000), AbortSignal.timeout(20), 'advisory').catch((error: unknown) => error);
    await expect.poll(askMore, { timeout: 20_000 }).toMatchObject({
      kind: 'rate_limited',
      message: 'not asked: too much to ask of main now (5 questions wait); it is asked later',
    });
    expect(skipped).toEqual(['shed']);
    expect(guard.state().kind).toBe('unknown');
    const critical = guard.fetchSeries(question('critical', 1_000), AbortSignal.timeout(60_000), 'urgent');
    for (let done = 0; done < 7; done++) {
      await expect.poll(() => ends.length, { timeout: 20_000 }).toBe(done + 1);
      ends[done]?.();
    }
    expect(await critical).toBe(empty);
    await Promise.all(waiting);
  }, 60_000);

  test('that hangs keeps few questions waiting: the others get an answer at once', async () => {
    const { provider, counts } = aProvider(hangs);
    const { guard, skipped } = aGuard(provider);
    const deadline = new AbortController();
    const first = Array.from({ length: 400 }, (_, i) => guard.fetchSeries(question(`q${i}`), deadline.signal).catch(() => null));
    await expect.poll(() => counts.questions).toBe(4);
    const askMore = async (): Promise<unknown> => {
      const signal = AbortSignal.timeout(200);
      return await guard.fetchSeries(question(`more ${skipped.length}`), signal).catch((error: Error) => error.message);
    };
    await expect.poll(askMore, { timeout: 20_000 }).toContain('not asked: too much to ask of main now');
    deadline.abort();
    await Promise.all(first);
  }, 60_000);
});

test('servers that share the limits divide them, down to one request at a time', async () => {
  let sharers = 1;
  const ends: (() => void)[] = [];
  const { provider, counts } = aProvider(() => new Promise((resolve) => ends.push(() => resolve(empty))));
  const { guard } = aGuard(provider, { sharers: () => sharers });
  const ask = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, i) => guard.fetchSeries(question(`${prefix}${i}`), never));
  const endAll = async (questions: readonly Promise<Answer>[]) => {
    let isOver = false;
    const all = Promise.all(questions).then(() => {
      isOver = true;
    });
    let max = 0;
    while (!isOver) {
      max = Math.max(max, ends.length);
      ends.shift()?.();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await all;
    return max;
  };
  expect(await endAll(ask(12, 'alone'))).toBe(4);
  sharers = 2;
  expect(await endAll(ask(12, 'two'))).toBe(2);
  sharers = 9;
  expect(await endAll(ask(12, 'nine'))).toBe(1);
  expect(counts.questions).toBe(36);
});
