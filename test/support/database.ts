import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Log } from '../../src/core/base/log.ts';
import type { EffectQueue } from '../../src/ports/effect-queue.ts';
import type { Store } from '../../src/ports/store.ts';
import { openPool, parseDatabaseUrl } from '../../src/store/database.ts';
import { sql } from '../../src/store/drizzle.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { openStore } from '../../src/store/open-store.ts';

/** A store on a database of its own. `url` opens further pools or a second store, as another replica would. */
export type TestDatabase = {
  readonly store: Store;
  readonly queue: EffectQueue;
  readonly url: string;
  readonly close: () => Promise<void>;
};

/** Logs nothing. A test of log lines uses its own log. */
export const silentLog = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

/** The clock of the system. The store uses it only to limit log lines. */
export const systemClock = { now: () => Date.now(), sleep: async () => {} };

/** Not durable: test data need not survive a power cut. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '16MB' };
const path = process.env.PATH ?? '';

/** The folder of test data: in memory where there is room, because copying a cluster on a slow disk takes longer than creating one. */
export const scratch = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();

function hasRoom(directory: string): boolean {
  if (!existsSync(directory)) return false;
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize > 1_000_000_000;
}

let server: Promise<{ readonly postgres: EmbeddedPostgres; readonly directory: string }> | null = null;

afterAll(async () => {
  const running = await server;
  server = null;
  await running?.postgres.stop();
  if (running) rmSync(running.directory, { recursive: true, force: true });
});

/** Opens a migrated, empty database and a store on it. There is one server per test file: the first call starts it, the end of the file stops it. */
export async function aDatabase(): Promise<TestDatabase> {
  server ??= startServer();
  const { postgres } = await server;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(postgres.url, `create database ${name} template bakewatch strategy file_copy`);
  const url = postgres.url.replace('/bakewatch?', `/${name}?`);
  const opened = await openStore({ databaseUrl: url, dataDir: '', log: silentLog, clock: systemClock });
  return { ...opened, url };
}

/** Opens a second store on the same database, as another replica would. */
export async function anotherReplica({ url }: { readonly url: string }, log: Log = silentLog): Promise<TestDatabase> {
  return { ...(await openStore({ databaseUrl: url, dataDir: '', log, clock: systemClock })), url };
}

/** The address of a database without any table, on the same server. */
export async function anEmptyDatabase(): Promise<string> {
  server ??= startServer();
  const { postgres } = await server;
  const name = `empty_${randomUUID().replaceAll('-', '')}`;
  await administer(postgres.url, `create database ${name} template template0`);
  return postgres.url.replace('/bakewatch?', `/${name}?`);
}

/** Runs one statement without a store. */
export async function administer(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const maintenance = statement.startsWith('create database') ? url.replace('/bakewatch?', '/postgres?') : url;
  const { db, close } = openPool(parseDatabaseUrl(maintenance), 1);
  try {
    return await db.execute(sql.raw(statement));
  } finally {
    await close();
  }
}

/** Copies a migrated cluster (its database is `bakewatch`) into a data directory. This saves a test the seconds of a first start. */
export async function copyCluster(directory: string): Promise<void> {
  cpSync(join(await migratedCluster(), 'postgres'), join(directory, 'postgres'), { recursive: true });
}

async function startServer() {
  removeOld();
  const directory = mkdtempSync(join(scratch, 'bakewatch-test-'));
  await copyCluster(directory);
  const postgres = await startEmbeddedPostgres({ dataDir: directory, log: silentLog, path, settings });
  return { postgres, directory };
}

// Removes what killed runs and older schemas left.
function removeOld(): void {
  const longAgo = Date.now() - 6 * 3_600_000;
  for (const name of readdirSync(scratch)) {
    const old = join(scratch, name);
    const isOld = name.startsWith('bakewatch-test-') && (statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? longAgo) < longAgo;
    if (isOld) rmSync(old, { recursive: true, force: true });
  }
}

// Created once per version of schema and queues, then copied: initdb, migrations and the schema of pg-boss take longer than most tests.
async function migratedCluster(): Promise<string> {
  const hash = createHash('sha256').update('1');
  for (const file of ['drizzle/meta/_journal.json', 'src/store/queues.ts', 'node_modules/pg-boss/package.json', 'package-lock.json'])
    hash.update(readFileSync(new URL(`../../${file}`, import.meta.url)));
  for (const entry of JSON.parse(readFileSync(new URL('../../drizzle/meta/_journal.json', import.meta.url), 'utf8')).entries)
    hash.update(readFileSync(new URL(`../../drizzle/${entry.tag}.sql`, import.meta.url)));
  const ready = join(scratch, `bakewatch-test-cluster-${process.getuid?.() ?? 0}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(ready)) return ready;
  const aside = mkdtempSync(`${ready}-`);
  const postgres = await startEmbeddedPostgres({ dataDir: aside, log: silentLog, path, settings });
  const opened = await openStore({ databaseUrl: postgres.url, dataDir: '', log: silentLog, clock: systemClock });
  await opened.close();
  await postgres.stop();
  // Another test file can be faster; its cluster is as good.
  try {
    renameSync(aside, ready);
  } catch {
    rmSync(aside, { recursive: true, force: true });
  }
  return ready;
}
