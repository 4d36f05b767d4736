/**
 * How fast does the retention delete, how much does it leave, and how late is everybody else meanwhile? Writes finished bakes with all of their
 * measurements and pasts into the embedded PostgreSQL by SQL, and lets half of them go one bake at a time, and the other half in batches.
 *
 *   node bench/retention.ts [--bakes 2000]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/app/clock.ts';
import type { Store } from '../src/ports/store.ts';
import { createRetention } from '../src/scheduler/retention.ts';
import { type Database, openPool } from '../src/store/database.ts';
import { sql } from '../src/store/drizzle.ts';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { openStore } from '../src/store/open-store.ts';
import { fillHistory } from './history/fill.ts';
import { withMeasurements } from './history/template.ts';
import { log, meter, summary } from './world.ts';

const { values } = parseArgs({ options: { bakes: { type: 'string', default: '2000' } } });
const bakes = Number(values.bakes);
const day = 86_400_000;
const now = Date.now();
const keepMs = { pasts: 30 * day, measurements: 90 * day, deploys: 730 * day, audit: 400 * day };

/** Gives every finished deploy what its bake left: 60 measurements of each check, and a past of a week. */
async function addData(db: Database, template: string): Promise<void> {
  await db.execute(sql`
    insert into bakewatch.measurements (bake_id, phase, check_name, window_to, answered, at, body)
    select m.bake_id, m.phase, m.check_name, m.window_to - n * 15000, true, m.at - n * 15000, m.body || jsonb_build_object(
      'at', m.at - n * 15000, 'window', jsonb_build_object('from', m.window_to - n * 15000 - 15000, 'to', m.window_to - n * 15000, 'stepMs', 15000),
      'ticks', jsonb_build_object('kind', 'ratio', 'bad', jsonb_build_array(n % 3), 'total', jsonb_build_array(700 + n)))
    from bakewatch.measurements m cross join generate_series(1, 59) n where m.bake_id <> ${template}`);
  await db.execute(sql`
    insert into bakewatch.histories (bake_id, check_name, source, stretch)
    select b.deploy_id, c.name, 'a question', (
      select jsonb_build_object('startAt', ${now}::bigint, 'stepMs', 60000, 'ticks', jsonb_build_object('kind', 'ratio',
        'bad', jsonb_agg(abs(hashint4(i)) % 4), 'total', jsonb_agg(600 + abs(hashint4(i + 1)) % 200)))
      from generate_series(1, 10080) i)
    from bakewatch.bakes b cross join (values ('errors'), ('payments'), ('logins')) c (name) where b.deploy_id <> ${template}`);
  await db.execute(sql`update bakewatch.bakes set pruned_at = null`);
  await db.execute(sql`vacuum analyze`);
}

async function kbOf(db: Database): Promise<number> {
  await db.execute(sql`vacuum full`);
  const { rows } = await db.execute<{ bytes: string }>(sql`select sum(pg_total_relation_size(c.oid))::text as bytes from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'bakewatch' and c.relkind = 'r'`);
  return Number((Number(rows[0]?.bytes) / bakes / 1000).toFixed(1));
}

/** Runs `work`, and asks for lists meanwhile. */
async function beside<T>(
  store: Store,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly seconds: number; readonly listMs: object }> {
  const times: number[] = [];
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const startedAt = performance.now();
      await store.list({ limit: 50 });
      times.push(performance.now() - startedAt);
      await wait(20);
    }
  })();
  const startedAt = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  isOver = true;
  await asking;
  return { result, seconds, listMs: summary(times, 1) };
}

/** As a loop without batches would do it. */
async function oneByOne(store: Store, count: number): Promise<number> {
  for (let i = 0; i < count; i++) {
    await store.prune({ what: 'measurements', endedBefore: now - keepMs.measurements, at: now, limit: 1 });
    await wait(20);
  }
  return count;
}

async function sweep(store: Store): Promise<number> {
  let count = 0;
  const counted: Store = {
    ...store,
    prune: async (request) => {
      const pruned = await store.prune(request);
      if (request.what === 'measurements') count += pruned?.bakeIds.length ?? 0;
      return pruned;
    },
  };
  await createRetention(
    { store: counted, clock: systemClock, log, meter },
    { sessions: () => ({ idleMs: 86_400_000, maxMs: 86_400_000 }), keepMs, everyMs: day },
  ).sweep();
  return count;
}

const dataDir = mkdtempSync(join(tmpdir(), 'bakewatch-retention-'));
const server = await startEmbeddedPostgres({ dataDir, log, path: process.env.PATH ?? '' });
const { store, close } = await openStore({ databaseUrl: server.url, dataDir, log, clock: systemClock });
const pool = openPool(server.endpoint, { max: 1, statementMs: null });
const template = await withMeasurements(store, now - 400 * day);
// All of them are older than 90 days.
await fillHistory(pool.db, template, { from: 0, to: bakes, total: bakes * 2, now });
await addData(pool.db, template);
const kbBefore = await kbOf(pool.db);
const pasts = await beside(store, async () => {
  let count = 0;
  for (;;) {
    const pruned = await store.prune({ what: 'pasts', endedBefore: now, at: now, limit: 50 });
    if (pruned === null) return count;
    count += pruned.bakeIds.length;
    await wait(20);
  }
});
const kbWithoutPasts = await kbOf(pool.db);
const half = Math.floor(bakes / 2);
const alone = await beside(store, () => oneByOne(store, half));
const batches = await beside(store, () => sweep(store));
const kbAfter = await kbOf(pool.db);
const rate = ({ result, seconds, listMs }: Awaited<ReturnType<typeof beside<number>>>) => ({
  bakesASecond: Math.round(result / seconds),
  listMs,
});
const found = {
  kbABake: { before: kbBefore, withoutPasts: kbWithoutPasts, after: kbAfter },
  pasts: rate(pasts),
  measurementsOneByOne: rate(alone),
  measurementsInBatches: rate(batches),
};
process.stdout.write(`${JSON.stringify({ bench: 'retention', bakes, ...found }, null, 2)}\n`);
await pool.close();
await close();
await server.stop();
rmSync(dataDir, { recursive: true, force: true });
process.exit(0);
