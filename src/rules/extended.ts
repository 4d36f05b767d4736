import { dirname, join } from 'node:path';
import type { RulesText } from './context.ts';
import { Cursor } from './cursor.ts';
import type { Problems } from './problems.ts';
import { readFileText } from './read-text.ts';
import { readYaml } from './read-yaml.ts';
import { Extends } from './rule-file.ts';
import { mergeTrees, type Tree } from './tree.ts';
import { show } from './values.ts';

const maxChain = 5;

/** The tree of a rule file, laid over those it extends. `null` where one of them cannot be read; then the problems say why. */
export function readExtended(rules: RulesText, problems: Problems): Tree | null {
  return readChain(rules, [rules.file], problems);
}

function readChain({ text, file, context }: RulesText, chain: readonly string[], problems: Problems): Tree | null {
  const tree = readYaml(text, file, problems);
  if (tree === null || tree.body.kind !== 'map' || !tree.body.entries.has('extends')) return tree;
  const cursor = Cursor.top(tree, problems).at('extends');
  const name = cursor.take(Extends);
  const path = name === undefined ? null : extendedPath(name, chain, cursor);
  if (path === null) return null;
  if (!context.readFile) {
    cursor.problem('another file cannot be read here', 'a rule file that travels by itself must be complete');
    return null;
  }
  const baseText = readFileText(path, context.readFile, cursor);
  const base = baseText === null ? null : readChain({ text: baseText, file: path, context }, [...chain, path], problems);
  if (base === null) return null;
  return Cursor.top(base, problems).isMap() ? withoutExtends(mergeTrees(base, tree)) : null;
}

function extendedPath(name: string, chain: readonly string[], cursor: Cursor): string | null {
  const leaves = /^([/\\~]|[A-Za-z]:)/.test(name) || name.includes('\\') || name.split('/').includes('..');
  if (leaves || name.includes('\0')) {
    cursor.problem(
      `${show(name)} leaves the folder of this file`,
      'name a file in the same folder or below it, such as shared/defaults.yaml',
    );
    return null;
  }
  const path = join(dirname(chain.at(-1) ?? ''), name);
  if (chain.some((file) => join(file) === path)) {
    cursor.problem(`${show(name)} leads back to itself`, `the chain is ${[...chain, path].join(' → ')}`);
    return null;
  }
  if (chain.length < maxChain) return path;
  cursor.problem(`more than ${maxChain} files extend each other`);
  return null;
}

function withoutExtends(tree: Tree): Tree {
  if (tree.body.kind !== 'map') return tree;
  const entries = new Map(tree.body.entries);
  entries.delete('extends');
  return { ...tree, body: { kind: 'map', entries } };
}
