import { ProviderError } from '../src/core/base/errors.ts';
import type { Urgency } from '../src/ports/provider.ts';

/** A place in the queue. Its urgency can rise while it waits. */
export type LaneTicket = { readonly raise: (urgency: Urgency) => void };

/** Runs work in a limited number of lanes: what is urgent first, and nothing is overtaken forever. */
export interface Lanes {
  /**
   * Runs `work` when a lane is free. If the signal aborts before that, `work` never runs and the result is a `ProviderError` (`timeout`). `onTicket` gets
   * the place in the queue.
   */
  run<T>(job: LaneJob, work: () => Promise<T>): Promise<T>;
  /** How long a new job would wait, by the speed of the recent ones. A lane that has been busy for long counts as slow. */
  expectedWaitMs(urgency: Urgency): number;
  waiting(): number;
  /** How long the first job of the queue has waited; 0 where nothing waits. */
  oldestWaitMs(): number;
  /** Rejects everything that waits. */
  rejectWaiting(error: ProviderError): void;
  /** Forgets how slow the recent jobs were. */
  forgetSpeed(): void;
}

export type LaneJob = { readonly signal: AbortSignal; readonly urgency: Urgency; readonly onTicket?: (ticket: LaneTicket) => void };

/** The limits now: they change with the number of servers that share them. `perMs` limits the jobs per millisecond; `null`: unlimited. */
export type LaneLimits = { readonly concurrency: number; readonly batch: number; readonly perMs: number | null };

/**
 * `schedule` opens a lane when the limiter allows it. A lane then runs up to `batch` jobs, one after another: a timer for each job would be too coarse for
 * thousands of bakes that share one provider.
 */
export type LaneOptions = {
  readonly limits: () => LaneLimits;
  readonly schedule: (lane: () => Promise<void>) => Promise<void>;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
};

/** What is urgent overtakes what came up to this long before it. So everything has its turn in the end. */
const handicapMs: Readonly<Record<Urgency, number>> = { urgent: 0, normal: 2_000, advisory: 6_000 };
const urgencies = ['urgent', 'normal', 'advisory'] as const;

/** Nothing is known of the speed yet: nothing is refused for it. */
const assumedJobMs = 1;
const weightOfNewest = 0.1;

type WaitingJob = { readonly since: number; readonly start: () => Promise<void>; readonly reject: (error: ProviderError) => void };

/** Creates the lanes. No lane is open while there is no work. */
export function createLanes({ limits, schedule, now = () => performance.now() }: LaneOptions): Lanes {
  const queues: Readonly<Record<Urgency, Set<WaitingJob>>> = { urgent: new Set(), normal: new Set(), advisory: new Set() };
  const running = new Set<{ readonly at: number }>();
  let openLanes = 0;
  let jobMs = assumedJobMs;
  const waiting = (): number => urgencies.reduce((sum, urgency) => sum + queues[urgency].size, 0);

  function takeNext(): WaitingJob | null {
    let best: { readonly job: WaitingJob; readonly urgency: Urgency; readonly rank: number } | null = null;
    for (const urgency of urgencies) {
      const [job] = queues[urgency];
      const rank = job === undefined ? Number.POSITIVE_INFINITY : job.since + handicapMs[urgency];
      if (job !== undefined && (best === null || rank < best.rank)) best = { job, urgency, rank };
    }
    if (best !== null) queues[best.urgency].delete(best.job);
    return best?.job ?? null;
  }

  const runLane = async (): Promise<void> => {
    const { batch } = limits();
    for (let done = 0; done < batch; done++) {
      const next = takeNext();
      if (next === null) return;
      await timed(next.start);
    }
  };

  async function timed(start: () => Promise<void>): Promise<void> {
    const begun = { at: now() };
    running.add(begun);
    try {
      await start();
    } finally {
      running.delete(begun);
      jobMs += weightOfNewest * (now() - begun.at - jobMs);
    }
  }

  const open = async (): Promise<void> => {
    if (waiting() === 0 || openLanes >= limits().concurrency) return;
    openLanes += 1;
    try {
      await schedule(runLane);
    } finally {
      openLanes -= 1;
      void open();
    }
  };

  function expectedWaitMs(urgency: Urgency): number {
    const { concurrency, perMs } = limits();
    const ahead = urgencies.slice(0, urgencies.indexOf(urgency) + 1).reduce((sum, one) => sum + queues[one].size, 0);
    const idle = concurrency - running.size;
    if (ahead === 0 && idle > 0) return 0;
    const at = now();
    let jobsPerMs = Math.max(0, idle) / Math.max(1, jobMs);
    for (const begun of running) jobsPerMs += 1 / Math.max(1, jobMs, at - begun.at);
    return (ahead + 1) / Math.min(jobsPerMs, perMs ?? Number.POSITIVE_INFINITY);
  }

  return {
    run: ({ signal, urgency: first, onTicket }, work) =>
      new Promise((resolve, reject) => {
        let urgency = first;
        const leave = (): boolean => {
          signal.removeEventListener('abort', giveUp);
          return queues[urgency].delete(job);
        };
        const giveUp = (): void => {
          leave();
          reject(new ProviderError('timeout', 'the deadline passed while the call waited for its turn'));
        };
        const job: WaitingJob = {
          since: now(),
          start: () => {
            signal.removeEventListener('abort', giveUp);
            return work().then(resolve, reject);
          },
          reject: (error) => {
            leave();
            reject(error);
          },
        };
        if (signal.aborted) return giveUp();
        signal.addEventListener('abort', giveUp, { once: true });
        queues[urgency].add(job);
        onTicket?.({
          raise: (wanted) => {
            const isHigher = urgencies.indexOf(wanted) < urgencies.indexOf(urgency);
            if (!isHigher || !queues[urgency].delete(job)) return;
            urgency = wanted;
            queues[urgency].add(job);
          },
        });
        void open();
      }),
    expectedWaitMs,
    waiting,
    oldestWaitMs() {
      let oldestMs = 0;
      for (const urgency of urgencies) {
        const [head] = queues[urgency];
        if (head !== undefined) oldestMs = Math.max(oldestMs, now() - head.since);
      }
      return oldestMs;
    },
    rejectWaiting(error) {
      for (const urgency of urgencies) for (const job of [...queues[urgency]]) job.reject(error);
    },
    forgetSpeed() {
      jobMs = assumedJobMs;
    },
  };
}
