import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import { sourcesBelow } from '../meta/tree.ts';

const paths = sourcesBelow('src/core', 'src/rules').map(({ path }) => path);
const folders = [...new Set(paths.map((path) => dirname(path)))];

describe.for(folders)('the README of %s', (folder) => {
  const page = readFileSync(`${folder}/README.md`, 'utf8');

  test('names every file of the folder', () => {
    const files = paths.filter((path) => dirname(path) === folder).map((path) => basename(path));
    expect(files.filter((file) => !page.includes(`\`${file}\``))).toEqual([]);
  });

  test('names no file that does not exist', () => {
    const named = [...page.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name = '']) => name);
    const known = new Set(paths.flatMap((path) => [path, basename(path)]));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test('fits on one screen', () => {
    expect(page.split('\n').length).toBeLessThanOrEqual(folder === 'src/rules' ? 40 : 26);
  });
});

test('the README of src/core names every shelf, and every link of it leads to a file', () => {
  const page = readFileSync('src/core/README.md', 'utf8');
  const shelves = folders.filter((folder) => folder.startsWith('src/core/')).map((folder) => basename(folder));
  expect(shelves.filter((shelf) => !page.includes(`[${shelf}](${shelf}/README.md)`))).toEqual([]);
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
  for (const link of links) expect(readFileSync(`src/core/${link}`, 'utf8')).not.toBe('');
});
