import { describe, expect, test, vi } from 'vitest';
import { createPace } from '../../src/net/pace.ts';

const never = new AbortController().signal;

/** The time and the order of the calls. */
async function turns(count: number, intervalMs: number) {
  const pace = createPace(intervalMs);
  const came: { readonly number: number; readonly at: number }[] = [];
  await Promise.all(
    Array.from({ length: count }, async (_, number) => {
      await pace.turn(never);
      came.push({ number, at: performance.now() });
    }),
  );
  return came;
}

describe('a pace', () => {
  test('lets all calls pass in order of arrival', async () => {
    expect((await turns(20, 2)).map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test('lets no call pass too early', async () => {
    const from = performance.now();
    const came = await turns(5, 40);
    // Timers may be late, and early by at most their resolution.
    expect((came.at(-1)?.at ?? 0) - from).toBeGreaterThan(150);
  });

  test('lets no call pass during a pause', async () => {
    const pace = createPace(0);
    const from = performance.now();
    pace.pause(100);
    await pace.turn(never);
    expect(performance.now() - from).toBeGreaterThan(90);
  });

  test('also holds back calls that waited before the pause', async () => {
    const pace = createPace(20);
    const from = performance.now();
    const line = [pace.turn(never), pace.turn(never), pace.turn(never)];
    pace.pause(150);
    await Promise.all(line);
    expect(performance.now() - from).toBeGreaterThan(140);
  });

  test('keeps the order when a waiting call aborts', async () => {
    const pace = createPace(30);
    const came: string[] = [];
    const leaving = new AbortController();
    const first = pace.turn(never).then(() => came.push('first'));
    const second = pace.turn(never).then(() => came.push('second'));
    const gone = pace.turn(leaving.signal).catch(() => came.push('gone'));
    const fourth = pace.turn(never).then(() => came.push('fourth'));
    leaving.abort();
    await Promise.all([first, second, gone, fourth]);
    expect(came.filter((who) => who !== 'gone')).toEqual(['first', 'second', 'fourth']);
  });

  test('does not notice when the clock of the machine is set back', async () => {
    const pace = createPace(20);
    await pace.turn(never);
    vi.setSystemTime(Date.now() - 3_600_000);
    try {
      await expect(pace.turn(AbortSignal.timeout(20_000))).resolves.toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  test('ends a wait when its signal aborts', async () => {
    const pace = createPace(60_000);
    await pace.turn(never);
    const waiting = new AbortController();
    const turn = pace.turn(waiting.signal);
    waiting.abort();
    await expect(turn).rejects.toThrow();
  });
});
