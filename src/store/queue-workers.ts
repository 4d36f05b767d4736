import type { JobWithMetadata, PgBoss } from 'pg-boss';

export type EffectJob = JobWithMetadata<{ readonly effect?: unknown }>;

/**
 * A queue, and how its jobs are taken.
 * `group`: how many jobs of one group all processes together perform at a time (`null`: no limit).
 * `atOnce`: how many jobs this process performs at a time. More of one batch may run for a moment.
 */
export type WorkedQueue = { readonly name: string; readonly group: number | null; readonly atOnce: number };

/** The workers of one queue in this process. */
export type QueueWorkers = {
  /** Starts the first worker. Does nothing while there is one. */
  readonly open: () => Promise<void>;
  /** Ends the workers. With `wait` it resolves when the jobs that run have ended. */
  readonly close: (options: { readonly wait: boolean }) => Promise<void>;
};

type Worker = { id: string | null; isBusy: boolean };

/** The database wakes workers for new jobs. A job that waits for a retry is seen at most this late. */
const pollingSeconds = 1;

/** How many jobs one question to the database takes. */
const maxBatch = 16;

/**
 * Workers come and go with the jobs: one waits for work, and when it finds some, another takes its place. So a hundred slow hooks run at once, and an idle
 * process asks the database once a second for each queue. Each job is settled when its own work ends, and waits for no other job of its batch.
 */
export function createQueueWorkers(
  boss: PgBoss,
  { name, group, atOnce }: WorkedQueue,
  handle: (job: EffectJob) => Promise<void>,
): QueueWorkers {
  const workers = new Set<Worker>();
  let isOpen = false;
  let running = 0;
  const options = {
    includeMetadata: true,
    batchSize: Math.min(maxBatch, atOnce),
    pollingIntervalSeconds: pollingSeconds,
    notifyPollingIntervalSeconds: pollingSeconds,
    ...(group !== null && { groupConcurrency: group }),
  } as const;

  const waiting = () => [...workers].find(({ isBusy }) => !isBusy);
  const wake = () => {
    const { id } = waiting() ?? { id: null };
    if (id !== null) boss.notifyWorker(id);
  };

  /** The end of one job lets the next one of its group or key begin. */
  async function run(job: EffectJob): Promise<void> {
    try {
      await handle(job);
      running -= 1;
    } catch (error) {
      running -= 1;
      await boss.fail(name, job, error instanceof Error ? error : { message: String(error) });
      return await goOn();
    }
    await boss.complete(name, job);
    await goOn();
  }

  /** There is room for one more job: a worker looks for it, whatever the others of this batch still do. */
  async function goOn(): Promise<void> {
    await addWorker();
    wake();
  }

  async function runAll(worker: Worker, jobs: readonly EffectJob[]): Promise<void> {
    worker.isBusy = true;
    running += jobs.length;
    await addWorker();
    const ends = await Promise.allSettled(jobs.map(run));
    await rest(worker);
    // What could not be settled is failed by pg-boss, which knows the jobs that are settled.
    const failure = ends.find((settled) => settled.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  /** A worker without jobs waits for more if no other does, and ends otherwise. One that was closed meanwhile ends by itself. */
  async function rest(worker: Worker): Promise<void> {
    if (!workers.has(worker) || worker.id === null) return await addWorker();
    const isNeeded = waiting() === undefined;
    worker.isBusy = false;
    if (isNeeded) return boss.notifyWorker(worker.id);
    workers.delete(worker);
    await boss.offWork(name, { id: worker.id, wait: false });
  }

  async function addWorker(): Promise<void> {
    if (!isOpen || running >= atOnce || waiting() !== undefined) return;
    const worker: Worker = { id: null, isBusy: false };
    workers.add(worker);
    try {
      worker.id = await boss.work<{ readonly effect?: unknown }, void, typeof options>(name, options, (jobs) => runAll(worker, jobs));
    } catch (error) {
      workers.delete(worker);
      throw error;
    }
  }

  return {
    async open() {
      isOpen = true;
      await addWorker();
    },
    async close({ wait }) {
      isOpen = false;
      workers.clear();
      await boss.offWork(name, { wait });
    },
  };
}
