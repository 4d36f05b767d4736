import { z } from 'zod';
import { didYouMean, nearest } from '../core/base/did-you-mean.ts';

/** A problem at or below a value. `isKey`: the key is wrong, not its value. */
export type ZodProblem = {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string | undefined;
  readonly isKey: boolean;
};

/** Turns the issues of a zod schema into messages for people: one for each unknown key and each invalid value. */
export function zodProblems(error: z.ZodError, { schema, known }: ExpectedSchema, value: unknown): readonly ZodProblem[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0
      ? unknownKeys(issue, [...known, ...keysOf(schema)])
      : explain(issue, schema, value),
  );
}

/** A schema, and the keys that are valid in addition to its own. */
type ExpectedSchema = { readonly schema: z.core.$ZodType; readonly known: readonly string[] };

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, known: readonly string[]): readonly ZodProblem[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  return issue.keys.map((key) => ({ path: [...path, key], ...unknownKey(key, known), isKey: true }));
}

function explain(issue: z.core.$ZodIssue, schema: z.core.$ZodType, root: unknown): readonly ZodProblem[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const value = valueAt(root, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(issue, keysOf(schemaAt(schema, path)));
    case 'invalid_union':
      return explainUnion(issue, path, { schema: schemaAt(schema, path), value });
    case 'invalid_key': {
      const [first] = issue.issues.flatMap((inner) => explain(inner, z.string(), path.at(-1)));
      return [{ path, message: first?.message ?? 'is not a usable key', hint: first?.hint, isKey: true }];
    }
    default:
      return [{ path, ...describeIssue(issue, value), isKey: false }];
  }
}

/** Returns message and hint for an unknown key. */
export function unknownKey(key: string, known: readonly string[]): { readonly message: string; readonly hint: string } {
  if (key === '<<') return { message: 'merge keys (`<<`) are not supported', hint: 'use `extends: FILE` to share defaults between files' };
  return { message: 'is not a known key', hint: didYouMean(key, known) };
}

type SchemaPlace = { readonly schema: z.core.$ZodType | null; readonly value: unknown };

// The branch that accepts the type of the value is the intended one. If no branch accepts it, the type is the problem.
function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: readonly (string | number)[],
  { schema, value }: SchemaPlace,
): readonly ZodProblem[] {
  if (value === undefined) return [{ path, message: 'is required', isKey: false }];
  const branches = issue.errors.map((issues, i) => ({ issues, schema: branchOf(schema, i) }));
  const intended = branches
    .filter(({ issues }) => !issues.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0))
    .sort((a, b) => a.issues.length - b.issues.length)[0];
  if (intended) {
    const inside = intended.issues.flatMap((inner) => explain(inner, intended.schema ?? z.unknown(), value));
    return inside.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
  }
  const types = issue.errors.flatMap((issues) =>
    issues.flatMap((inner) => (inner.code === 'invalid_type' ? [expectedTypeName(inner.expected)] : [])),
  );
  const wanted = `must be ${[...new Set(types)].join(' or ') || 'something else'}`;
  return [{ path, message: value === null ? `is empty; it ${wanted}` : `${wanted}, not ${typeNameOf(value)}`, isKey: false }];
}

function describeIssue(issue: z.core.$ZodIssue, value: unknown): { readonly message: string; readonly hint?: string | undefined } {
  switch (issue.code) {
    case 'invalid_type': {
      if (value === undefined) return { message: 'is required' };
      if (value === null) return { message: `is empty; it must be ${expectedTypeName(issue.expected)}` };
      if (!issue.message.startsWith('Invalid input')) return { message: issue.message };
      if (issue.expected === 'int' && typeof value === 'number') return { message: 'must be a whole number' };
      return { message: `must be ${expectedTypeName(issue.expected)}, not ${typeNameOf(value)}`, hint: hintForType(issue.expected, value) };
    }
    case 'invalid_value':
      return { message: value === undefined ? 'is required' : oneOf(issue.values), hint: hintForValue(value, issue.values) };
    case 'too_small':
      return { message: sizeMessage(issue.origin, Number(issue.minimum), 'min') };
    case 'too_big':
      return { message: sizeMessage(issue.origin, Number(issue.maximum), 'max') };
    case 'custom':
      return { message: issue.message, hint: typeof issue.params?.hint === 'string' ? issue.params.hint : undefined };
    case 'invalid_format':
      if (issue.format === 'url') return { message: 'must be a URL, such as https://example.com' };
      return { message: issue.message.charAt(0).toLowerCase() + issue.message.slice(1) };
    default:
      return { message: issue.message.charAt(0).toLowerCase() + issue.message.slice(1) };
  }
}

function hintForType(expected: string, value: unknown): string | undefined {
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return 'put it in quotes';
  if (expected === 'string' && typeNameOf(value) === 'a map') return 'put a text that begins with { in quotes';
  if ((expected === 'array' || expected === 'tuple') && typeof value === 'string') return 'write it as a list, such as [one, two]';
  return expected === 'boolean' ? 'write true or false, without quotes' : undefined;
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? `must be ${String(values[0])}` : `must be one of ${values.map(String).join(', ')}`;
}

function hintForValue(value: unknown, values: readonly unknown[]): string | undefined {
  const near = typeof value === 'string' && values.length > 1 ? nearest(value, values.map(String)) : null;
  return near === null ? undefined : `did you mean \`${near}\`?`;
}

function sizeMessage(origin: string, bound: number, side: 'min' | 'max'): string {
  const atSide = side === 'min' ? 'at least' : 'at most';
  if (origin === 'string') return side === 'min' && bound === 1 ? 'must not be empty' : `must have ${atSide} ${bound} characters`;
  if (origin === 'number' || origin === 'int' || origin === 'bigint') return `must be ${atSide} ${bound}`;
  return side === 'min' && bound === 1 ? 'must have at least one entry' : `must have ${atSide} ${bound} entries`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  tuple: 'a list',
};

function expectedTypeName(expected: string): string {
  return typeNames[expected] ?? expected;
}

/** Returns the type of a YAML value, in words. */
export function typeNameOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return 'a list';
  return { string: 'a text', number: 'a number', boolean: 'true or false' }[String(typeof value)] ?? 'a map';
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(String(key));
  }
  return value;
}

function schemaAt(schema: z.core.$ZodType, path: readonly (string | number)[]): z.core.$ZodType | null {
  let at: z.core.$ZodType | null = schema;
  for (const key of path) {
    const inner: z.core.$ZodType | null = at && unwrap(at);
    if (inner instanceof z.ZodObject) at = inner.shape[String(key)] ?? null;
    else if (inner instanceof z.ZodArray) at = inner.element;
    else if (inner instanceof z.ZodRecord) at = inner.valueType;
    else return null;
  }
  return at;
}

function branchOf(schema: z.core.$ZodType | null, index: number): z.core.$ZodType | null {
  const inner = schema && unwrap(schema);
  return inner instanceof z.ZodUnion ? (inner.options[index] ?? null) : null;
}

function keysOf(schema: z.core.$ZodType | null): readonly string[] {
  const inner = schema && unwrap(schema);
  if (inner instanceof z.ZodRecord && inner.keyType instanceof z.ZodEnum) return inner.keyType.options.map(String);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** Removes the wrappers of a schema: optional, default, nullable, read-only and transform. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  const isWrapper =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly;
  return isWrapper ? unwrap(schema.unwrap()) : schema;
}
