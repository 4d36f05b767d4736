import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError } from '../core/base/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'its quota is used up',
  EFBIG: 'it would be larger than a file may be',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is read-only',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is in its way',
  ENOENT: 'it cannot be created there',
  EIO: 'its disk fails',
};

/** Why a file or a folder cannot be written, in words for people; `null` where the error means something else. */
function whyUnwritable(error: unknown): string | null {
  return reasons[codeOf(error)] ?? null;
}

/** The code that Node gives an error of the file system, such as `ENOENT`; an empty text for other errors. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Returns the error as one sentence where it says that `what`, which lies at `path`, cannot be written, and otherwise unchanged. */
export function explainUnwritable(error: unknown, { what, path }: { readonly what: string; readonly path: string }): unknown {
  if (error instanceof AppError) return error;
  const why = (codeOf(error) === 'ENOENT' ? whyFolderUnwritable(path) : null) ?? whyUnwritable(error);
  return why === null ? error : new AppError('unavailable', `${what} cannot be written: ${why}`, { cause: error });
}

// On a read-only disk Node says that a folder does not exist where it cannot be created.
function whyFolderUnwritable(path: string): string | null {
  let folder = resolve(path);
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return null;
  } catch (error) {
    return whyUnwritable(error);
  }
}
