import { describe, expect, test } from 'vitest';
import { createDatabaseClock } from '../../src/app/database-clock.ts';

const hour = 3_600_000;
const start = 1_700_000_000_000;

/** A process whose machine and whose database show what the test says. `passes` lets time pass for both. */
function aProcess({ wall = 0, database = 0 }: { readonly wall?: number; readonly database?: number } = {}) {
  const state = { monotonic: 5_000, wall: start + wall, database: start + database };
  const clock = createDatabaseClock({ wall: () => state.wall, monotonic: () => state.monotonic });
  const passes = (ms: number) => {
    state.monotonic += ms;
    state.wall += ms;
    state.database += ms;
  };
  /** Reads the database's clock. The question and its answer take this long. */
  const sync = async ({ there = 1, back = 1 } = {}) => {
    passes(1_000);
    await clock.sync(async () => {
      passes(there);
      const shown = Math.floor(state.database);
      passes(back);
      return shown;
    });
  };
  return { clock, state, passes, sync, errorMs: () => clock.now() - state.database };
}

describe('the clock of a server', () => {
  test('shows the machine’s time before the first reading', () => {
    expect(aProcess({ wall: 40_000 }).clock.now()).toBe(start + 40_000);
  });

  test.for([-hour, -40_000, 40_000, hour])('shows the time of the database where the machine is %i ms off', async (wall) => {
    const { sync, errorMs, clock } = aProcess({ wall });
    await sync();
    expect(Math.abs(errorMs())).toBeLessThanOrEqual(3);
    expect(Math.abs(clock.skewMs() - wall)).toBeLessThanOrEqual(3);
  });

  test.for([-hour, hour])('does not notice when the machine’s clock jumps by %i ms', async (jump) => {
    const { sync, passes, state, errorMs } = aProcess();
    await sync();
    state.wall += jump;
    passes(60_000);
    expect(Math.abs(errorMs())).toBeLessThanOrEqual(3);
    await sync();
    expect(Math.abs(errorMs())).toBeLessThanOrEqual(3);
  });

  test('follows the database forwards at once: the computer may have slept', async () => {
    const { sync, state, errorMs } = aProcess();
    await sync();
    state.database += hour;
    await sync();
    expect(Math.abs(errorMs())).toBeLessThanOrEqual(3);
  });

  test('never goes back: it runs slower until the database has caught up', async () => {
    const { sync, passes, state, clock, errorMs } = aProcess();
    await sync();
    state.database -= 60_000;
    const shown = [clock.now()];
    for (let i = 0; i < 200; i++) {
      await sync();
      shown.push(clock.now());
      passes(10);
      shown.push(clock.now());
    }
    expect(shown.every((at, i) => i === 0 || at >= (shown[i - 1] ?? 0))).toBe(true);
    expect(Math.abs(errorMs())).toBeLessThanOrEqual(3);
  });

  test('does not jump where answers are slow: a late answer says little about the time', async () => {
    const { sync, errorMs } = aProcess();
    await sync();
    for (const delays of [{ back: 9_000 }, { there: 9_000 }, { there: 5_000, back: 20 }]) {
      await sync(delays);
      expect(Math.abs(errorMs())).toBeLessThanOrEqual(5);
    }
  });

  test('goes on where the database is away', async () => {
    const { sync, passes, clock, errorMs } = aProcess({ wall: -40_000 });
    await sync();
    passes(600_000);
    await expect(clock.sync(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(Math.abs(errorMs())).toBeLessThanOrEqual(3);
  });

  test('asks the database at most once per second', async () => {
    const { sync, passes, clock, state } = aProcess();
    await sync();
    let asked = 0;
    for (let i = 0; i < 30; i++) {
      passes(100);
      await clock.sync(async () => {
        asked++;
        return state.database;
      });
    }
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(3);
  });
});
