import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { openStore } from '../../src/store/open-store.ts';

/** Logs nothing. A test of log lines uses its own log. */
export const silentLog = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

/** The clock of the system. The store uses it only to limit log lines. */
export const systemClock = { now: () => Date.now(), sleep: async () => {} };

/** Not durable: test data need not survive a power cut. Every open store takes up to 20 connections. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '16MB',
  max_connections: '500',
  autovacuum_naptime: '1h',
};
const path = process.env.PATH ?? '';

/** The directory for test data: in memory where there is room, because copying a cluster on a slow disk takes longer than making one. */
export const scratch = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();

function hasRoom(directory: string): boolean {
  if (!existsSync(directory)) return false;
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize > 1_000_000_000;
}

/** Starts a server on a new cluster whose database `bakewatch` is migrated and empty. `stop` ends it and removes its data. */
export async function startTestServer(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  removeOld();
  const directory = mkdtempSync(join(scratch, 'bakewatch-test-'));
  await copyCluster(directory);
  const { url, stop } = await startEmbeddedPostgres({ dataDir: directory, log: silentLog, path, settings });
  return {
    url,
    stop: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Copies a migrated cluster (its database is `bakewatch`) into a data directory: faster than a first start, which takes seconds. */
export async function copyCluster(directory: string): Promise<void> {
  cpSync(join(await migratedCluster(), 'postgres'), join(directory, 'postgres'), { recursive: true });
}

// Removes what killed runs left, and clusters of older schemas.
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
  const opened = await openStore({ databaseUrl: postgres.url, isCompact: true, dataDir: '', log: silentLog, clock: systemClock });
  await opened.close();
  await postgres.stop();
  // Another process may have been faster; either cluster will do.
  try {
    renameSync(aside, ready);
  } catch {
    rmSync(aside, { recursive: true, force: true });
  }
  return ready;
}
