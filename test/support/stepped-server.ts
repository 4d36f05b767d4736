import { analyzers } from '../../analyzers/index.ts';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { perform } from '../../src/effects/dispatch.ts';
import type { Providers } from '../../src/ports/providers.ts';
import { createMemory } from '../../src/scheduler/memory.ts';
import type { PassDeps } from '../../src/scheduler/pass.ts';
import { createQuietCommits } from '../../src/scheduler/quiet-commits.ts';
import { runPass } from '../../src/scheduler/run-pass.ts';
import { createTurns } from '../../src/scheduler/turns.ts';
import { type Database, openPool } from '../../src/store/database.ts';
import { sql } from '../../src/store/drizzle.ts';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { readEffect } from '../../src/store/read-effect.ts';
import { silentLog, type TestDatabase } from './database.ts';
import { silentMeter } from './fake-meter.ts';
import type { ManualClock } from './manual-clock.ts';

const never = new AbortController().signal;
const maxPasses = 5_000;

export type SteppedServerOptions = Pick<DispatchDeps, 'hooks' | 'shiftHooks' | 'notifiers'> & {
  readonly database: TestDatabase;
  readonly clock: ManualClock;
  readonly providers: Providers;
  /** What an earlier process left in the queue, as it is stored. */
  readonly effects: readonly unknown[];
};

/**
 * The scheduler and the dispatcher on a store, without loops: time passes only in `runToEnd`, from one due bake or digest to the next.
 * The effects are taken out of the queue's table, so that they are performed in the order in which they were committed.
 */
export function createSteppedServer({ database, clock, providers, effects, ...adapters }: SteppedServerOptions) {
  const { store } = database;
  const pool = openPool(parseDatabaseUrl(database.url), { max: 1 });
  const common = { store, log: silentLog, meter: silentMeter };
  const scheduling: PassDeps = {
    ...common,
    providers,
    analyzers,
    memory: createMemory({ maxBytes: 10_000_000 }),
    turn: createTurns(),
    spread: async () => 0,
    quiet: createQuietCommits(common, { waitMs: 0, max: 48 }),
  };
  const dispatching: DispatchDeps = { ...common, ...adapters, clock, publicUrl: null };
  let pending = effects.map(readEffect);

  async function performPending(): Promise<void> {
    do {
      const due = pending.filter((effect) => effect.kind !== 'digest' || effect.at <= clock.now());
      pending = pending.filter((effect) => !due.includes(effect));
      for (const effect of due) await perform(dispatching, effect, never);
      pending.push(...(await takeJobs(pool.db)));
    } while (pending.some((effect) => effect.kind !== 'digest' || effect.at <= clock.now()));
  }

  async function nextAt(): Promise<number> {
    const digests = pending.flatMap((effect) => (effect.kind === 'digest' ? [effect.at] : []));
    return Math.min((await store.nextDueAt()) ?? Number.POSITIVE_INFINITY, ...digests);
  }

  /** Goes on until no bake is live and nothing waits to be performed. */
  async function runToEnd(): Promise<void> {
    for (let passes = 0; passes < maxPasses; passes++) {
      await performPending();
      const at = await nextAt();
      if (at === Number.POSITIVE_INFINITY) return;
      clock.set(Math.max(clock.now(), at));
      const now = clock.now();
      for (const record of await store.claimDue({ now, leaseMs: 42_000, limit: 100, worker: 'stepped' }))
        await runPass(scheduling, { record, now }, never);
    }
    throw new Error('the bakes never ended');
  }

  return { runToEnd, close: pool.close };
}

async function takeJobs(db: Database): Promise<readonly QueuedEffect[]> {
  const { rows } = await db.execute<{ effect: unknown }>(sql`
    with taken as (delete from bakewatch_queue.job where name <> 'gave_up' returning created_on, id, data->'effect' as effect)
    select effect from taken order by created_on, id`);
  return rows.map(({ effect }) => readEffect(effect));
}
