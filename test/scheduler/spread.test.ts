import { expect, test, vi } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import { createSpread } from '../../src/scheduler/spread.ts';
import { aBake, aDeploy, aPlan, aRuleSet } from '../support/builders.ts';

const record = { deploy: aDeploy(), bake: aBake('baking'), version: 1, ruleSet: aRuleSet(), plan: aPlan() };

test('passes are delayed by the number of bakes that are live now', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    let live = 1_000;
    const delayOf = createSpread({ countLive: async () => live });
    const first = await delayOf(record);
    expect(first).toBeGreaterThan(0);
    live = 4_000;
    expect(await delayOf(record)).toBe(first);
    vi.advanceTimersByTime(5_000);
    await expect.poll(() => delayOf(record)).toBeGreaterThan(3.9 * first);
  } finally {
    vi.useRealTimers();
  }
});

test('a database that cannot count delays nothing and fails nothing', async () => {
  const delayOf = createSpread({ countLive: () => Promise.reject(new AppError('unavailable', 'away')) });
  expect(await delayOf(record)).toBe(0);
});
