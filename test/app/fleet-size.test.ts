import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createFleetSize } from '../../src/app/fleet-size.ts';
import { AppError } from '../../src/core/base/errors.ts';
import { silentLog } from '../support/database.ts';

/** A store that answers the beats with these numbers, one after another; an error is thrown. The clock waits for the test. */
function aFleet(answers: readonly (number | Error)[]) {
  const wakes: (() => void)[] = [];
  const left: string[] = [];
  let beats = 0;
  const store = {
    beat: async () => {
      const answer = answers[Math.min(beats++, answers.length - 1)] ?? 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    leave: async (id: string) => {
      left.push(id);
    },
  };
  const clock = {
    now: () => 0,
    sleep: (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        wakes.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
  const fleet = createFleetSize({ store, clock, log: silentLog }, 'me');
  const wake = async () => {
    wakes.shift()?.();
    await turn();
  };
  return { fleet, wake, left };
}

test('the number is known at the start, follows the store, and holds while the database is away', async () => {
  const { fleet, wake, left } = aFleet([3, 4, new AppError('unavailable', 'away'), 2]);
  expect(fleet.count()).toBe(1);
  await fleet.start();
  expect(fleet.count()).toBe(3);
  await wake();
  expect(fleet.count()).toBe(4);
  await wake();
  expect(fleet.count()).toBe(4);
  await wake();
  expect(fleet.count()).toBe(2);
  await fleet.stop();
  expect(left).toEqual(['me']);
});
