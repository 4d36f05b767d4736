import { describe, expect, test } from 'vitest';
import type { Freeze } from '../../src/core/bake/facts.ts';
import type { DeploySummary } from '../../src/ports/bake-store.ts';
import type { DeployChange } from '../../src/ports/change-journal.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { createPlaces } from '../../src/usecases/change-places.ts';
import { createChangeWatch, type WatchedChange } from '../../src/usecases/watch-changes.ts';
import { aDeploy, bakeIn } from '../store/fixtures.ts';
import { silentLog } from '../support/database.ts';

/** A store in memory, and a clock that goes on when `step` is called. */
function aWatch() {
  const entries: DeployChange[] = [];
  const versions = new Map<string, number>();
  const calls = { versions: 0, changes: 0 };
  let freezes: readonly Freeze[] = [];
  let isAway = false;
  let now = 0;
  const sleepers = new Set<() => void>();
  const stopping = new AbortController();
  const store = {
    newestChange: async () => entries.at(-1)?.place ?? 0,
    changesAfter: async (place: number, limit: number) => {
      calls.changes += 1;
      if (isAway) throw new Error('the database is away');
      return entries.filter((entry) => entry.place > place).slice(0, limit);
    },
    versions: async (ids: readonly string[]) => {
      calls.versions += 1;
      return new Map([...versions].filter(([id]) => ids.includes(id)));
    },
    summaries: async (ids: readonly string[]) => ids.map(summary),
    freezes: async () => freezes,
    setFreeze: async (freeze: Freeze) => {
      freezes = [freeze];
    },
    liftFreeze: async () => false,
  };
  const summary = (id: string): DeploySummary => {
    const deploy = aDeploy({ id });
    return { deploy, bake: bakeIn(deploy, 'baking'), version: versions.get(id) ?? 1 };
  };
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          sleepers.delete(wake);
          now += ms;
          resolve();
        };
        sleepers.add(wake);
        signal.addEventListener('abort', () => resolve());
      }),
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  /** Lets the watch look once more. */
  const step = async () => {
    for (const wake of [...sleepers]) wake();
    await settle();
    await settle();
  };
  const watch = createChangeWatch({ store, clock, log: silentLog, stopping: stopping.signal });
  const add = (place: number, deployId: string) => {
    entries.push({ place, deployId });
    entries.sort((a, b) => a.place - b.place);
  };
  const goAway = (away: boolean) => {
    isAway = away;
  };
  return { watch, store, calls, versions, add, step, sleepers, goAway };
}

const idsOf = (changes: readonly WatchedChange[]) =>
  changes.flatMap((change) => (change.kind === 'deploy' ? [change.record.deploy.id] : []));

describe('waiting', () => {
  test('of a thousand callers costs one statement a look', async () => {
    const { watch, calls, versions, step } = aWatch();
    const signal = new AbortController().signal;
    for (let i = 0; i < 1_000; i++) versions.set(`d${i}`, 1);
    const all = Array.from({ length: 1_000 }, (_, i) => watch.untilMoved({ id: `d${i}`, version: 1 }, signal));
    await step();
    expect(calls.versions).toBeLessThanOrEqual(2);
    for (let i = 0; i < 1_000; i++) versions.set(`d${i}`, 2);
    await step();
    await Promise.all(all);
    expect(calls.versions).toBeLessThanOrEqual(3);
  });

  test('ends when the caller goes away, and then nothing is read any more', async () => {
    const { watch, calls, versions, step, sleepers } = aWatch();
    versions.set('d', 1);
    const gone = new AbortController();
    const waiting = watch.untilMoved({ id: 'd', version: 1 }, gone.signal);
    await step();
    gone.abort();
    await waiting;
    await step();
    const { versions: before } = calls;
    await step();
    expect([calls.versions, sleepers.size]).toEqual([before, 0]);
  });

  test('ends for a deploy that is deleted', async () => {
    const { watch } = aWatch();
    await watch.untilMoved({ id: 'nothing', version: 1 }, new AbortController().signal);
  });
});

describe('listening', () => {
  test('hears of what changes after the beginning, once, and of freezes', async () => {
    const { watch, store, add, step } = aWatch();
    add(1, 'old');
    const heard: WatchedChange[] = [];
    const { missed, end } = await watch.subscribe((change) => heard.push(change), null);
    expect(missed).toEqual([]);
    add(2, 'new');
    for (let i = 0; i < 20; i++) await step();
    expect(idsOf(heard)).toEqual(['new']);
    await store.setFreeze({ service: null, by: 'ana', why: 'sale', since: 1 });
    await step();
    await step();
    expect(heard.filter(({ kind }) => kind === 'freezes').length).toBe(1);
    end();
    add(3, 'later');
    await step();
    expect(idsOf(heard)).toEqual(['new']);
  });

  test('hears of an entry that was committed after a later one', async () => {
    const { watch, add, step } = aWatch();
    add(10, 'first');
    const heard: WatchedChange[] = [];
    await watch.subscribe((change) => heard.push(change), null);
    add(13, 'quick');
    await step();
    await step();
    expect(idsOf(heard)).toEqual(['quick']);
    add(12, 'slow');
    for (let i = 0; i < 10; i++) await step();
    expect(idsOf(heard)).toEqual(['quick', 'slow']);
  });

  test('goes on where it left off, or is sent back to the beginning', async () => {
    const { watch, add } = aWatch();
    for (let place = 1; place <= 6_000; place++) add(place, `d${place % 3}`);
    const missedSince = async (from: number) => (await watch.subscribe(() => {}, from)).missed;
    expect((await missedSince(5_998))?.map(({ deploy }) => deploy.id)).toEqual(['d2', 'd0']);
    expect(await missedSince(6_000)).toEqual([]);
    expect(await missedSince(900)).toBeNull();
    expect(await missedSince(6_001)).toBeNull();
  });

  test('survives a database that is away', async () => {
    const { watch, add, step, goAway } = aWatch();
    const heard: WatchedChange[] = [];
    await watch.subscribe((change) => heard.push(change), null);
    goAway(true);
    add(1, 'meanwhile');
    await step();
    goAway(false);
    await step();
    expect(idsOf(heard)).toEqual(['meanwhile']);
  });
});

test('a place is safe half a minute after it was seen', () => {
  const places = createPlaces(0, [{ place: 5, deployId: 'a' }], 0);
  expect([places.safe(), places.newest()]).toEqual([0, 5]);
  expect(places.take([{ place: 9, deployId: 'b' }], 20_000)).toEqual(['b']);
  expect(places.safe()).toBe(0);
  places.take([], 30_001);
  expect(places.safe()).toBe(5);
  expect(
    places.take(
      [
        { place: 5, deployId: 'a' },
        { place: 9, deployId: 'b' },
      ],
      30_001,
    ),
  ).toEqual([]);
});
