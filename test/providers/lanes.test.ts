import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLanes, type LaneTicket } from '../../providers/lanes.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { Urgency } from '../../src/ports/provider.ts';

const never = new AbortController().signal;

/** Lanes with a clock that only the test moves. Jobs run until the test ends them, oldest first. */
function someLanes(concurrency = 1, perMs: number | null = null) {
  const clock = { ms: 0 };
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const tickets = new Map<string, LaneTicket>();
  const lanes = createLanes({
    limits: () => ({ concurrency, batch: 500, perMs }),
    schedule: (lane) => lane(),
    now: () => clock.ms,
  });
  const add = (name: string, urgency: Urgency = 'normal', signal: AbortSignal = never): Promise<void> =>
    lanes.run({ signal, urgency, onTicket: (ticket) => tickets.set(name, ticket) }, () => {
      begun.push(name);
      return new Promise((resolve) => ends.push(resolve));
    });
  const endOldest = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { lanes, clock, begun, add, endOldest, tickets };
}

describe('order', () => {
  test('what is urgent first, advisory checks last, each in order of arrival', async () => {
    const { begun, add, endOldest } = someLanes();
    for (const name of ['first', 'a1', 'a2', 'n1', 'u1', 'n2', 'u2'])
      void add(name, name.startsWith('a') ? 'advisory' : name.startsWith('u') ? 'urgent' : 'normal');
    for (let i = 0; i < 7; i++) await endOldest();
    expect(begun).toEqual(['first', 'u1', 'u2', 'n1', 'n2', 'a1', 'a2']);
  });

  test('nothing starves: an advisory question has its turn while urgent ones come without end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), async (jobMs) => {
        const { clock, begun, add, endOldest } = someLanes();
        void add('first');
        void add('advisory', 'advisory');
        for (let i = 0; !begun.includes('advisory'); i++) {
          expect(clock.ms).toBeLessThanOrEqual(6_000 + 2 * jobMs);
          void add(`urgent ${i}`, 'urgent');
          clock.ms += jobMs;
          await endOldest();
        }
      }),
      { numRuns: 20 },
    );
  });

  test('a question rises when a more urgent caller asks the same', async () => {
    const { begun, add, endOldest, tickets } = someLanes();
    for (const name of ['first', 'n1', 'n2']) void add(name);
    void add('a', 'advisory');
    tickets.get('a')?.raise('urgent');
    tickets.get('n1')?.raise('advisory');
    for (let i = 0; i < 4; i++) await endOldest();
    expect(begun).toEqual(['first', 'a', 'n1', 'n2']);
  });
});

describe('the expected wait', () => {
  test('is 0 while a lane is free', () => {
    const { lanes, add } = someLanes(2);
    void add('one');
    expect(lanes.expectedWaitMs('advisory')).toBe(0);
  });

  test('goes by the speed of the recent jobs and by what is ahead', async () => {
    const { lanes, clock, add, endOldest } = someLanes(1);
    void add('first');
    for (let i = 0; i < 100; i++) {
      void add(`n${i}`);
      clock.ms += 100;
      await endOldest();
    }
    for (let i = 0; i < 10; i++) void add(`waits ${i}`, 'advisory');
    expect(lanes.expectedWaitMs('urgent')).toBeCloseTo(100, -1);
    expect(lanes.expectedWaitMs('advisory')).toBeCloseTo(1_100, -2);
    lanes.forgetSpeed();
    expect(lanes.expectedWaitMs('advisory')).toBeLessThan(100);
  });

  test('grows while all lanes hang, and one job that hangs does not matter much', async () => {
    const { lanes, clock, add, endOldest } = someLanes(2);
    void add('hangs 1');
    void add('hangs 2');
    for (let i = 0; i < 9; i++) void add(`waits ${i}`);
    expect(lanes.expectedWaitMs('normal')).toBe(5);
    clock.ms = 4_000;
    expect(lanes.expectedWaitMs('normal')).toBe(20_000);
    await endOldest();
    lanes.forgetSpeed();
    expect(lanes.expectedWaitMs('normal')).toBeLessThan(10);
  });

  test('goes by the rate limit where that is slower', () => {
    const { lanes, add } = someLanes(4, 1 / 1_000);
    for (let i = 0; i < 8; i++) void add(`n${i}`);
    expect(lanes.expectedWaitMs('normal')).toBe(5_000);
  });
});

test('the oldest wait is that of what waits for longest, however urgent it is', async () => {
  const { lanes, clock, add, endOldest } = someLanes();
  void add('runs');
  clock.ms = 100;
  expect(lanes.oldestWaitMs()).toBe(0);
  void add('a', 'advisory');
  clock.ms = 400;
  void add('u', 'urgent');
  clock.ms = 500;
  expect(lanes.oldestWaitMs()).toBe(400);
  await endOldest();
  expect(lanes.oldestWaitMs()).toBe(400);
  await endOldest();
  expect(lanes.oldestWaitMs()).toBe(0);
});

test('what waits can be rejected, and what runs goes on', async () => {
  const { lanes, add, begun, endOldest } = someLanes();
  const runs = add('runs');
  const waits = [add('w1', 'urgent'), add('w2', 'advisory')];
  lanes.rejectWaiting(new ProviderError('unavailable', 'closed'));
  for (const one of waits) await expect(one).rejects.toThrow('closed');
  await endOldest();
  await runs;
  expect([begun, lanes.waiting()]).toEqual([['runs'], 0]);
});
