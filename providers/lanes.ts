import { ProviderError } from '../src/core/base/errors.ts';

/** Runs work in a bounded number of lanes, first come, first served. */
export interface Lanes {
  /** Runs `work` when a lane is free. Rejects with `ProviderError` (`timeout`), and never runs it, when the signal aborts before. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/**
 * `schedule` opens a lane when the limiter allows it; a lane then takes up to `batch` pieces of work one after the other. Limiters are slow (bottleneck
 * hands out about 400 jobs a second), so asking it once for many pieces is what lets thousands of bakes share one provider.
 */
export type LaneOptions = {
  readonly concurrency: number;
  readonly batch: number;
  readonly schedule: (lane: () => Promise<void>) => Promise<void>;
};

/** Makes the lanes; none is open while there is no work. */
export function createLanes({ concurrency, batch, schedule }: LaneOptions): Lanes {
  const waiting = new Set<() => Promise<void>>();
  let lanes = 0;
  const lane = async (): Promise<void> => {
    for (let done = 0; done < batch; done++) {
      const [next] = waiting;
      if (!next) return;
      waiting.delete(next);
      await next();
    }
  };
  const open = async (): Promise<void> => {
    if (waiting.size === 0 || lanes >= concurrency) return;
    lanes += 1;
    try {
      await schedule(lane);
    } finally {
      lanes -= 1;
      void open();
    }
  };
  return {
    run: (signal, work) =>
      new Promise((resolve, reject) => {
        const giveUp = (): void => {
          waiting.delete(piece);
          reject(new ProviderError('timeout', 'the time was up before it was our turn to ask'));
        };
        const piece = (): Promise<void> => {
          signal.removeEventListener('abort', giveUp);
          return work().then(resolve, reject);
        };
        if (signal.aborted) return giveUp();
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(piece);
        void open();
      }),
  };
}
