import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { thisPlatform } from '../../src/store/backup.ts';
import { type BackupManifest, readBackupFile, writeBackupFile } from '../../src/store/backup-file.ts';
import { findPostgres } from '../../src/store/postgres-binaries.ts';
import { restore } from '../../src/store/restore.ts';
import { silentLog } from '../support/database.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-backup-file-'));
  file = join(folder, 'one.backup');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { major } = findPostgres();
const manifest: BackupManifest = {
  bakewatch: '9.1.0',
  created_at: '2026-11-29T01:02:03.456Z',
  postgres: major,
  platform: thisPlatform,
  migration: null,
};
const content = gzipSync('the archive');

async function* chunks(...parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

const write = (more: Partial<BackupManifest> = {}) => writeBackupFile(file, { ...manifest, ...more }, chunks(content));

/** Tries to restore the file into a folder of its own, which must stay as it was. */
async function refusalOf(): Promise<unknown> {
  const dataDir = join(folder, 'data');
  const restoring = restore({ dataDir, file, force: false, freezeBy: null, at: 0, log: silentLog });
  const error = await restoring.catch((reason: unknown) => reason);
  expect(readdirSync(folder)).not.toContain('data');
  return error;
}
const refuses = (message: string) =>
  expect(refusalOf()).resolves.toMatchObject({ code: 'invalid', message: message.replace('FILE', file) });

test('a backup is read as it was written', async () => {
  const bytes = await write();
  const { manifest: read, archive } = await readBackupFile(file);
  expect(read).toEqual(manifest);
  expect(await buffer(archive())).toEqual(content);
  expect(bytes).toBe(readFileSync(file).length);
});

test('a checksum that other programs can check ends it', async () => {
  await write();
  const text = readFileSync(file);
  const body = text.subarray(0, -73);
  expect(text.subarray(-73).toString()).toBe(`\nsha256 ${createHash('sha256').update(body).digest('hex')}\n`);
});

test('a backup that is cut anywhere is incomplete', async () => {
  const bytes = await write();
  for (const size of [bytes - 1, bytes - 73, bytes - 80]) {
    truncateSync(file, size);
    await refuses('the backup FILE is incomplete: its end is missing; copy it again, or take another backup');
  }
});

test('one changed bit is damage', async () => {
  await write();
  const whole = readFileSync(file);
  for (const place of [whole.indexOf('2026'), whole.length - 80, whole.length - 5]) {
    const changed = Buffer.from(whole);
    changed[place] = (whole[place] ?? 0) ^ 1;
    writeFileSync(file, changed);
    await refuses('the backup FILE is damaged: its checksum is wrong; copy it again, or take another backup');
  }
});

test('what this version cannot restore is refused with the version that can', async () => {
  const made = 'the backup FILE was made by Bakewatch 9.1.0';
  await write({ migration: 9_999_999_999_999 });
  await refuses(`${made}, whose database is newer than this version knows; restore it with that version`);
  rmSync(file);
  await write({ postgres: 99 });
  await refuses(`${made} with PostgreSQL 99, and this version contains ${major}; restore it with that version`);
  rmSync(file);
  await write({ platform: 'mars-x1' });
  await refuses(`${made} on mars-x1, and this machine is ${thisPlatform}; restore it on the same kind of machine`);
  writeFileSync(file, 'bakewatch-backup 2\n{}\n');
  const format = 'the backup FILE has format 2, and this version of Bakewatch knows up to 1';
  await refuses(`${format}; restore it with the version that made it, or a newer one`);
});

test('other files are refused', async () => {
  await refuses('the backup FILE cannot be read: there is no such file');
  for (const text of ['', 'PGDMP', 'bakewatch-backup x\n']) {
    writeFileSync(file, text);
    await refuses(`${file} is not a backup of Bakewatch`);
  }
});

test('a write that fails leaves nothing, and says why', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield content;
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }
  await expect(writeBackupFile(file, manifest, failing())).rejects.toMatchObject({
    code: 'unavailable',
    message: `the backup ${file} cannot be written: its disk is full`,
  });
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(file, '');
  await expect(writeBackupFile(join(file, 'below'), manifest, failing())).rejects.toMatchObject({
    message: `the backup ${join(file, 'below')} cannot be written: a file is in its way`,
  });
});
