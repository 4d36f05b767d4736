import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { AppError } from '../core/base/errors.ts';

const blockBytes = 512;

type TarEntry = { readonly name: string; readonly size: number; readonly kind: string };

/** Unpacks the tar archive of a base backup into a folder that exists. It has folders and files only. Throws `AppError('invalid')` for anything else. */
export async function unpackTar(archive: AsyncIterable<Buffer>, folder: string): Promise<void> {
  const source = createSource(archive);
  for (;;) {
    const block = await source.take(blockBytes);
    // Blocks of zeros end an archive.
    if (block === null || block.every((byte) => byte === 0)) break;
    await unpackEntry(readEntry(block), { folder, source });
  }
  while ((await source.some()) !== null);
}

type TarPlace = { readonly folder: string; readonly source: TarSource };

async function unpackEntry({ name, size, kind }: TarEntry, { folder, source }: TarPlace): Promise<void> {
  const path = join(folder, name);
  if (kind === '5') return void (await mkdir(path, { recursive: true, mode: 0o700 }));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', 0o600);
  try {
    await copy(source, { file, size });
  } finally {
    await file.close();
  }
  await source.take((blockBytes - (size % blockBytes)) % blockBytes);
}

async function copy(source: TarSource, { file, size }: { readonly file: FileHandle; readonly size: number }): Promise<void> {
  for (let left = size; left > 0; ) {
    const chunk = await source.some(left);
    if (chunk === null) throw broken();
    await file.writeFile(chunk);
    left -= chunk.length;
  }
}

function readEntry(block: Buffer): TarEntry {
  const text = (from: number, length: number) => block.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const name = [text(345, 155), text(0, 100)].filter(Boolean).join('/');
  const size = Number.parseInt(text(124, 12), 8);
  const kind = text(156, 1) || '0';
  const isSafe = name !== '' && !name.startsWith('/') && !normalize(name).startsWith('..');
  if (!isSafe || !Number.isInteger(size) || !/^[05]$/.test(kind)) throw broken();
  return { name, size, kind };
}

type TarSource = {
  /** The next bytes, up to a maximum; `null` at the end. */
  some(maxBytes?: number): Promise<Buffer | null>;
  /** Exactly this number of bytes; `null` at the end. */
  take(bytes: number): Promise<Buffer | null>;
};

function createSource(archive: AsyncIterable<Buffer>): TarSource {
  const chunks = archive[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  async function some(maxBytes = Number.POSITIVE_INFINITY): Promise<Buffer | null> {
    while (rest.length === 0) {
      const next = await chunks.next();
      if (next.done === true) return null;
      rest = next.value;
    }
    const part = rest.subarray(0, maxBytes);
    rest = rest.subarray(part.length);
    return part;
  }
  async function take(bytes: number): Promise<Buffer | null> {
    const parts: Buffer[] = [];
    for (let left = bytes; left > 0; ) {
      const part = await some(left);
      if (part === null && parts.length === 0) return null;
      if (part === null) throw broken();
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }
  return { some, take };
}

function broken(): AppError {
  return new AppError('invalid', 'the archive in the backup cannot be read; take another backup');
}
