import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { Secret } from '../../src/core/base/secret.ts';
import { Variables } from '../../src/net/variables.ts';

/** Options of a plug-in in which every secret is one of `secrets`. */
export type SecretOptions = {
  readonly options: Readonly<Record<string, unknown>>;
  readonly secrets: readonly string[];
  readonly name: string;
};

type Described = { readonly options: z.ZodType; readonly example: Readonly<Record<string, unknown>> };
type Path = readonly string[];
type Tree = Readonly<Record<string, unknown>>;

/**
 * Options with a secret in every place where the plug-in accepts one: its examples with their secrets replaced, and an example with each further secret.
 * The schema says which options are secrets (variables of a program are, too), so a new option or plug-in is included automatically. Throws if no example
 * can have an option: then the plug-in needs a further example.
 */
export function secretOptions({ options: schema, example }: Described, furtherExamples: readonly Tree[] = []): readonly SecretOptions[] {
  const paths = secretPaths(schema).map((path, index) => ({ path, mark: markOf(index) }));
  const examples = [example, ...furtherExamples];
  const bases = examples.map((options, index) => {
    const held = paths.filter(({ path }) => at(options, path) !== undefined);
    const start: Base = { options: { ...options }, secrets: [], name: `example ${index + 1}` };
    return held.reduce((base, one) => fill(schema, base, one) ?? unfilled(one.path), start);
  });
  const left = paths.filter(({ path }) => examples.every((options) => at(options, path) === undefined));
  const more = left.map((one) => {
    const [filled = unfilled(one.path)] = bases.flatMap((base) => fill(schema, base, one) ?? []);
    return { ...filled, name: one.path.join('.') };
  });
  return [...bases.filter(({ secrets }) => secrets.length > 0), ...more];
}

function unfilled(path: Path): never {
  throw new Error(`no secret can be put into the option ${path.join('.')}: add an example that has it`);
}

type Base = { readonly options: Tree; readonly secrets: readonly string[]; readonly name: string };

/** So random that no half of it appears by chance, and different from tokens that are redacted by their form alone. */
function markOf(index: number): string {
  return createHash('sha256').update(`mark ${index}`).digest('base64').replace(/\W/g, 'x').slice(0, 30);
}

/** Secrets of each form. Among the addresses, the one with the most secret parts comes first. */
function candidates(mark: string): readonly { readonly text: string; readonly secrets: readonly string[] }[] {
  const [user, path, query] = ['u', 'p', 'q'].map((part) => `${mark}${part}`) as [string, string, string];
  return [
    { text: `${mark}+/=`, secrets: [`${mark}+/=`] },
    { text: `https://name:${user}@far.example.com/${path}/x?key=${query}`, secrets: [user, path, query] },
    { text: `https://name:${user}@far.example.com/${path}`, secrets: [user, path] },
    { text: `https://far.example.com/${path}`, secrets: [path] },
  ];
}

function fill(schema: z.ZodType, base: Base, { path, mark }: { readonly path: Path; readonly mark: string }): Base | null {
  for (const { text, secrets } of candidates(mark)) {
    const whole = withText(schema, base.options, { path, text });
    // An option may replace another one.
    const fewer = Object.keys(whole)
      .filter((key) => key !== path[0])
      .map((key) => Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key)));
    const options = [whole, ...fewer].find((one) => schema.safeParse(one).success);
    if (!options) continue;
    const held = JSON.stringify(options);
    return { options, secrets: [...base.secrets, ...secrets].filter((secret) => held.includes(secret)), name: base.name };
  }
  return null;
}

function withText(schema: z.ZodType, options: Tree, { path, text }: { readonly path: Path; readonly text: string }): Tree {
  const [key = '', ...rest] = path;
  // A list stays a list.
  if (rest.length === 0 && Array.isArray(options)) return options.toSpliced(Number(key), 1, text) as unknown as Tree;
  if (rest.length === 0) return { ...options, [key]: text };
  const inner = fieldOf(schema, key);
  const present = (options[key] ?? requiredTexts(inner)) as Tree;
  return { ...options, [key]: withText(inner, present, { path: rest, text }) };
}

/** The definition of a schema, as zod keeps it. */
type Def = {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
};

const defOf = (schema: z.ZodType): Def => schema.def as unknown as Def;

function fieldOf(schema: z.ZodType, key: string): z.ZodType {
  const { innerType, shape, valueType, element } = defOf(schema);
  const field = innerType ? fieldOf(innerType, key) : (shape?.[key] ?? valueType ?? element);
  if (!field) throw new Error(`the option ${key} has an unknown form`);
  return field;
}

function requiredTexts(schema: z.ZodType): Tree {
  const { innerType, shape = {} } = defOf(schema);
  if (innerType) return requiredTexts(innerType);
  return Object.fromEntries(Object.entries(shape).flatMap(([key, field]) => (field.safeParse(undefined).success ? [] : [[key, 'name']])));
}

function secretPaths(schema: z.ZodType, path: Path = []): readonly Path[] {
  const { innerType, shape, valueType, element, options } = defOf(schema);
  const isSecret = candidates(markOf(0)).some(({ text }) => schema.safeParse(text).data instanceof Secret);
  if (isSecret) return [path];
  if (schema === Variables) return [[...path, 'API_TOKEN']];
  if (innerType) return secretPaths(innerType, path);
  if (shape) return Object.entries(shape).flatMap(([key, field]) => secretPaths(field, [...path, key]));
  if (valueType) return secretPaths(valueType, [...path, 'X-Mark']);
  if (element) return secretPaths(element, [...path, '0']);
  return (options ?? []).flatMap((option) => secretPaths(option, path));
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Tree)[key] : undefined), value);
}
