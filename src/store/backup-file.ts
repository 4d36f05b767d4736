import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '../core/base/errors.ts';
import { codeOf, explainUnwritable } from './file-failures.ts';

/*
 * A backup is one file: a line with the format, a line of JSON, a gzip archive in tar format, and a line with the SHA-256 of all before it. So every tool
 * can read it: tail -n +3 FILE | gunzip | tar x
 */
const magic = 'bakewatch-backup';
const format = 1;
const maxHeadBytes = 4_096;
const trailerPattern = /^\nsha256 ([0-9a-f]{64})\n$/;
const trailerBytes = 73;

/** What a backup says about itself. */
export const BackupManifest = z.object({
  /** The version of Bakewatch that made it. */
  bakewatch: z.string(),
  created_at: z.string(),
  /** The major version of PostgreSQL, and the machine: only the same ones can read the data. */
  postgres: z.number(),
  platform: z.string(),
  /** The number of the last migration; `null`: the database was empty. */
  migration: z.number().nullable(),
});
export type BackupManifest = z.output<typeof BackupManifest>;

/** A whole backup, whose checksum is right. `archive` opens the compressed tar archive. */
export type BackupFile = { readonly manifest: BackupManifest; readonly archive: () => Readable };

/** Writes a backup. The file appears under its name only when it is whole and on the disk; an existing file is never replaced. Returns its bytes. */
export async function writeBackupFile(file: string, manifest: BackupManifest, archive: AsyncIterable<Buffer>): Promise<number> {
  await assertAbsent(file);
  const aside = `${file}.partial-${randomUUID()}`;
  try {
    const handle = await open(aside, 'wx', 0o600);
    const bytes = await writeAll(handle, manifest, archive).finally(() => handle.close());
    await publish(aside, file);
    await syncFolder(dirname(file));
    return bytes;
  } catch (error) {
    throw explainUnwritable(error, { what: `the backup ${file}`, path: dirname(file) });
  } finally {
    await rm(aside, { force: true }).catch(() => {});
  }
}

async function assertAbsent(file: string): Promise<void> {
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw exists(file);
}

function exists(file: string): AppError {
  return new AppError('conflict', `${file} already exists; nothing was overwritten`);
}

async function writeAll(handle: FileHandle, manifest: BackupManifest, archive: AsyncIterable<Buffer>): Promise<number> {
  const hash = createHash('sha256');
  let bytes = 0;
  const write = async (chunk: Buffer) => {
    await handle.writeFile(chunk);
    bytes += chunk.length;
  };
  const head = Buffer.from(`${magic} ${format}\n${JSON.stringify(manifest)}\n`);
  hash.update(head);
  await write(head);
  for await (const chunk of archive) {
    hash.update(chunk);
    await write(chunk);
  }
  await write(Buffer.from(`\nsha256 ${hash.digest('hex')}\n`));
  await handle.sync();
  return bytes;
}

// A link refuses an existing name, which a rename would replace. Some file systems have no links.
async function publish(aside: string, file: string): Promise<void> {
  try {
    await link(aside, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw exists(file);
    await assertAbsent(file);
    await rename(aside, file);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Opens a backup and reads all of it once. Throws `AppError('invalid')` where it is no backup, incomplete, damaged, or of a newer format. */
export async function readBackupFile(file: string): Promise<BackupFile> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    const why = { ENOENT: 'there is no such file', EACCES: 'this user may not read it' }[codeOf(error)] ?? String(error);
    throw new AppError('invalid', `the backup ${file} cannot be read: ${why}`, { cause: error });
  });
  try {
    const { size } = await handle.stat();
    const { manifest, headBytes } = await readHead(handle, file);
    await assertWhole(handle, { file, size, headBytes });
    return { manifest, archive: () => createReadStream(file, { start: headBytes, end: size - trailerBytes - 1 }) };
  } finally {
    await handle.close();
  }
}

async function readHead(handle: FileHandle, file: string): Promise<{ readonly manifest: BackupManifest; readonly headBytes: number }> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxHeadBytes), 0, maxHeadBytes, 0);
  const [first = '', second = ''] = buffer.subarray(0, bytesRead).toString('utf8').split('\n', 2);
  const [word, number] = first.split(' ');
  if (word !== magic || !/^\d+$/.test(number ?? '')) throw new AppError('invalid', `${file} is not a backup of Bakewatch`);
  if (Number(number) > format) {
    const what = `the backup ${file} has format ${number}, and this version of Bakewatch knows up to ${format}`;
    throw new AppError('invalid', `${what}; restore it with the version that made it, or a newer one`);
  }
  const manifest = BackupManifest.safeParse(parse(second)).data;
  if (manifest === undefined) throw damaged(file);
  return { manifest, headBytes: Buffer.byteLength(`${first}\n${second}\n`) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

type FileParts = { readonly file: string; readonly size: number; readonly headBytes: number };

async function assertWhole(handle: FileHandle, { file, size, headBytes }: FileParts): Promise<void> {
  const end = size - trailerBytes;
  const trailer = end < headBytes ? '' : (await handle.read(Buffer.alloc(trailerBytes), 0, trailerBytes, end)).buffer.toString('latin1');
  const [, expected] = trailerPattern.exec(trailer) ?? [];
  if (expected === undefined) {
    throw new AppError('invalid', `the backup ${file} is incomplete: its end is missing; copy it again, or take another backup`);
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { end: end - 1 })) hash.update(chunk);
  if (hash.digest('hex') !== expected) throw damaged(file);
}

function damaged(file: string): AppError {
  return new AppError('invalid', `the backup ${file} is damaged: its checksum is wrong; copy it again, or take another backup`);
}
