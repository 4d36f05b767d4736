import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareCluster } from '../../src/store/cluster.ts';
import { lockDirectory } from '../../src/store/directory-lock.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { findPostgres } from '../../src/store/postgres-binaries.ts';
import { pidSpace, startOf } from '../../src/store/process-life.ts';
import { administer, copyCluster, scratch, silentLog } from '../support/database.ts';

const path = process.env.PATH ?? '';
const settings = { fsync: 'off' };
let directory: string;
const running: EmbeddedPostgres[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(scratch, 'bakewatch-embedded-'));
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Starts on a copied cluster, or without one, as at the first start. */
async function start({ dataDir = directory, isFirst = false } = {}): Promise<EmbeddedPostgres> {
  if (!isFirst && !existsSync(join(dataDir, 'postgres'))) await copyCluster(dataDir);

  const server = await startEmbeddedPostgres({ dataDir, log: silentLog, path, settings });
  running.push(server);
  return server;
}

describe('the embedded server', () => {
  test('starts, keeps its data after a stop, and leaves no process and no lock', async () => {
    const first = await start({ isFirst: true });
    const pid = first.pid();
    expect(startOf(pid)).not.toBeNull();
    await administer(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    expect(startOf(pid)).toBeNull();
    expect(readdirSync(directory).toSorted()).toEqual(['postgres', 'run']);
    const second = await start();
    expect(await administer(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('is durable by default, and listens on a private socket only', async () => {
    await copyCluster(directory);
    const server = await startEmbeddedPostgres({ dataDir: directory, log: silentLog, path });
    running.push(server);
    const show = async (name: string) => (await administer(server.url, `show ${name}`))[0]?.[name];
    expect(await show('fsync')).toBe('on');
    expect(await show('synchronous_commit')).toBe('on');
    expect(await show('listen_addresses')).toBe('');
    expect(statSync(join(directory, 'postgres')).mode & 0o777).toBe(0o700);
    expect(statSync(server.endpoint.host).mode & 0o777).toBe(0o700);
  });

  test.for([
    { name: 'in its place', below: '', why: 'a file is in its place' },
    { name: 'in its way', below: '/data', why: 'a file is in its way' },
  ])('a data directory with a file $name is refused in one sentence', async ({ below, why }) => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const starting = startEmbeddedPostgres({ dataDir: `${file}${below}`, log: silentLog, path, settings });
    await expect(starting).rejects.toMatchObject({
      code: 'unavailable',
      message: `the data directory ${file}${below} cannot be written: ${why}`,
    });
  });

  test('a second start on the same directory is refused, with the pid of the holder', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({
      code: 'conflict',
      message: `the data directory ${directory} is in use by process ${process.pid}; stop it, or use another directory`,
    });
  });

  test('a data directory with a path too long for a socket works', async () => {
    const long = join(directory, 'a'.repeat(60), 'b'.repeat(60));
    const server = await start({ dataDir: long });
    expect(await administer(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(existsSync(server.endpoint.host)).toBe(false);
  });

  test('is restarted when it ends unexpectedly', async () => {
    const server = await start();
    const pid = server.pid();
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => server.pid() !== pid && startOf(server.pid()) !== null, { timeout: 15_000 }).toBe(true);
    await expect.poll(() => administer(server.url, 'select 1 as one').catch(() => null), { timeout: 15_000 }).toEqual([{ one: 1 }]);
  });

  test('removes the pid file of a server that has ended', async () => {
    await (await start()).stop();
    writeFileSync(join(directory, 'postgres', 'postmaster.pid'), `${process.pid}\n${join(directory, 'postgres')}\n0\n5432\n\n`);
    const server = await start();
    expect(await administer(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('starts again where the first start was killed', async () => {
    mkdirSync(join(directory, 'postgres.new-x'));
    writeFileSync(join(directory, 'postgres.new-x', 'PG_VERSION'), '');
    const server = await start({ isFirst: true });
    expect(await administer(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a directory of another major version is refused, with both versions', async () => {
    mkdirSync(join(directory, 'postgres'));
    writeFileSync(join(directory, 'postgres', 'PG_VERSION'), '12\n');
    await expect(prepareCluster(directory, findPostgres(), { path })).rejects.toThrow(
      /was created by PostgreSQL 12, but this version of Bakewatch contains/,
    );
  });

  test('the error on a machine without binaries says what to do', () => {
    expect(() => findPostgres('plan9', 'mips')).toThrow(/set DATABASE_URL, or reinstall with optional dependencies/);
  });
});

describe('the lock of a data directory', () => {
  const file = () => join(directory, 'bakewatch.lock');
  const plant = (holder: object) => writeFileSync(file(), JSON.stringify(holder));
  const mine = () => ({ pid: process.pid, startedAt: startOf(process.pid), space: pidSpace(), host: 'here', id: 'other' });

  test('is held until it is released', async () => {
    const release = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toThrow(`process ${process.pid}`);
    release();
    (await lockDirectory(directory))();
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each([
    ['a process that is gone', () => ({ ...mine(), pid: 2 ** 22 + 1 })],
    ['a pid that another process has now', () => ({ ...mine(), startedAt: '1' })],
  ])('is taken over from %s', async (_, holder) => {
    plant(holder());
    const release = await lockDirectory(directory);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ pid: process.pid });
    release();
  });

  test('a damaged lock is taken over', async () => {
    writeFileSync(file(), '{"pid":');
    (await lockDirectory(directory))();
  });

  test('of many processes that want the lock of a dead holder, one gets it', async () => {
    plant({ ...mine(), startedAt: '1' });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(directory)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
