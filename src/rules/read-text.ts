import type { Cursor } from './cursor.ts';
import { show } from './values.ts';

const reasonsByCode: Readonly<Record<string, string>> = {
  ENOENT: ': there is none',
  EISDIR: ': it is a folder',
  EACCES: ': this user may not read it',
};

/** The text of a file, or `null` after reporting at the cursor why it cannot be read. The handed-in reader may throw anything. */
export function readFileText(path: string, readFile: (path: string) => string, cursor: Cursor): string | null {
  try {
    return readFile(path);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    cursor.problem(`the file ${show(path)} cannot be read${reasonsByCode[code] ?? (code === '' ? '' : `: ${code}`)}`);
    return null;
  }
}
