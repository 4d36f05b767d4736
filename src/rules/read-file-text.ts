import { show } from '../core/rules/written-values.ts';
import type { Cursor } from './cursor.ts';

const reasonsByCode: Readonly<Record<string, string>> = {
  ENOENT: ': it does not exist',
  EISDIR: ': it is a folder',
  EACCES: ': permission denied',
};

/** Reads a file. Returns `null` and reports the problem at the cursor if that fails. `readFile` may throw anything. */
export function readFileText(path: string, readFile: (path: string) => string, cursor: Cursor): string | null {
  try {
    return readFile(path);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    cursor.problem(`the file ${show(path)} cannot be read${reasonsByCode[code] ?? (code === '' ? '' : `: ${code}`)}`);
    return null;
  }
}
