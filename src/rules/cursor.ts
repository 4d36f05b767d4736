import type { z } from 'zod';
import type { Problems } from './problems.ts';
import { childOf, type FilePosition, formatPath, hiddenIn, plainValue, type Tree } from './tree.ts';
import { findingsOf, typeNameOf, unknownKey } from './zod-problems.ts';

type Key = string | number;

/** A place in a document that is being read: takes values out by schema and reports problems where they stand. */
export class Cursor {
  readonly tree: Tree | null;
  readonly path: readonly Key[];
  readonly problems: Problems;
  readonly #nearest: Tree;

  /** `nearest` is the closest value that exists: the tree itself, or what it is missing from. */
  private constructor(spot: { tree: Tree | null; nearest: Tree; path: readonly Key[] }, problems: Problems) {
    this.tree = spot.tree;
    this.#nearest = spot.nearest;
    this.path = spot.path;
    this.problems = problems;
  }

  /** The top of a document. */
  static top(tree: Tree, problems: Problems): Cursor {
    return new Cursor({ tree, nearest: tree, path: [] }, problems);
  }

  get isPresent(): boolean {
    return this.tree !== null;
  }

  /** The keys of a map, in their order; none for anything else. */
  get keys(): readonly string[] {
    return this.tree?.body.kind === 'map' ? [...this.tree.body.entries.keys()] : [];
  }

  /** The entries of a list, or the value itself where it is not a list: `notify: team` is `notify: [team]`. */
  get items(): readonly Cursor[] {
    if (this.tree === null) return [];
    return this.tree.body.kind === 'list' ? this.tree.body.items.map((_, i) => this.at(i)) : [this];
  }

  /** Where the value stands, or what it is missing from. */
  get place(): FilePosition {
    return this.tree?.at ?? this.#nearest.keyAt;
  }

  /** The plain value; `undefined` where there is none. */
  get value(): unknown {
    return this.tree === null ? undefined : plainValue(this.tree);
  }

  at(key: Key): Cursor {
    const child = this.tree === null ? undefined : childOf(this.tree, key);
    return new Cursor({ tree: child ?? null, nearest: child ?? this.#nearest, path: [...this.path, key] }, this.problems);
  }

  /** The value as the schema gives it; `undefined` after reporting what the schema has against it. */
  take<S extends z.ZodType>(schema: S): z.output<S> | undefined {
    const value = this.value;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    this.reportZod(result.error, schema);
    return undefined;
  }

  /** Reports everything a schema has against the value at this place. `known`: keys that may stand there beside the schema's. */
  reportZod(error: z.ZodError, schema: z.core.$ZodType, known: readonly string[] = []): void {
    for (const finding of findingsOf(error, { schema, known }, this.value)) {
      let spot: Cursor = this;
      for (const key of finding.path) spot = spot.at(key);
      if (finding.isKey) spot.keyProblem(finding.message, finding.hint);
      else spot.problem(finding.message, finding.hint);
    }
  }

  /** Whether the value is a map with no other keys than these; reports what is wrong otherwise, and is true as soon as it is a map. */
  isMapOf(known: readonly string[]): boolean {
    if (!this.isMap(`known: ${known.join(', ')}`)) return false;
    for (const key of this.keys) {
      if (known.includes(key)) continue;
      const { message, hint } = unknownKey(key, known);
      this.at(key).keyProblem(message, hint);
    }
    return true;
  }

  /** Whether the value is a map; reports it otherwise, with the hint. */
  isMap(hint?: string): boolean {
    if (this.tree?.body.kind === 'map') return true;
    if (this.tree === null) this.problem('is required');
    else this.problem(this.value === null ? 'is empty; it must be a map' : `must be a map, not ${typeNameOf(this.value)}`, hint);
    return false;
  }

  problem(message: string, hint?: string): void {
    this.#report(this.place, message, hint);
  }

  /** Reports a problem with the key rather than with what stands under it. */
  keyProblem(message: string, hint?: string): void {
    this.#report(this.#nearest.keyAt, message, hint);
  }

  #report(place: FilePosition, message: string, hint: string | undefined): void {
    if (this.tree?.body.kind === 'scalar' && this.tree.body.isBroken) return;
    const hidden = this.tree === null ? [] : hiddenIn(this.tree);
    const isTold = hidden.some((text) => reveals(message, text) || reveals(hint ?? '', text));
    const words = isTold ? { message: 'is not accepted (its value comes from outside and is not shown)' } : { message, hint };
    this.problems.add({ ...place, path: formatPath(this.path), ...words });
  }
}

/** Whether a message gives away six or more consecutive characters of a text that must not be shown (all of it, where it is shorter). */
function reveals(message: string, hidden: string): boolean {
  const size = Math.min(6, hidden.length);
  if (size === 0) return false;
  for (let i = 0; i + size <= hidden.length; i++) if (message.includes(hidden.slice(i, i + size))) return true;
  return false;
}
