import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The project's root, wherever the clone lies. */
export const root = join(import.meta.dirname, '..', '..');

const ignoredFolders = new Set(['node_modules', '.node', '.git', '.data', 'dist', 'coverage']);

/** Every file below a folder (or the whole project), as paths from the root with `/`, without installed and built files. */
export function filesBelow(folder = '.'): readonly string[] {
  const start = join(root, folder);
  // git keeps no empty folders, so a clone may lack one.
  if (!existsSync(start)) return [];
  return readdirSync(start, { withFileTypes: true }).flatMap((entry) => {
    const path = join(start, entry.name);
    if (entry.isDirectory()) return ignoredFolders.has(entry.name) ? [] : filesBelow(relative(root, path));
    // In a worktree `.git` is a file.
    return entry.isFile() && entry.name !== '.git' ? [relative(root, path).split(sep).join('/')] : [];
  });
}

/** The text of a file, named by its path from the root. */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** A TypeScript source, read once: its path, its text, and its text without comments and without what stands in quotes. */
export type Source = { readonly path: string; readonly text: string; readonly code: string; readonly imports: readonly string[] };

/** All TypeScript sources below the named folders. */
export function sourcesBelow(...folders: readonly string[]): readonly Source[] {
  return folders
    .flatMap((folder) => filesBelow(folder))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = read(path);
      return { path, text, code: withoutWords(text), imports: importsOf(text) };
    });
}

const wordless = /\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;

/** Blanks out comments and quoted text but keeps the lines, so that a rule about code does not trip over prose. */
export function withoutWords(text: string): string {
  return text.replace(wordless, (match) => match.replace(/[^\n]/g, ' '));
}

/** What a source imports or re-exports, statically or not, types included, as written. */
export function importsOf(text: string): readonly string[] {
  const statements = /^(?:import|export)\s(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
  const calls = /\bimport\(\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(statements), ...text.matchAll(calls)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}
