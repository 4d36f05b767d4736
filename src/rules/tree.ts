/** Where something stands in a file. Lines and columns count from 1. */
export type FilePosition = { readonly file: string; readonly line: number; readonly column: number };

/** A YAML value with its place. `keyAt` is the place of the key it stands under (of the value itself in lists and at the top). */
export type Tree = { readonly at: FilePosition; readonly keyAt: FilePosition; readonly body: Body };

export type Body =
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Tree> }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  /**
   * `hidden`: texts that were filled in from the environment or a file and may not be shown.
   * `isBroken`: what is wrong with it has been reported, so that nothing more need be said.
   */
  | {
      readonly kind: 'scalar';
      readonly value: string | number | boolean | null;
      readonly hidden: readonly string[];
      readonly isBroken?: boolean;
    };

/** The value under a key or an index; `undefined` where there is none. */
export function childOf(tree: Tree, key: string | number): Tree | undefined {
  if (tree.body.kind === 'map') return tree.body.entries.get(String(key));
  if (tree.body.kind === 'list' && typeof key === 'number') return tree.body.items[key];
  return undefined;
}

/** The tree as plain values, as `JSON.parse` would give them. */
export function plainValue(tree: Tree): unknown {
  switch (tree.body.kind) {
    case 'map':
      return Object.fromEntries([...tree.body.entries].map(([key, child]) => [key, plainValue(child)]));
    case 'list':
      return tree.body.items.map(plainValue);
    case 'scalar':
      return tree.body.value;
  }
}

/** Every text in the tree that may not be shown. */
export function hiddenIn(tree: Tree): readonly string[] {
  switch (tree.body.kind) {
    case 'map':
      return [...tree.body.entries.values()].flatMap(hiddenIn);
    case 'list':
      return tree.body.items.flatMap(hiddenIn);
    case 'scalar':
      return tree.body.hidden;
  }
}

/** `own` laid over `base`: maps are merged key by key, anything else of `own` replaces what `base` has. Each value keeps its place. */
export function mergeTrees(base: Tree, own: Tree): Tree {
  if (base.body.kind !== 'map' || own.body.kind !== 'map') return own;
  const entries = new Map(base.body.entries);
  for (const [key, child] of own.body.entries) {
    const below = base.body.entries.get(key);
    entries.set(key, below ? mergeTrees(below, child) : child);
  }
  return { ...own, body: { kind: 'map', entries } };
}

/** A path as people write it: `checks.errors.fail_when[0].above`. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[\w-]+$/.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${JSON.stringify(key.slice(0, 60))}]`;
  }
  return text;
}
