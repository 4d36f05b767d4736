import { describe, expect, test, vi } from 'vitest';
import { createGuard, type GuardOptions } from '../../providers/guard.ts';
import type { RequestReport } from '../../providers/health.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { Answer, MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import type { ServerClock } from '../../src/ports/providers.ts';

const never = new AbortController().signal;
const limits = { concurrency: 4, perSecond: null };
const empty: Answer = { shape: 'gauge', series: [] };

function question(text: string, to = 100): SeriesQuery {
  return { form: 'gauge', query: text, window: { from: 0, to, stepMs: 10 } };
}

type Call = {
  readonly query: string;
  readonly at: number;
  readonly signal: AbortSignal;
  readonly answer: () => void;
  readonly fail: (error: Error) => void;
};

/** A provider that answers when the test resolves its calls. */
function aSlowProvider(): MetricsProvider & { readonly calls: readonly Call[] } {
  const calls: Call[] = [];
  const take = (query: string, signal: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      calls.push({ query, at: performance.now(), signal, answer: () => resolve(empty), fail: reject });
    });
  return {
    calls,
    fetchSeries: (query, signal) => take(query.query, signal),
    ping: async (signal) => {
      await take('ping', signal);
    },
  };
}

/** A provider that returns these results one after another, then answers. */
function aProvider(...results: readonly (Error | Answer)[]): MetricsProvider & { readonly asked: readonly number[] } {
  const asked: number[] = [];
  const next = async (): Promise<Answer> => {
    asked.push(performance.now());
    const result = results[asked.length - 1] ?? empty;
    if (result instanceof Error) throw result;
    return result;
  };
  return {
    asked,
    fetchSeries: next,
    ping: async () => {
      await next();
    },
  };
}

function guard(provider: MetricsProvider, options: Partial<GuardOptions> = {}) {
  return createGuard(provider, { limits, random: () => 0, ...options });
}

test('a clock of the machine that is set back does not stop the questions', async () => {
  const provider = aProvider();
  const guarded = guard(provider, { limits: { concurrency: 1, perSecond: 50 } });
  await guarded.fetchSeries(question('q1'), never);
  vi.setSystemTime(Date.now() - 3_600_000);
  try {
    expect(await guarded.fetchSeries(question('q2'), AbortSignal.timeout(20_000))).toEqual(empty);
  } finally {
    vi.useRealTimers();
  }
});

test('an answer about the future of the server is an error, and is not kept', async () => {
  const provider = aProvider();
  let shown: ReturnType<ServerClock['now']> = { earliest: 98, latest: 99 };
  const guarded = guard(provider, { clock: { now: () => shown } });
  await expect(guarded.fetchSeries(question('q'), never)).rejects.toMatchObject({
    kind: 'bad_response',
    message: 'asked too early: the clock of its server is 1s before the end of the last tick',
  });
  expect(guarded.state().kind).toBe('healthy');
  shown = { earliest: 99, latest: 100 };
  expect(await guarded.fetchSeries(question('q'), never)).toEqual(empty);
  shown = null;
  expect(await guarded.fetchSeries(question('other'), never)).toEqual(empty);
  expect(provider.asked).toHaveLength(3);
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('identical queries', () => {
  test('share one request while it is pending, and from the second time on shortly after', async () => {
    const provider = aSlowProvider();
    const guarded = guard(provider);
    const asked = [1, 2, 3].map(() => guarded.fetchSeries(question('a'), never));
    await expect.poll(() => provider.calls.length).toBe(1);
    provider.calls[0]?.answer();
    expect(await Promise.all(asked)).toEqual([empty, empty, empty]);
    const again = guarded.fetchSeries(question('a'), never);
    await expect.poll(() => provider.calls.length).toBe(2);
    provider.calls[1]?.answer();
    expect(await again).toBe(empty);
    expect(await guarded.fetchSeries(question('a'), never)).toBe(empty);
    expect(provider.calls).toHaveLength(2);
  });

  test('differ by their window', async () => {
    const provider = aProvider();
    const guarded = guard(provider);
    await guarded.fetchSeries(question('a', 100), never);
    await guarded.fetchSeries(question('a', 110), never);
    expect(provider.asked).toHaveLength(2);
  });

  test('share a failure, but a later query is sent again', async () => {
    const provider = aProvider(new ProviderError('bad_query', 'no'));
    const guarded = guard(provider);
    const both = await Promise.allSettled([guarded.fetchSeries(question('a'), never), guarded.fetchSeries(question('a'), never)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await guarded.fetchSeries(question('a'), never)).toBe(empty);
    expect(provider.asked).toHaveLength(2);
  });

  test('continue for the other callers when one aborts, and end when all have aborted', async () => {
    const provider = aSlowProvider();
    const guarded = guard(provider);
    const [first, second] = [new AbortController(), new AbortController()];
    const gaveUp = expect(guarded.fetchSeries(question('a'), first.signal)).rejects.toMatchObject({ kind: 'timeout' });
    const stays = guarded.fetchSeries(question('a'), second.signal);
    await expect.poll(() => provider.calls.length).toBe(1);
    first.abort();
    await gaveUp;
    expect(provider.calls[0]?.signal.aborted).toBe(false);
    second.abort();
    await expect(stays).rejects.toMatchObject({ kind: 'timeout' });
    expect(provider.calls[0]?.signal.aborted).toBe(true);
    const again = guarded.fetchSeries(question('a'), never);
    await expect.poll(() => provider.calls.length).toBe(2);
    provider.calls[1]?.answer();
    expect(await again).toBe(empty);
  });
});

describe('limits', () => {
  test('no more calls run at once than allowed, and all run in the end', async () => {
    const provider = aSlowProvider();
    const guarded = guard(provider, { limits: { concurrency: 2, perSecond: null } });
    const asked = Array.from({ length: 7 }, (_, i) => guarded.fetchSeries(question(`q${i}`), never));
    for (let done = 0; done < 7; done++) {
      await expect.poll(() => provider.calls.length).toBe(Math.min(7, done + 2));
      await settled();
      expect(provider.calls).toHaveLength(Math.min(7, done + 2));
      provider.calls[done]?.answer();
    }
    await Promise.all(asked);
    expect(provider.calls.map(({ query }) => query)).toEqual(Array.from({ length: 7 }, (_, i) => `q${i}`));
  });

  test('a caller that aborts in the queue causes no request', async () => {
    const provider = aSlowProvider();
    const guarded = guard(provider, { limits: { concurrency: 1, perSecond: null } });
    const first = guarded.fetchSeries(question('a'), never);
    const controller = new AbortController();
    const second = expect(guarded.fetchSeries(question('b'), controller.signal)).rejects.toMatchObject({ kind: 'timeout' });
    const third = guarded.fetchSeries(question('c'), never);
    await expect.poll(() => provider.calls.length).toBe(1);
    controller.abort();
    await second;
    provider.calls[0]?.answer();
    await expect.poll(() => provider.calls.length).toBe(2);
    provider.calls[1]?.answer();
    await Promise.all([first, third]);
    expect(provider.calls.map(({ query }) => query)).toEqual(['a', 'c']);
  });

  test('a rate is kept', async () => {
    const provider = aProvider();
    const guarded = guard(provider, { limits: { concurrency: 4, perSecond: 40 } });
    await Promise.all(Array.from({ length: 9 }, (_, i) => guarded.fetchSeries(question(`q${i}`), never)));
    expect(provider.asked.at(-1)! - provider.asked[0]!).toBeGreaterThan(180);
  });

  test('thousands of queries finish quickly', async () => {
    const provider = aProvider();
    const guarded = guard(provider);
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 5_000 }, (_, i) => guarded.fetchSeries(question(`q${i}`), never)));
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('retries', () => {
  test.for(['unavailable', 'timeout', 'rate_limited'] as const)('%s is retried', async (kind) => {
    const provider = aProvider(new ProviderError(kind, 'later'));
    expect(await guard(provider).fetchSeries(question('a'), never)).toBe(empty);
    expect(provider.asked).toHaveLength(2);
  });

  test.for(['unauthorized', 'bad_query', 'bad_response'] as const)('%s is not retried', async (kind) => {
    const provider = aProvider(new ProviderError(kind, 'no'));
    await expect(guard(provider).fetchSeries(question('a'), never)).rejects.toMatchObject({ kind });
    expect(provider.asked).toHaveLength(1);
  });

  test('end after three attempts, with growing pauses', async () => {
    const provider = aProvider(...[1, 2, 3, 4].map((i) => new ProviderError('unavailable', `try ${i}`)));
    await expect(guard(provider).fetchSeries(question('a'), never)).rejects.toMatchObject({ message: 'try 3' });
    const [first, second, third] = provider.asked;
    expect(second! - first!).toBeGreaterThan(100);
    expect(third! - second!).toBeGreaterThan(225);
  });

  test('wait as long as the provider asks, and so do all other callers', async () => {
    const provider = aProvider(new ProviderError('rate_limited', 'later', { retryAfterMs: 200 }));
    const guarded = guard(provider);
    const first = guarded.fetchSeries(question('a'), never);
    await expect.poll(() => provider.asked.length).toBe(1);
    await settled();
    await Promise.all([first, guarded.fetchSeries(question('b'), never)]);
    expect(provider.asked).toHaveLength(3);
    expect(provider.asked[1]! - provider.asked[0]!).toBeGreaterThan(190);
  });

  test('end with the deadline: the caller gets a timeout at once, not after the pause', async () => {
    const provider = aProvider(new ProviderError('unavailable', 'down', { retryAfterMs: 4_000 }));
    await expect(guard(provider).fetchSeries(question('a'), AbortSignal.timeout(50))).rejects.toMatchObject({
      kind: 'timeout',
      message: 'no answer arrived before the deadline; before that: down',
    });
  });

  test('a provider that ignores the signal does not delay the caller', async () => {
    const asked = guard(aSlowProvider()).fetchSeries(question('a'), AbortSignal.timeout(50));
    await expect(asked).rejects.toMatchObject({ kind: 'timeout' });
  });
});

describe('reports', () => {
  test('every request is reported, retries too', async () => {
    const reports: RequestReport[] = [];
    const guarded = guard(aProvider(new ProviderError('unavailable', 'down')), { onRequest: (report) => reports.push(report) });
    // The third answer is a kept one.
    for (let i = 0; i < 3; i++) await guarded.fetchSeries(question('a'), never);
    expect(reports.map(({ outcome }) => outcome)).toEqual(['unavailable', 'ok', 'ok']);
    expect(reports.every(({ seconds }) => seconds >= 0 && seconds < 1)).toBe(true);
  });

  test('the state has the time since when the provider fails, and shows that it has recovered', async () => {
    let now = 1;
    const down = (text: string) => new ProviderError('unauthorized', text);
    const guarded = guard(aProvider(down('first'), down('second'), new ProviderError('bad_query', 'an answer')), { now: () => now });
    const ask = (text: string) => guarded.fetchSeries(question(text), never).catch(() => null);
    expect(guarded.state()).toEqual({ kind: 'unknown' });
    await ask('a');
    now = 2;
    await ask('b');
    expect(guarded.state()).toEqual({ kind: 'failing', since: 1, error: 'unauthorized', message: 'second' });
    await ask('c');
    await guarded.ping(never);
    expect(guarded.state()).toEqual({ kind: 'healthy', since: 2 });
  });
});
