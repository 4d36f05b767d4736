import { expect, test } from 'vitest';
import { CheckColumns } from '../../src/core/judge/join-measurements.ts';
import { type BakeMemory, createMemory } from '../../src/scheduler/memory.ts';
import { ratio, step, t0 } from '../support/builders.ts';

const request = { check: 'errors', phase: 'baking', from: t0, stepMs: step } as const;

/** What is kept of a bake with this many ticks. */
function remembered(ticks: number, version = 1): BakeMemory {
  const columns = new CheckColumns([], request);
  columns.grow(ratio(new Array<number>(ticks).fill(1)), null, t0 + ticks * step);
  return {
    version,
    phase: 'baking',
    from: t0,
    columns: new Map([['errors', columns]]),
    hasBadSign: false,
    histories: [],
    progress: new Map(),
  };
}

test('only the version that was kept is recalled', () => {
  const memory = createMemory({ maxBytes: 1e6 });
  memory.keep('a', remembered(1, 4));
  expect(memory.recall('a', 4)).not.toBeNull();
  expect(memory.recall('a', 5)).toBeNull();
  memory.forget('a');
  expect(memory.recall('a', 4)).toBeNull();
  expect(memory.bytes()).toBe(0);
});

test('a tick of a share takes a few bytes, and a day of ticks less than 30 KB', () => {
  const memory = createMemory({ maxBytes: 1e9 });
  memory.keep('a', remembered(60));
  const hour = memory.bytes();
  memory.keep('a', remembered(5_760));
  expect(memory.bytes() - hour).toBeLessThan(5_700 * 4);
  expect(memory.bytes()).toBeLessThan(30_000);
});

test('the entries never take more than the limit, and those that fit stay', () => {
  const memory = createMemory({ maxBytes: 100_000 });
  for (let round = 1; round <= 3; round++) for (let i = 0; i < 50; i++) memory.keep(`bake-${i}`, remembered(100 * round, round));
  expect(memory.bytes()).toBeLessThanOrEqual(100_000);
  const kept = Array.from({ length: 50 }, (_, i) => memory.recall(`bake-${i}`, 3)).filter((one) => one !== null).length;
  expect(kept).toBeGreaterThan(5);
});

test('an entry that nobody has used for long makes room', () => {
  let now = 0;
  const memory = createMemory({ maxBytes: 10_000, now: () => now });
  memory.keep('old', remembered(1_000));
  memory.keep('new', remembered(1_000));
  expect([memory.recall('old', 1), memory.recall('new', 1)].map((one) => one !== null)).toEqual([true, false]);
  now = 3_600_000;
  memory.keep('new', remembered(1_000));
  expect([memory.recall('old', 1), memory.recall('new', 1)].map((one) => one !== null)).toEqual([false, true]);
});

test('at most two bakes are loaded at a time, and a failure frees its place', async () => {
  const memory = createMemory({ maxBytes: 1e6 });
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<number>());
  let running = 0;
  const loads = gates.map(({ promise }) =>
    memory.load(async () => {
      running++;
      return await promise.finally(() => running--);
    }),
  );
  await expect.poll(() => running).toBe(2);
  gates[0]?.reject(new Error('away'));
  await expect(loads[0]).rejects.toThrow('away');
  await expect.poll(() => running).toBe(2);
  for (const [i, gate] of gates.entries()) gate.resolve(i);
  expect(await Promise.all(loads.slice(1))).toEqual([1, 2, 3]);
});
