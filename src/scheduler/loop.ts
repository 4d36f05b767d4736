import { AppError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeployRecord, Store } from '../ports/store.ts';

export type SchedulerDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** One pass over one bake; see `tick`. */
  readonly tick: (claim: { readonly record: DeployRecord; readonly now: number }, signal: AbortSignal) => Promise<void>;
};

/**
 * `worker` names this process in leases; `tickMs` is the longest one pass may take, and must be less than `leaseMs`. Of passes that are quick at most
 * `concurrency` run at once. One that takes longer than `quickMs` waits for somebody who is slow to answer, and holds up nobody else: beside the quick
 * ones, `mostSlow` of them may go on.
 */
export type SchedulerOptions = {
  readonly concurrency: number;
  readonly quickMs: number;
  readonly mostSlow: number;
  readonly leaseMs: number;
  readonly tickMs: number;
  readonly pollMs: number;
  readonly worker: string;
};

export type LoopTrouble = { readonly at: number; readonly message: string };

export type Scheduler = {
  start(): void;
  /** Finishes the passes under way and gives back what was claimed. */
  stop(): Promise<void>;
  /** When the loop last looked for due bakes, for the readiness check. */
  lastLookAt(): number;
  /** What the newest pass failed with because the database was not there or could not write; `null` once one succeeds. */
  trouble(): LoopTrouble | null;
};

/** Decides when: claims what is due, hands it to `tick`, and sleeps until something is due again. Survives anything a tick does. */
export function createScheduler(deps: SchedulerDeps, options: SchedulerOptions): Scheduler {
  const { store, clock, log } = deps;
  const mostRunning = options.concurrency + options.mostSlow;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const quick = new Set<Promise<void>>();
  let lookedAt = clock.now();
  let trouble: LoopTrouble | null = null;
  let ended: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const now = clock.now();
    const free = Math.min(options.concurrency - quick.size, mostRunning - running.size);
    const claimed = free > 0 ? await store.claimDue({ now, leaseMs: options.leaseMs, limit: free, worker: options.worker }) : [];
    lookedAt = now;
    for (const record of claimed) begin(record);
    if (quick.size >= options.concurrency) await Promise.race(quick);
    else if (running.size >= mostRunning) await Promise.race(running);
    else if (claimed.length === 0) await clock.sleep(Math.min(options.pollMs, await untilDue(store, clock)), stopping.signal);
  }

  function begin(record: DeployRecord): void {
    const over = new AbortController();
    const pass = runTick(deps, options, record)
      .then((met) => {
        trouble = met;
      })
      .finally(() => {
        over.abort();
        running.delete(pass);
      });
    running.add(pass);
    const slot = Promise.race([pass, clock.sleep(options.quickMs, over.signal)]).finally(() => quick.delete(slot));
    quick.add(slot);
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await look();
      } catch (error) {
        log.error({ err: error }, 'scheduler could not look for due bakes');
        await clock.sleep(options.pollMs, stopping.signal);
      }
    }
    await Promise.all(running);
    await store.releaseClaims(options.worker);
  }

  return {
    start() {
      ended = loop().catch((error: unknown) => log.error({ err: error }, 'scheduler ended badly'));
    },
    async stop() {
      stopping.abort();
      await ended;
    },
    lastLookAt: () => lookedAt,
    trouble: () => trouble,
  };
}

/** At least a moment, so that a bake which cannot be claimed (another worker holds it) is not asked for in a frenzy. */
const leastSleepMs = 20;

async function untilDue(store: Store, clock: Clock): Promise<number> {
  const dueAt = await store.nextDueAt();
  return dueAt === null ? Number.POSITIVE_INFINITY : Math.max(leastSleepMs, dueAt - clock.now());
}

async function runTick(
  { tick, clock, log, meter }: SchedulerDeps,
  { tickMs }: SchedulerOptions,
  record: DeployRecord,
): Promise<LoopTrouble | null> {
  const now = clock.now();
  const lagMs = 'nextAt' in record.bake ? now - record.bake.nextAt : 0;
  try {
    await tick({ record, now }, AbortSignal.timeout(tickMs));
    meter.passFinished((clock.now() - now) / 1000, lagMs / 1000);
    return null;
  } catch (error) {
    log.error({ err: error, deploy: record.deploy.id, service: record.deploy.service }, 'tick failed');
    return error instanceof AppError && error.code === 'unavailable' ? { at: clock.now(), message: error.message } : null;
  }
}
