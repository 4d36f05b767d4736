import type { Log } from '../core/base/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { Fleet } from '../ports/fleet.ts';

export type FleetDeps = { readonly store: Fleet; readonly clock: Clock; readonly log: Log };

/** How many servers share one database, and with it the limits of the providers. */
export type FleetSize = {
  /** The last number that is known; 1 before the first beat. */
  count(): number;
  /** Counts the servers now, and then periodically. */
  start(): Promise<void>;
  /** Takes this server out of the count. */
  stop(): Promise<void>;
};

const beatMs = 5_000;
/** A server that was killed counts for this long. */
const aliveMs = 15_000;

/** Creates the count. While the database is away, the last number holds. */
export function createFleetSize({ store, clock, log }: FleetDeps, id: string): FleetSize {
  const stopping = new AbortController();
  let size = 1;
  let ended: Promise<void> = Promise.resolve();
  const beat = async (): Promise<void> => {
    try {
      const now = clock.now();
      const counted = Math.max(1, await store.beat({ id, now, aliveSince: now - aliveMs }));
      if (counted !== size) log.info({ servers: counted, before: size }, 'servers share the limits of the providers');
      size = counted;
    } catch (error) {
      log.warn({ err: error }, 'the servers could not be counted');
    }
  };
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(beatMs, stopping.signal);
      if (!stopping.signal.aborted) await beat();
    }
  };
  return {
    count: () => size,
    async start() {
      await beat();
      ended = loop();
    },
    async stop() {
      stopping.abort();
      await ended;
      await store.leave(id).catch((error: unknown) => log.warn({ err: error }, 'this server counts for some seconds more'));
    },
  };
}
