import { readdirSync, readFileSync } from 'node:fs';

/** The text of a file. */
export function readFile(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The names of the files in a folder. */
export function listFiles(folder: string): readonly string[] {
  return readdirSync(folder);
}
