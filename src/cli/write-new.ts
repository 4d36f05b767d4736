import { dirname } from 'node:path';

// The module is taken when something is written: it costs every command three milliseconds at its start.
const files = () => import('node:fs/promises');

/** Writes a text into a file, which may exist. */
export async function writeText(path: string, text: string): Promise<void> {
  await (await files()).writeFile(path, text);
}

/** Writes a file that does not exist yet, and the folders above it. Returns false, and changes nothing, where it exists. */
export async function writeNew(path: string, text: string): Promise<boolean> {
  const { mkdir, writeFile } = await files();
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
