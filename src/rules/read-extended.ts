import { dirname, join } from 'node:path';
import { show } from '../core/rules/written-values.ts';
import { Cursor } from './cursor.ts';
import type { Problems } from './problems.ts';
import { readFileText } from './read-file-text.ts';
import { readYaml } from './read-yaml.ts';
import { Extends } from './rule-file.ts';
import type { RulesText } from './rules-context.ts';
import { mergeTrees, type Tree } from './tree.ts';

const maxChain = 5;

/** Reads a rule file, merged over the files that it extends. Returns `null` and reports the problem if one of them cannot be read. */
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
    cursor.problem('`extends` does not work here', 'a rule file that is sent with a request must be complete');
    return null;
  }
  const baseText = readFileText(path, context.readFile, cursor);
  const base = baseText === null ? null : readChain({ text: baseText, file: path, context }, [...chain, path], problems);
  if (base === null) return null;
  return Cursor.top(base, problems).isMap() ? withoutExtends(mergeTrees(base, tree)) : null;
}

function extendedPath(name: string, chain: readonly string[], cursor: Cursor): string | null {
  const leavesFolder = /^([/\\~]|[A-Za-z]:)/.test(name) || name.includes('\\') || name.split('/').includes('..');
  if (leavesFolder || name.includes('\0')) {
    cursor.problem(
      `${show(name)} is outside of the folder of this file`,
      'name a file in the same folder or in a folder below it, such as shared/defaults.yaml',
    );
    return null;
  }
  const path = join(dirname(chain.at(-1) ?? ''), name);
  if (chain.some((file) => join(file) === path)) {
    cursor.problem(`${show(name)} extends itself`, `the chain is ${[...chain, path].join(' → ')}`);
    return null;
  }
  if (chain.length < maxChain) return path;
  cursor.problem(`the chain of \`extends\` is longer than ${maxChain} files`);
  return null;
}

function withoutExtends(tree: Tree): Tree {
  if (tree.body.kind !== 'map') return tree;
  const entries = new Map(tree.body.entries);
  entries.delete('extends');
  return { ...tree, body: { kind: 'map', entries } };
}
