import type { Freeze } from '../core/bake/facts.ts';
import type { Log } from '../core/base/log.ts';
import type { DeploySummary } from '../ports/bake-store.ts';
import type { ChangeJournal } from '../ports/change-journal.ts';
import type { Clock } from '../ports/clock.ts';
import type { FreezeStore } from '../ports/freeze-store.ts';
import { createPlaces, placesUnderWay } from './change-places.ts';

/** What has changed. `place`: where a listener that comes back may go on. */
export type WatchedChange =
  | { readonly kind: 'deploy'; readonly record: DeploySummary; readonly place: number }
  | { readonly kind: 'freezes'; readonly freezes: readonly Freeze[]; readonly place: number };

type Listener = (change: WatchedChange) => void;

/**
 * `place`: where the listener begins. `missed`: what changed since the place that it came from; `null`: that is too long ago, so everything must be read
 * anew. `freezes`: those of now.
 */
export type Subscription = {
  readonly place: number;
  readonly missed: readonly DeploySummary[] | null;
  readonly freezes: readonly Freeze[];
  readonly end: () => void;
};

/**
 * Watches for changes of deploys and freezes, by any replica: one poll for all listeners of the process, while there are some. Changes arrive at least
 * once. Passes that only measure are no changes.
 */
export type ChangeWatch = {
  /** `listener` is called with every change from now on; it must not throw. */
  subscribe(listener: Listener, from: number | null): Promise<Subscription>;
  /** Resolves once the bake has a version greater than `version`, measurements included; or when `signal` aborts. */
  untilMoved(deploy: { readonly id: string; readonly version: number }, signal: AbortSignal): Promise<void>;
};

export type WatchDeps = {
  readonly store: ChangeJournal & FreezeStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopping: AbortSignal;
};

type Waiter = { readonly id: string; readonly version: number; readonly resolve: () => void };

const stepMs = 250;
/** A listener that missed more entries than this reads everything anew. */
const maxMissed = 5_000;

/** Every this many steps, entries are read again from where all have certainly been seen. */
const stepsPerFullLook = 8;

export function createChangeWatch({ store, clock, log, stopping }: WatchDeps): ChangeWatch {
  const listeners = new Set<Listener>();
  const waiters = new Set<Waiter>();
  let places = createPlaces(0, [], 0);
  let frozen: readonly Freeze[] = [];
  let ready: Promise<void> | null = null;
  let isRunning = false;

  const isNeeded = () => (listeners.size > 0 || waiters.size > 0) && !stopping.aborted;
  const start = () => {
    if (isRunning) return;
    isRunning = true;
    void run().finally(() => {
      isRunning = false;
      if (isNeeded()) start();
    });
  };

  async function run(): Promise<void> {
    for (let step = 1; isNeeded(); step++) {
      try {
        await Promise.all([wakeWaiters(), notifyListeners(step % stepsPerFullLook === 0)]);
      } catch (error) {
        log.debug({ err: error }, 'changes could not be read');
      }
      await clock.sleep(stepMs, stopping);
    }
  }

  async function wakeWaiters(): Promise<void> {
    if (waiters.size === 0) return;
    const versions = await store.versions([...new Set([...waiters].map(({ id }) => id))]);
    for (const { id, version, resolve } of waiters) if ((versions.get(id) ?? Number.POSITIVE_INFINITY) > version) resolve();
  }

  async function notifyListeners(isFullLook: boolean): Promise<void> {
    if (listeners.size === 0) return;
    const [entries, freezes] = await Promise.all([
      store.changesAfter(isFullLook ? places.safe() : places.newest(), maxMissed),
      store.freezes(clock.now()),
    ]);
    const records = await store.summaries(places.take(entries, clock.now()));
    const place = places.safe();
    for (const record of records) for (const listener of listeners) listener({ kind: 'deploy', record, place });
    const isChanged = JSON.stringify(frozen) !== JSON.stringify(freezes);
    frozen = freezes;
    if (isChanged) for (const listener of listeners) listener({ kind: 'freezes', freezes, place });
  }

  /** Begins with the state of now: what changes after this is notified. */
  async function begin(): Promise<void> {
    const [newest, freezes] = await Promise.all([store.newestChange(), store.freezes(clock.now())]);
    const from = Math.max(0, newest - placesUnderWay);
    places = createPlaces(from, await store.changesAfter(from, maxMissed), clock.now());
    frozen = freezes;
  }

  async function missedSince(from: number): Promise<readonly DeploySummary[] | null> {
    if (from > places.newest()) return null;
    const entries = await store.changesAfter(from, maxMissed + 1);
    return entries.length > maxMissed ? null : await store.summaries([...new Set(entries.map(({ deployId }) => deployId))]);
  }

  return {
    async subscribe(listener, from) {
      ready ??= begin();
      try {
        await ready;
        listeners.add(listener);
        start();
        const missed = from === null ? [] : await missedSince(from);
        return { place: places.safe(), missed, freezes: frozen, end: () => end(listener) };
      } catch (error) {
        end(listener);
        throw error;
      }
    },
    async untilMoved({ id, version }, signal) {
      if (signal.aborted || stopping.aborted) return;
      const moved = Promise.withResolvers<void>();
      const waiter = { id, version, resolve: moved.resolve };
      waiters.add(waiter);
      signal.addEventListener('abort', () => moved.resolve(), { once: true });
      start();
      await moved.promise;
      waiters.delete(waiter);
    },
  };

  function end(listener: Listener): void {
    listeners.delete(listener);
    if (listeners.size === 0) ready = null;
  }
}
