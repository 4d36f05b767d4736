/** A position in a file. Lines and columns count from 1. */
export type FilePosition = { readonly file: string; readonly line: number; readonly column: number };

/** A YAML value with its position. `keyAt` is the position of its key. In lists and at the root it is the position of the value itself. */
export type Tree = { readonly at: FilePosition; readonly keyAt: FilePosition; readonly body: Body };

/** The content of a YAML value. */
export type Body =
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Tree> }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  /**
   * `hidden`: texts from the environment or a file, which must not be shown.
   * `isBroken`: a problem with it is already reported, so no other one is.
   * `placeAt`: where a character of the text is written.
   */
  | {
      readonly kind: 'scalar';
      readonly value: string | number | boolean | null;
      readonly hidden: readonly string[];
      readonly isBroken?: boolean;
      readonly placeAt?: (character: number) => FilePosition;
    };

/** Returns the value under a key or an index, or `undefined`. */
export function childOf(tree: Tree, key: string | number): Tree | undefined {
  if (tree.body.kind === 'map') return tree.body.entries.get(String(key));
  if (tree.body.kind === 'list' && typeof key === 'number') return tree.body.items[key];
  return undefined;
}

/** Converts the tree to plain values, as `JSON.parse` would return them. */
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

/** Returns every hidden text in the tree. */
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

/** Merges `own` over `base`: maps key by key; any other value of `own` replaces that of `base`. Each value keeps its position. */
export function mergeTrees(base: Tree, own: Tree): Tree {
  if (base.body.kind !== 'map' || own.body.kind !== 'map') return own;
  const entries = new Map(base.body.entries);
  for (const [key, child] of own.body.entries) {
    const below = base.body.entries.get(key);
    entries.set(key, below ? mergeTrees(below, child) : child);
  }
  return { ...own, body: { kind: 'map', entries } };
}

/** Formats a path as people write it: `checks.errors.fail_when[0].above`. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[\w-]+$/.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${JSON.stringify(key.slice(0, 60))}]`;
  }
  return text;
}
