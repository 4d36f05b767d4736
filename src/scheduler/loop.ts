import { AppError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { BakeClaims } from '../ports/bake-claims.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { Clock } from '../ports/clock.ts';
import { withDeadline } from './deadline.ts';
import { createRenewal, createStrays } from './leases.ts';
import { createRecentMaximum } from './recent-maximum.ts';

/** Makes one pass over one claimed bake; see `runPass`. */
export type PassRunner = (claim: { readonly record: DeployRecord; readonly now: number }, signal: AbortSignal) => Promise<void>;

export type SchedulerDeps = {
  readonly store: BakeClaims;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly pass: PassRunner;
  /** Corrects the clock before a look at what is due. */
  readonly syncClock?: () => Promise<void>;
  /** Whether this server must leave bakes to others for now. Passes under way end as usual. */
  readonly isPaused?: () => boolean;
};

/**
 * `worker` names this process in leases. A lease ends after `leaseMs`, so that the bakes of a killed process are soon free; while a pass runs, its lease is
 * renewed. `passTimeoutMs` is the longest time of a pass.
 * At most `concurrency` quick passes run at once. A pass that takes longer than `quickMs` waits on I/O and frees its slot; at most `maxSlow` such passes
 * run in addition.
 */
export type SchedulerOptions = {
  readonly concurrency: number;
  readonly quickMs: number;
  readonly maxSlow: number;
  readonly leaseMs: number;
  readonly passTimeoutMs: number;
  readonly pollMs: number;
  readonly worker: string;
};

export type LoopTrouble = { readonly at: number; readonly message: string };

export type Scheduler = {
  start(): void;
  /** Waits for the running passes and releases what is claimed. */
  stop(): Promise<void>;
  /** When the loop last looked for due bakes, for the readiness check. */
  lastLookAt(): number;
  /** The error of the newest pass where the database was away or could not write; `null` after a pass that succeeds. */
  trouble(): LoopTrouble | null;
  /** How late passes have begun in the last minute, at most. */
  lateMs(): number;
};

/** Decides when: claims what is due, makes a pass over each bake, and sleeps until the next bake is due. An error of a pass does not stop the loop. */
export function createScheduler(deps: SchedulerDeps, options: SchedulerOptions): Scheduler {
  const { store, clock, log } = deps;
  const maxRunning = options.concurrency + options.maxSlow;
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const quick = new Set<Promise<void>>();
  const allEnded = new AbortController();
  const runningBakes = () => [...running.keys()];
  const strays = createStrays(deps, options, runningBakes);
  const renewal = createRenewal(deps, { ...options, ended: allEnded.signal }, runningBakes);
  const late = createRecentMaximum();
  let lookedAt = clock.now();
  let trouble: LoopTrouble | null = null;
  let ended: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    await deps.syncClock?.();
    const now = clock.now();
    await strays.release(now);
    if (deps.isPaused?.()) {
      lookedAt = now;
      return await clock.sleep(options.pollMs, stopping.signal);
    }
    const free = Math.min(options.concurrency - quick.size, maxRunning - running.size);
    const claimed = free > 0 ? await store.claimDue({ now, leaseMs: options.leaseMs, limit: free, worker: options.worker }) : [];
    lookedAt = now;
    for (const record of claimed) if (!running.has(record.deploy.id)) begin(record);
    if (quick.size >= options.concurrency) await Promise.race(quick);
    else if (running.size >= maxRunning) await Promise.race(running.values());
    else if (claimed.length === 0) await clock.sleep(Math.min(options.pollMs, await untilDue(store, clock)), stopping.signal);
  }

  function begin(record: DeployRecord): void {
    const over = new AbortController();
    const { id } = record.deploy;
    late.note(lagOf(record, lookedAt), lookedAt);
    const pass = runTimed(deps, options, record)
      .then((result) => {
        trouble = result;
        if (result === null) strays.passSucceeded();
        else strays.expect('pass');
      })
      .finally(() => {
        over.abort(passEnded);
        running.delete(id);
      });
    running.set(id, pass);
    renewal.start();
    const slot = Promise.race([pass, clock.sleep(options.quickMs, over.signal)]).finally(() => quick.delete(slot));
    quick.add(slot);
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await look();
      } catch (error) {
        log.error({ err: error }, 'scheduler could not look for due bakes');
        strays.expect('claim');
        await clock.sleep(options.pollMs, stopping.signal);
      }
    }
    await Promise.all(running.values());
    allEnded.abort();
    await store.releaseClaims(options.worker);
  }

  return {
    start() {
      ended = loop().catch((error: unknown) => log.error({ err: error }, 'scheduler loop crashed'));
    },
    async stop() {
      stopping.abort();
      await ended;
    },
    lastLookAt: () => lookedAt,
    trouble: () => trouble,
    lateMs: () => late.at(clock.now()),
  };
}

/** Without a reason, each of thousands of signals would make an error with a stack. */
const passEnded = 'the pass has ended';

/** The shortest sleep: a due bake that cannot be claimed, because another worker holds it, must not make the loop spin. */
const minSleepMs = 20;

async function untilDue(store: BakeClaims, clock: Clock): Promise<number> {
  const dueAt = await store.nextDueAt();
  return dueAt === null ? Number.POSITIVE_INFINITY : Math.max(minSleepMs, dueAt - clock.now());
}

function lagOf({ bake }: DeployRecord, now: number): number {
  return 'nextAt' in bake ? now - bake.nextAt : 0;
}

async function runTimed(
  { pass, clock, log, meter }: SchedulerDeps,
  { passTimeoutMs }: SchedulerOptions,
  record: DeployRecord,
): Promise<LoopTrouble | null> {
  const now = clock.now();
  const lagMs = lagOf(record, now);
  try {
    await withDeadline(passTimeoutMs, undefined, (signal) => pass({ record, now }, signal));
    meter.passFinished((clock.now() - now) / 1000, lagMs / 1000);
    return null;
  } catch (error) {
    log.error({ err: error, deploy: record.deploy.id, service: record.deploy.service }, 'pass failed');
    return error instanceof AppError && error.code === 'unavailable' ? { at: clock.now(), message: error.message } : null;
  }
}
