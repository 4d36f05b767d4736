import { expect, test } from 'vitest';
import { notReady, type ReadinessInput } from '../../src/app/readiness.ts';
import { AppError } from '../../src/core/base/errors.ts';

const now = 1_000_000;
const well: ReadinessInput = {
  store: { ping: async () => {} },
  dataDir: '/data',
  now: () => now,
  lastLookAt: () => now - 1_000,
  trouble: () => null,
  freeBytes: async () => 64 * 1024 ** 2,
};
const trouble = { at: now - 40_000, message: 'the database cannot write: its disk is full or broken (update)' };
const away = () => Promise.reject(new AppError('unavailable', 'the database cannot be reached (ping)'));

const rows: readonly { name: string; input: Partial<ReadinessInput>; expected: string | null }[] = [
  { name: 'all is well', input: {}, expected: null },
  {
    name: 'the disk is full, whatever else is wrong because of that',
    input: { freeBytes: async () => 3.9 * 1024 ** 2, store: { ping: away } },
    expected: 'the disk of the data directory is full: 3 MB are free, and the database needs 32',
  },
  { name: 'the disk here is full, and the database lies elsewhere', input: { dataDir: null, freeBytes: async () => 0 }, expected: null },
  { name: 'the database is away', input: { store: { ping: away } }, expected: 'the database cannot be reached (ping)' },
  { name: 'passes cannot be stored', input: { trouble: () => trouble }, expected: `passes over bakes fail: ${trouble.message}` },
  { name: 'that was long ago', input: { trouble: () => ({ ...trouble, at: now - 120_000 }) }, expected: null },
  { name: 'the loop waits for slow passes', input: { lastLookAt: () => now - 40_000 }, expected: null },
  {
    name: 'the loop stands still',
    input: { lastLookAt: () => now - 46_000 },
    expected: 'the scheduler has not looked for due bakes for 46 s',
  },
];

test.for(rows)('$name: $expected', async ({ input, expected }) => {
  expect(await notReady({ ...well, ...input })).toBe(expected);
});

test('the room on a real disk is found out', async () => {
  const { freeBytes: _, ...real } = well;
  expect(await notReady({ ...real, dataDir: '/' })).toBeNull();
});
