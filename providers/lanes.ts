import { ProviderError } from '../src/core/base/errors.ts';

/** Runs work in a limited number of lanes, in order of arrival. */
export interface Lanes {
  /** Runs `work` when a lane is free. If the signal aborts before that, `work` never runs and the result is a `ProviderError` (`timeout`). */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/**
 * `schedule` opens a lane when the limiter allows it. A lane then runs up to `batch` jobs, one after another: a timer for each job would be too coarse for
 * thousands of bakes that share one provider.
 */
export type LaneOptions = {
  readonly concurrency: number;
  readonly batch: number;
  readonly schedule: (lane: () => Promise<void>) => Promise<void>;
};

/** Creates the lanes. No lane is open while there is no work. */
export function createLanes({ concurrency, batch, schedule }: LaneOptions): Lanes {
  const waiting = new Set<() => Promise<void>>();
  let openLanes = 0;
  const runLane = async (): Promise<void> => {
    for (let done = 0; done < batch; done++) {
      const [next] = waiting;
      if (!next) return;
      waiting.delete(next);
      await next();
    }
  };
  const open = async (): Promise<void> => {
    if (waiting.size === 0 || openLanes >= concurrency) return;
    openLanes += 1;
    try {
      await schedule(runLane);
    } finally {
      openLanes -= 1;
      void open();
    }
  };
  return {
    run: (signal, work) =>
      new Promise((resolve, reject) => {
        const giveUp = (): void => {
          waiting.delete(job);
          reject(new ProviderError('timeout', 'the deadline passed while the call waited for its turn'));
        };
        const job = (): Promise<void> => {
          signal.removeEventListener('abort', giveUp);
          return work().then(resolve, reject);
        };
        if (signal.aborted) return giveUp();
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(job);
        void open();
      }),
  };
}
