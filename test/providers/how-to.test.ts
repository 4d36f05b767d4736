import { expect, test } from 'vitest';
import { read } from '../meta/tree.ts';

test('the how-to shows the provider and the test that are tested here', () => {
  const fences = [...read('docs/how-to/add-a-provider.md').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text);
  const provider = read('test/providers/example/acme.ts')
    .replaceAll("'../../../providers/", "'./")
    .replaceAll("'../../../src/", "'../src/");
  const test = read('test/providers/acme.test.ts').replace("'./example/acme.ts'", "'../../providers/acme.ts'");
  expect(fences).toEqual([provider, test].map(withSortedImports));
});

/** The order that the linter wants: packages first, then the paths that lead up the furthest. */
function withSortedImports(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('import '));
  const rank = (line: string): string => (/from '(.*)'/.exec(line)?.[1] ?? '').replace(/^(?!\.)/, ' ').replace(/^\.\//, '~');
  const imports = lines.slice(0, end).sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return [...imports, ...lines.slice(end)].join('\n');
}
