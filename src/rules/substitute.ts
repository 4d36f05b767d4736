import { dirname, isAbsolute, join } from 'node:path';
import type { ConfigSources } from './config.ts';
import { Cursor } from './cursor.ts';
import type { Problems } from './problems.ts';
import { readFileText } from './read-file-text.ts';
import type { Body, Tree } from './tree.ts';

type SubstituteSources = Pick<ConfigSources<unknown, unknown, unknown, unknown>, 'env' | 'readFile'> & { readonly file: string };

/** Matches `${NAME}`, the escape `$${`, and a `${` without a closing brace. */
const reference = /\$\$\{|\$\{([^}]*)\}|\$\{/g;

/**
 * Replaces `${NAME}` by the environment variable, and `file:PATH` by the trimmed text of the file, in every text of the tree.
 * The values are marked as hidden, so that no message shows them. Reports missing variables and unreadable files.
 */
export function substitute(tree: Tree, world: SubstituteSources, problems: Problems): Tree {
  return fillTree(Cursor.top(tree, problems), tree, world);
}

function fillTree(cursor: Cursor, tree: Tree, world: SubstituteSources): Tree {
  const { body } = tree;
  switch (body.kind) {
    case 'map':
      return {
        ...tree,
        body: { kind: 'map', entries: new Map([...body.entries].map(([key, child]) => [key, fillTree(cursor.at(key), child, world)])) },
      };
    case 'list':
      return { ...tree, body: { kind: 'list', items: body.items.map((item, i) => fillTree(cursor.at(i), item, world)) } };
    case 'scalar':
      return typeof body.value === 'string' ? { ...tree, body: fillText(cursor, body.value, world) } : tree;
  }
}

function fillText(cursor: Cursor, written: string, world: SubstituteSources): Body {
  const hidden: string[] = [];
  const hide = (text: string): string => {
    if (text !== '') hidden.push(text);
    cursor.problems.hide(text);
    return text;
  };
  const bare = /^\$([A-Z_][A-Z0-9_]*)$/.exec(written)?.[1];
  if (bare !== undefined) cursor.problem(`$${bare} is not replaced`, `write \${${bare}} to take it from the environment`);
  let isBroken = bare !== undefined;
  const text = written.replace(reference, (whole, name?: string) => {
    if (whole === '$${') return '${';
    const value = name !== undefined && Object.hasOwn(world.env, name) ? world.env[name] : undefined;
    if (value !== undefined) return hide(value);
    reportReference(cursor, name);
    isBroken = true;
    return '';
  });
  if (isBroken || !text.startsWith('file:')) return { kind: 'scalar', value: text, hidden, isBroken };
  const path = text.slice('file:'.length);
  const content = readFileText(isAbsolute(path) ? path : join(dirname(world.file), path), world.readFile, cursor);
  return { kind: 'scalar', value: hide((content ?? '').trim()), hidden, isBroken: content === null };
}

function reportReference(cursor: Cursor, name: string | undefined): void {
  if (name === undefined) cursor.problem('`${` has no closing brace', `write \${NAME}, or $\${ for a plain \${`);
  else if (/^[A-Za-z_]\w*$/.test(name))
    cursor.problem(`the environment variable ${name.slice(0, 100)} is not set`, 'set it where the server is started');
  else
    cursor.problem(
      `the text between \`\${\` and \`}\` is not the name of an environment variable`,
      `use letters, digits and _; write $\${ for a plain \${`,
    );
}
