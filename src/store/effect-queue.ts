import { randomUUID } from 'node:crypto';
import { PgBoss, systemClock } from 'pg-boss';
import type { QueuedEffect } from '../core/bake/effect.ts';
import type { Log } from '../core/base/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { EffectQueue } from '../ports/effect-queue.ts';
import { endRetryPause, oldestJobAge, takenJobs } from './boss-jobs.ts';
import type { QueueEffects } from './commit.ts';
import { connectionOptions, type Database } from './database.ts';
import type { Endpoint } from './endpoint.ts';
import { onDatabase } from './failures.ts';
import { createQueueWorkers, type EffectJob, type QueueWorkers } from './queue-workers.ts';
import { type EffectKind, effectKinds, gaveUpQueue, groupOf, orderingKey, prepareQueues, queueSchema } from './queues.ts';
import { readEffect } from './read-effect.ts';
import { respectRetryAfter } from './retry-pause.ts';
import { executorOf } from './statement.ts';
import { storable } from './storable.ts';

export type EffectQueueDeps = { readonly endpoint: Endpoint; readonly db: Database; readonly clock: Clock; readonly log: Log };

/** `atOnce`: how many effects of each kind one process performs at a time. */
export type EffectQueueOptions = { readonly atOnce: Readonly<Record<EffectKind, number>> };

/** The queue with what only the store needs: `enqueue` for its transactions, `open` and `close` for its life. */
export type OwnedEffectQueue = EffectQueue & {
  readonly open: () => Promise<void>;
  readonly enqueue: QueueEffects;
  readonly close: () => Promise<void>;
};

type Handlers = Parameters<EffectQueue['start']>[0];

/** How long handlers may take to end what they run and to record that, once the queue stops. A program gets two seconds between SIGTERM and SIGKILL. */
const endingMs = 10_000;

/** Effects as pg-boss jobs, in the same database as the state that caused them. */
export function createEffectQueue(deps: EffectQueueDeps, options: EffectQueueOptions): OwnedEffectQueue {
  const boss = createBoss(deps);
  const stopping = new AbortController();
  let workers: readonly QueueWorkers[] = [];
  let isPaused = false;
  let isEnding = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async (step: () => Promise<void>) => {
    const turn = last.then(step);
    last = turn.catch(() => undefined);
    await turn;
  };
  const openAll = async () => {
    await Promise.all(workers.map((each) => each.open()));
  };
  const closeAll = async (how: { readonly wait: boolean }) => {
    await Promise.all(workers.map((each) => each.close(how)));
  };
  return {
    async open() {
      await onDatabase('open the effect queue', async () => prepareQueues(await startBoss(boss)));
    },
    enqueue: (tx, effects) => enqueue(boss, tx, effects),
    async start(handlers) {
      const ofKinds = effectKinds.map((kind) => {
        const queue = { name: kind, group: groupOf(kind), atOnce: options.atOnce[kind] };
        return createQueueWorkers(boss, queue, (job) => perform(deps, kind, { handlers, job, stopping: stopping.signal }));
      });
      const ofGaveUp = createQueueWorkers(boss, { name: gaveUpQueue, group: null, atOnce: 1 }, (job) =>
        handleGaveUp(boss, { handlers, job, log: deps.log }),
      );
      workers = [...ofKinds, ofGaveUp];
      await inTurn(async () => {
        if (!isPaused) await onDatabase('start the effect queue', openAll);
      });
    },
    freeTaken: () =>
      onDatabase('free effects', async () => {
        for (const [name, taken] of await takenJobs(deps.db)) {
          await boss.fail(name, [...taken], { message: 'its server has ended' });
          // The end of a server is not the fault of a receiver, which would need a pause.
          await endRetryPause(deps.db, taken);
        }
      }),
    pause: () =>
      inTurn(async () => {
        if (!isPaused && !isEnding) await closeAll({ wait: false });
        isPaused = true;
      }),
    resume: () =>
      inTurn(async () => {
        if (!isPaused || isEnding) return;
        await openAll();
        isPaused = false;
      }),
    async stop(timeoutMs) {
      isEnding = true;
      const done = inTurn(() => closeAll({ wait: true }));
      await Promise.race([done, after(timeoutMs)]);
      stopping.abort(new Error('the server stops'));
      await Promise.race([done, after(endingMs)]);
    },
    oldestAgeMs: () => onDatabase('oldest effect', () => oldestJobAge(deps.db)),
    async close() {
      stopping.abort(new Error('the server stops'));
      await boss.stop({ graceful: false });
    },
  };
}

/** While the database is away, every worker reports an error about once a second; most of them are logged at debug level. */
const warnEveryMs = 60_000;

/** Longer than the statements with which pg-boss tidies up its tables. */
const queueStatementMs = 60_000;

function createBoss({ endpoint, clock, log }: EffectQueueDeps): PgBoss {
  const boss = new PgBoss({
    ...connectionOptions(endpoint, queueStatementMs),
    schema: queueSchema,
    max: 4,
    useListenNotify: endpoint.poolMode !== 'transaction',
    schedule: false,
    // Its workers sleep by differences of this clock: the machine's, set back, would stop them until the time is reached again.
    clock: { ...systemClock, now: () => clock.now() },
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
  });
  // pg-boss recovers by itself, but an `error` event without a listener would end the process.
  let quietUntil = Number.NEGATIVE_INFINITY;
  boss.on('error', (error) => {
    const now = clock.now();
    if (now < quietUntil) return log.debug({ err: error }, 'effect queue error');
    quietUntil = now + warnEveryMs;
    log.warn({ err: error }, 'effect queue error');
  });
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'effect queue warning'));
  return boss;
}

/**
 * Where several servers create the schema at once, one succeeds. Behind a pooler the others fail: PostgreSQL remembers in a session that the schema is
 * missing, and does not look again after the wait for the lock of pg-boss. They find it at the second try.
 */
async function startBoss(boss: PgBoss): Promise<PgBoss> {
  try {
    return await boss.start();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('pg_namespace_nspname_index')) throw error;
    return await boss.start();
  }
}

// The ids of one transaction are ascending, because jobs of the same instant are taken in the order of their ids.
function ids(count: number): readonly string[] {
  const prefix = randomUUID().slice(0, 24);
  return Array.from({ length: count }, (_, i) => prefix + i.toString(16).padStart(12, '0'));
}

async function enqueue(boss: PgBoss, tx: Database, effects: readonly QueuedEffect[]): Promise<void> {
  const db = executorOf(tx);
  const jobIds = ids(effects.length);
  const jobs = effects.map((effect, i) => ({ effect, id: jobIds[i] ?? randomUUID() }));
  for (const kind of effectKinds) {
    const ofKind = jobs.filter(({ effect }) => effect.kind === kind);
    if (ofKind.length === 0) continue;
    const rows = ofKind.map(({ effect, id }) => ({
      id,
      data: { effect: storable(effect) },
      singletonKey: orderingKey(effect),
      ...('notifier' in effect && { group: { id: effect.notifier } }),
      ...startAfter(effect),
    }));
    await boss.insert(kind, rows, { db });
  }
}

/** When much fails at once, looking around would take time from the rollbacks, which are urgent. */
const lookAroundSeconds = 2;

/** When a job may begin, if not at once. */
function startAfter(effect: QueuedEffect): { readonly startAfter?: Date | number } {
  if (effect.kind === 'look_around') return { startAfter: lookAroundSeconds };
  const at = effect.kind === 'digest' ? effect.at : effect.kind === 'announce' ? effect.notBefore : undefined;
  return at === undefined ? {} : { startAfter: new Date(at) };
}

type JobRun = { readonly handlers: Handlers; readonly job: EffectJob };

async function perform({ db, log }: EffectQueueDeps, kind: EffectKind, run: JobRun & { readonly stopping: AbortSignal }): Promise<void> {
  const { handlers, job, stopping } = run;
  let effect: QueuedEffect | null = null;
  try {
    effect = readEffect(job.data.effect);
    await handlers.perform(effect, AbortSignal.any([job.signal, stopping]));
  } catch (error) {
    const subject = effect === null ? {} : subjectOf(effect);
    log.warn(
      { err: error, kind: job.name, ...subject, job: job.id, retry: job.retryCount, retries: job.retryLimit },
      'effect failed; will retry',
    );
    await respectRetryAfter(db, kind, { job, error });
    throw error;
  }
}

/** What people search for in the log: the notifier and the deploy. */
function subjectOf(effect: QueuedEffect): Readonly<Record<string, string>> {
  return { ...('notifier' in effect && { notifier: effect.notifier }), ...('bakeId' in effect && { deploy: effect.bakeId }) };
}

// Calls the handler first, then deletes the failed job, which would block the jobs after it.
async function handleGaveUp(boss: PgBoss, { handlers, job, log }: JobRun & { readonly log: Log }): Promise<void> {
  try {
    await handlers.gaveUp(readEffect(job.data.effect));
    if (job.sourceName !== null && job.sourceId !== null) await boss.deleteJob(job.sourceName, job.sourceId);
  } catch (error) {
    log.error({ err: error, job: job.id, retry: job.retryCount }, 'gave-up handler failed; will retry');
    throw error;
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
