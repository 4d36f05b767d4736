import { describe, expect, test } from 'vitest';
import { read } from './tree.ts';

const page = read('docs/explanation/architecture.md');
const rules = read('test/architecture.test.ts');

/** The lists of names in an object literal of the architecture test: what a folder may import, or the shelves of a folder. */
function listsIn(variable: string): ReadonlyMap<string, readonly string[]> {
  const [, rest = ''] = rules.split(`const ${variable}:`);
  const [literal = ''] = rest.split('\n};');
  const rows = literal.matchAll(/^ {2}'?([\w/]+)'?: \[([^\]]*)\]/gm);
  return new Map([...rows].map(([, name = '', list = '']) => [name, [...list.matchAll(/'([^']+)'/g)].map(([, item = '']) => item)]));
}

const namesIn = (text: string) => [...text.matchAll(/`([\w/.-]+?)\/?`/g)].map(([, name = '']) => name);

describe('the page about the architecture', () => {
  test('has the table of imports that the architecture test checks', () => {
    const rows = page.split('\n').flatMap((line) => {
      const [, folders = '', , allowed = ''] = /^\| (.*?) \| (.*?) \| ?(.*?) ?\|$/.exec(line) ?? [];
      return namesIn(folders).map((folder) => [folder, namesIn(allowed)] as const);
    });
    const imports = [...listsIn('mayImport')];
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.filter(([folder, allowed]) => JSON.stringify(new Map(rows).get(folder)) !== JSON.stringify(allowed))).toEqual([]);
  });

  test('lists the shelves of core in their order', () => {
    const table = page.split('| shelf | holds |')[1]?.split('\n\n')[0] ?? '';
    const shown = table.split('\n').flatMap((line) => namesIn(line.split('|')[1] ?? ''));
    expect(shown).toEqual(listsIn('shelves').get('src/core'));
  });
});
