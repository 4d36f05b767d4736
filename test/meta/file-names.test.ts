import { describe, expect, test } from 'vitest';
import { filesBelow, read, sourcesBelow } from './tree.ts';

const files = filesBelow();
const comment = /\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*/g;
/** A TypeScript file as prose names it: `tree.ts`, `meta/tree.ts`, `../test/meta/tree.ts`. Placeholders such as `NAME.ts` are none. */
const fileName = /(?<![\w./<>*-])(?:\.{1,2}\/)*((?:[\w.-]+\/)*[a-z][\w.-]*\.ts)\b(?![.\w-])/g;
/** The how-tos add plug-ins for an invented vendor. */
const invented = /(?:^|\/)(?:acme|jump|swarm|ntfy)[.-]/;

const pages = files.filter((path) => /^(?:docs|src|analyzers|providers|test)\/.*\.md$|^(?:README|CONTRIBUTING|AGENTS)\.md$/.test(path));

describe('file names in prose', () => {
  test.for(['src', 'analyzers', 'providers', 'test', 'script', 'bench', 'examples'])(
    'every TypeScript file that a comment in %s names exists',
    (folder) => {
      const comments = sourcesBelow(folder).map(({ path, text }) => ({ path, text: [...text.matchAll(comment)].join('\n') }));
      expect(comments.flatMap(({ path, text }) => lostNames(text).map((name) => `${path}: ${name}`))).toEqual([]);
    },
  );

  test('every TypeScript file that a page names exists', () => {
    expect(pages.flatMap((path) => lostNames(read(path)).map((name) => `${path}: ${name}`))).toEqual([]);
  });

  test.for([
    { name: 'a file by its name', text: 'See `tree.ts`, and file-names.test.ts.', lost: [] },
    { name: 'a file by the end of its path', text: 'meta/tree.ts, test/meta/tree.ts or ../../test/meta/tree.ts', lost: [] },
    { name: 'a file that is not there', text: 'See no-such.ts and (meta/no-such.ts).', lost: ['no-such.ts', 'meta/no-such.ts'] },
    { name: 'the right file in the wrong folder', text: 'core/tree.ts', lost: ['core/tree.ts'] },
    { name: 'a part of another name', text: 'ree.ts', lost: ['ree.ts'] },
    {
      name: 'patterns and placeholders',
      text: '*.test.ts, `.test.ts`, providers/<name>.ts, NAME.ts, schema.ts.bak, providers/acme.ts',
      lost: [],
    },
  ])('$name', ({ text, lost }) => expect(lostNames(text)).toEqual(lost));
});

function lostNames(text: string): readonly string[] {
  const names = [...text.matchAll(fileName)].map(([, name = '']) => name);
  return names.filter((name) => !invented.test(name) && !files.some((path) => path === name || path.endsWith(`/${name}`)));
}
