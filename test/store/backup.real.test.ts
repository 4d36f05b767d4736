import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backUp } from '../../src/store/backup.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { openStore } from '../../src/store/open-store.ts';
import { restore } from '../../src/store/restore.ts';
import { administer, copyCluster, scratch, silentLog, systemClock } from '../support/database.ts';
import { aDeploy, aRegistration, commitOf, warming } from './fixtures.ts';

const path = process.env.PATH ?? '';
const settings = { fsync: 'off' };
const at = Date.parse('2026-11-29T01:02:03.456Z');
let folder: string;
const closers: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(scratch, 'bakewatch-backup-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

const dir = (name: string) => join(folder, name);
const embedded = (name: string) => ({ dataDir: dir(name), log: silentLog, path, settings });
const signal = new AbortController().signal;
const take = (from: string, file: string) => backUp({ ...embedded(from), file: dir(file), version: '0.9.9', at, signal });
const bring = (file: string, to: string, more: { readonly force?: boolean; readonly freezeBy?: string } = {}) =>
  restore({ ...embedded(to), file: dir(file), force: more.force ?? false, freezeBy: more.freezeBy ?? null, at });

async function run(name: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(embedded(name));
  closers.push(server.stop);
  return server;
}

/** All rows of all tables, in the order of their text. */
async function dump(url: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const tables = await administer(
    url,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname like 'bakewatch%' order by 1`,
  );
  const rows = await Promise.all(
    tables.map(async ({ name }) => {
      const all = await administer(url, `select t::text as row from ${name} t order by 1`);
      return [String(name), all.map(({ row }) => String(row))] as const;
    }),
  );
  return new Map(rows);
}

test('a backup under load has all that was committed before it, nothing half, and all tables when nothing is written', async () => {
  await copyCluster(dir('source'));
  const { url } = await run('source');
  const { store, close } = await openStore({ databaseUrl: url, dataDir: '', log: silentLog, clock: systemClock });
  closers.push(close);
  let isLoaded = true;
  const registered: string[] = [];
  const load = async () => {
    while (isLoaded) {
      const deploy = aDeploy({ service: `s${registered.length}` });
      await store.register(aRegistration(deploy), () => ({ ok: true, first: commitOf(warming(deploy)), superseded: [] }));
      registered.push(deploy.id);
    }
  };
  const loading = load();
  await expect.poll(() => registered.length).toBeGreaterThan(20);
  const before = [...registered];
  const outcome = await take('source', 'busy.backup');
  expect(outcome).toMatchObject({ isOnline: true, manifest: { bakewatch: '0.9.9', created_at: '2026-11-29T01:02:03.456Z' } });
  expect(registered.length).toBeGreaterThan(before.length);
  isLoaded = false;
  await loading;

  const busy = await bring('busy.backup', 'busy');
  const found = await dump((await run('busy')).url);
  const now = await dump(url);
  expect([...found.keys()]).toEqual([...now.keys()]);
  const deploys = found.get('bakewatch.deploys') ?? [];
  expect(busy.live).toBe(deploys.length);
  expect(found.get('bakewatch.bakes')).toHaveLength(deploys.length);
  for (const id of before) expect(deploys.some((row) => row.includes(id))).toBe(true);
  for (const name of ['bakewatch.deploys', 'bakewatch.bakes', 'bakewatch.timeline'])
    expect(now.get(name)).toEqual(expect.arrayContaining([...(found.get(name) ?? [])]));

  await close();
  const quiet = await dump(url);
  await take('source', 'quiet.backup');
  await bring('quiet.backup', 'quiet');
  expect(await dump((await run('quiet')).url)).toEqual(quiet);
  expect(readdirSync(dir('quiet')).toSorted()).toEqual(['bakewatch.lock', 'postgres', 'run']);
});

test('a backup of a stopped server is private and whole, and replaces no file', async () => {
  await copyCluster(dir('source'));
  expect(await take('source', 'one.backup')).toMatchObject({ isOnline: false });
  expect(statSync(dir('one.backup')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).toSorted()).toEqual(['one.backup', 'source']);
  expect(readdirSync(dir('source')).toSorted()).toEqual(['postgres', 'run']);
  await expect(take('source', 'one.backup')).rejects.toMatchObject({
    code: 'conflict',
    message: `${dir('one.backup')} already exists; nothing was overwritten`,
  });
});

test('a restore refuses a database that is there or in use, and keeps it under another name by force', async () => {
  await copyCluster(dir('source'));
  await take('source', 'one.backup');
  await expect(bring('one.backup', 'source')).rejects.toMatchObject({
    code: 'conflict',
    message: `the data directory ${dir('source')} already has a database; choose another directory, or give --force, which keeps that database under another name`,
  });
  const server = await run('source');
  await administer(server.url, 'create table later as select 1 as one');
  await expect(bring('one.backup', 'source', { force: true })).rejects.toMatchObject({
    code: 'conflict',
    message: `the data directory ${dir('source')} is in use by process ${process.pid}; stop it, or use another directory`,
  });
  await server.stop();
  const kept = `${dir('source')}/postgres.before-restore-2026-11-29T01-02-03-456Z`;
  expect(await bring('one.backup', 'source', { force: true, freezeBy: 'ana' })).toMatchObject({ kept, live: 0 });
  expect(existsSync(join(kept, 'PG_VERSION'))).toBe(true);
  const { url } = await run('source');
  expect(await administer(url, `select to_regclass('later') as later`)).toEqual([{ later: null }]);
  expect(await administer(url, 'select service, by, why from bakewatch.freezes')).toEqual([
    { service: '', by: 'ana', why: 'restored from a backup' },
  ]);
});

test('a backup that is interrupted leaves no file', async () => {
  await copyCluster(dir('source'));
  await run('source');
  const stopped = backUp({ ...embedded('source'), file: dir('one.backup'), version: '0.9.9', at, signal: AbortSignal.abort() });
  await expect(stopped).rejects.toMatchObject({ code: 'unavailable', message: 'the backup was interrupted; no file was written' });
  expect(readdirSync(folder)).toEqual(['source']);
});

test('a directory without a database has nothing to back up', async () => {
  await expect(take('empty', 'one.backup')).rejects.toMatchObject({
    code: 'not_found',
    message: `the data directory ${dir('empty')} has no database, so there is nothing to back up`,
  });
  expect(existsSync(dir('empty'))).toBe(false);
});
