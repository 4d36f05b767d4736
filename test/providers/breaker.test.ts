import { describe, expect, test } from 'vitest';
import { createBreaker } from '../../providers/breaker.ts';
import { ProviderError, type ProviderErrorKind } from '../../src/core/base/errors.ts';

const startedAt = Date.UTC(2026, 2, 14, 13, 41);

/** A breaker with a clock that only the test moves. `isWell` decides how a probe ends; probes are counted. */
function aBreaker() {
  const world = { ms: 0, isWell: false, probes: 0, opened: 0, closed: 0, probeError: fault('unavailable') };
  const breaker = createBreaker({
    name: 'main',
    probe: async () => {
      world.probes += 1;
      if (!world.isWell) throw world.probeError;
    },
    onOpen: () => {
      world.opened += 1;
    },
    onClose: () => {
      world.closed += 1;
    },
    now: () => startedAt + world.ms,
    monotonic: () => world.ms,
  });
  const end = (error: ProviderError | null): void => breaker.watch()(error);
  const fail = (count: number, kind: ProviderErrorKind = 'unavailable'): void => {
    for (let i = 0; i < count; i++) end(fault(kind));
  };
  const admitted = async (): Promise<boolean> =>
    await breaker.admit().then(
      () => true,
      () => false,
    );
  return { world, breaker, end, fail, admitted };
}

function fault(kind: ProviderErrorKind, retryAfterMs?: number): ProviderError {
  return new ProviderError(kind, 'connection refused', { retryAfterMs });
}

describe('opens', () => {
  test.for([
    { name: 'after eight failures in a row', kind: 'unavailable', count: 8 },
    { name: 'after four timeouts in a row', kind: 'timeout', count: 4 },
    { name: 'after eight refused logins in a row', kind: 'unauthorized', count: 8 },
  ] as const)('$name', ({ kind, count }) => {
    const { breaker, fail } = aBreaker();
    fail(count - 1, kind);
    expect(breaker.state().kind).toBe('closed');
    fail(1, kind);
    expect(breaker.state()).toEqual({ kind: 'open', since: startedAt, nextProbeAt: startedAt + 1_000 });
  });

  test('not for refused queries and unreadable answers: the provider answers', () => {
    const { breaker, fail } = aBreaker();
    fail(50, 'bad_query');
    fail(50, 'bad_response');
    expect(breaker.state().kind).toBe('closed');
  });

  test('not where answers come between the failures', () => {
    const { breaker, end, fail } = aBreaker();
    for (let i = 0; i < 20; i++) {
      fail(2);
      end(null);
    }
    expect(breaker.state().kind).toBe('closed');
  });

  test('where three of four requests fail, though never many in a row', () => {
    const { breaker, end, fail } = aBreaker();
    for (let i = 0; i < 5; i++) {
      end(null);
      fail(3);
    }
    expect(breaker.state().kind).toBe('open');
  });

  test('at once where the provider asks for a long pause, and not for a short one', () => {
    const { breaker, end } = aBreaker();
    end(fault('rate_limited', 5_000));
    expect(breaker.state().kind).toBe('closed');
    end(fault('rate_limited', 12_000));
    expect(breaker.state()).toMatchObject({ kind: 'open', nextProbeAt: startedAt + 12_000 });
  });
});

describe('while it is open', () => {
  test('each question gets an answer at once, with the time, the reason and the next request', async () => {
    const { world, breaker, fail } = aBreaker();
    fail(8);
    world.ms = 400;
    await expect(breaker.admit()).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'no answer: main has given none since 13:41:00 UTC (connection refused); it is asked again at 13:41:01 UTC',
    });
    expect(world.probes).toBe(0);
  });

  test('ten thousand bakes cost a dead provider one request every few seconds', async () => {
    const { world, fail, admitted } = aBreaker();
    fail(8);
    let answered = 0;
    for (; world.ms < 60_000; world.ms += 100) for (let i = 0; i < 20; i++) if (await admitted()) answered += 1;
    expect(answered).toBe(0);
    expect(world.probes).toBeLessThanOrEqual(60 / 4);
    expect(world.probes).toBeGreaterThanOrEqual(60 / 6);
  });

  test('only one question starts the probe, and the others do not wait for it', async () => {
    const opening = Promise.withResolvers<void>();
    let ms = 0;
    let probes = 0;
    const breaker = createBreaker({
      name: 'main',
      probe: () => {
        probes += 1;
        return opening.promise;
      },
      now: () => startedAt,
      monotonic: () => ms,
    });
    for (let i = 0; i < 8; i++) breaker.watch()(fault('unavailable'));
    ms = 1_000;
    const first = breaker.admit();
    await expect(breaker.admit()).rejects.toThrow('it is asked again now');
    opening.resolve();
    await first;
    await breaker.admit();
    expect(probes).toBe(1);
  });

  test('a pause of ten minutes silences nobody after the provider is well again', async () => {
    const { world, end, admitted } = aBreaker();
    end(fault('rate_limited', 600_000));
    world.probeError = fault('rate_limited', 600_000);
    world.ms = 30_000;
    expect(await admitted()).toBe(false);
    expect(world.probes).toBe(1);
    world.isWell = true;
    world.ms = 59_999;
    expect(await admitted()).toBe(false);
    world.ms = 60_000;
    expect(await admitted()).toBe(true);
  });

  test('what began before says nothing', () => {
    const { breaker, fail } = aBreaker();
    const before = breaker.watch();
    fail(8);
    before(null);
    expect(breaker.state().kind).toBe('open');
  });
});

describe('closes', () => {
  test('with a probe that succeeds, and reports it', async () => {
    const { world, breaker, fail, admitted } = aBreaker();
    fail(8);
    world.isWell = true;
    world.ms = 1_000;
    expect(await admitted()).toBe(true);
    expect(breaker.state().kind).toBe('closed');
    expect([world.opened, world.closed]).toEqual([1, 1]);
  });

  test('with a probe that the provider refuses: it answers', async () => {
    const { world, fail, admitted } = aBreaker();
    fail(8);
    world.probeError = fault('bad_query');
    world.ms = 1_000;
    expect(await admitted()).toBe(true);
  });

  test('on probation: the next failures open it sooner, and its pauses go on growing', async () => {
    const { world, breaker, end, fail, admitted } = aBreaker();
    fail(8);
    world.isWell = true;
    world.ms = 1_000;
    expect(await admitted()).toBe(true);
    fail(2);
    expect(breaker.state()).toMatchObject({ kind: 'open', nextProbeAt: startedAt + 3_000 });
    world.ms = 3_000;
    expect(await admitted()).toBe(true);
    for (let i = 0; i < 10; i++) end(null);
    fail(7);
    expect(breaker.state().kind).toBe('closed');
    fail(1);
    expect(breaker.state()).toMatchObject({ kind: 'open', nextProbeAt: startedAt + 4_000 });
  });
});
