import type { z } from 'zod';
import type { Problems } from './problems.ts';
import { childOf, type FilePosition, formatPath, hiddenIn, plainValue, type Tree } from './tree.ts';
import { typeNameOf, unknownKey, zodProblems } from './zod-problems.ts';

type Key = string | number;

/** A place in a parsed document. Reads its value with a schema, and reports problems with file, line and column. */
export class Cursor {
  readonly tree: Tree | null;
  readonly path: readonly Key[];
  readonly problems: Problems;
  readonly #nearest: Tree;

  /** `nearest` is the closest existing value: the tree itself, or the map that lacks it. */
  private constructor(spot: { tree: Tree | null; nearest: Tree; path: readonly Key[] }, problems: Problems) {
    this.tree = spot.tree;
    this.#nearest = spot.nearest;
    this.path = spot.path;
    this.problems = problems;
  }

  /** The root of a document. */
  static top(tree: Tree, problems: Problems): Cursor {
    return new Cursor({ tree, nearest: tree, path: [] }, problems);
  }

  /** The first character of a file, for problems with the file itself. */
  static ofFile(file: string, problems: Problems): Cursor {
    const at = { file, line: 1, column: 1 };
    return Cursor.top({ at, keyAt: at, body: { kind: 'scalar', value: null, hidden: [] } }, problems);
  }

  get isPresent(): boolean {
    return this.tree !== null;
  }

  /** The keys of a map, in order. Empty for any other value. */
  get keys(): readonly string[] {
    return this.tree?.body.kind === 'map' ? [...this.tree.body.entries.keys()] : [];
  }

  /** The entries of a list. A single value counts as a list of one: `notify: team` means `notify: [team]`. */
  get items(): readonly Cursor[] {
    if (this.tree === null) return [];
    return this.tree.body.kind === 'list' ? this.tree.body.items.map((_, i) => this.at(i)) : [this];
  }

  /** The position of the value or, if it is missing, of the key of the map that lacks it. */
  get place(): FilePosition {
    return this.tree?.at ?? this.#nearest.keyAt;
  }

  /** Whether a part of the value comes from the environment or from a file, so that it must not be shown. */
  get isHidden(): boolean {
    return this.tree !== null && hiddenIn(this.tree).length > 0;
  }

  /** The value as plain JavaScript data. `undefined` if it is missing. */
  get value(): unknown {
    return this.tree === null ? undefined : plainValue(this.tree);
  }

  /** The same place, which reports its problems to another list. */
  reportingTo(problems: Problems): Cursor {
    return new Cursor({ tree: this.tree, nearest: this.#nearest, path: this.path }, problems);
  }

  at(key: Key): Cursor {
    const child = this.tree === null ? undefined : childOf(this.tree, key);
    return new Cursor({ tree: child ?? null, nearest: child ?? this.#nearest, path: [...this.path, key] }, this.problems);
  }

  /** Parses the value with a schema. Returns `undefined` and reports the problems if it is invalid. */
  take<S extends z.ZodType>(schema: S): z.output<S> | undefined {
    const value = this.value;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    this.reportZod(result.error, schema);
    return undefined;
  }

  /** Reports every problem that a schema found at this place. `known`: keys that are valid here in addition to the schema's. */
  reportZod(error: z.ZodError, schema: z.core.$ZodType, known: readonly string[] = []): void {
    for (const problem of zodProblems(error, { schema, known }, this.value)) {
      let spot: Cursor = this;
      for (const key of problem.path) spot = spot.at(key);
      if (problem.isKey) spot.keyProblem(problem.message, problem.hint);
      else spot.problem(problem.message, problem.hint);
    }
  }

  /** Returns whether the value is a map. Reports the problem if it is not, and each key that is not known. */
  isMapOf(known: readonly string[]): boolean {
    if (!this.isMap(`known: ${known.join(', ')}`)) return false;
    for (const key of this.keys) {
      if (known.includes(key)) continue;
      const { message, hint } = unknownKey(key, known);
      this.at(key).keyProblem(message, hint);
    }
    return true;
  }

  /** Returns whether the value is a map. Reports the problem, with the hint, if it is not. */
  isMap(hint?: string): boolean {
    if (this.tree?.body.kind === 'map') return true;
    if (this.tree === null) this.problem('is required');
    else this.problem(this.value === null ? 'is empty; it must be a map' : `must be a map, not ${typeNameOf(this.value)}`, hint);
    return false;
  }

  problem(message: string, hint?: string): void {
    this.#report(this.place, message, hint);
  }

  /** Reports a problem at one character of a text, counted from 0. */
  problemAt(character: number, message: string, hint?: string): void {
    const body = this.tree?.body;
    const place = body?.kind === 'scalar' ? body.placeAt?.(character) : undefined;
    this.#report(place ?? this.place, message, hint);
  }

  /** Adds a note about the value, which is correct. */
  note(message: string): void {
    if (this.isHidden) return;
    this.problems.addNote({ ...this.place, path: formatPath(this.path), message });
  }

  /** Adds a warning about the value, which is allowed. The message must not say more of a hidden value than that there is one. */
  warn(message: string, hint: string): void {
    if (this.tree?.body.kind === 'scalar' && this.tree.body.isBroken) return;
    this.problems.addWarning({ ...this.place, path: formatPath(this.path), message, hint });
  }

  /** Reports a problem with the key, not with its value. */
  keyProblem(message: string, hint?: string): void {
    this.#report(this.#nearest.keyAt, message, hint);
  }

  #report(place: FilePosition, message: string, hint: string | undefined): void {
    if (this.tree?.body.kind === 'scalar' && this.tree.body.isBroken) return;
    const hidden = this.tree === null ? [] : hiddenIn(this.tree);
    const showsSecret = hidden.some((secret) => reveals(message, secret) || reveals(hint ?? '', secret));
    const text = showsSecret ? { message: 'is invalid (the value may be a secret, so it is not shown)' } : { message, hint };
    this.problems.add({ ...place, path: formatPath(this.path), ...text });
  }
}

/** Whether a message contains six consecutive characters of a hidden text, or all of a shorter one. */
function reveals(message: string, hidden: string): boolean {
  const size = Math.min(6, hidden.length);
  if (size === 0) return false;
  for (let i = 0; i + size <= hidden.length; i++) if (message.includes(hidden.slice(i, i + size))) return true;
  return false;
}
