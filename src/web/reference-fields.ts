import type { ReferenceSchema } from './reference-document.ts';

/** A field of a body or an answer. `path`: such as `release.version` or `checks[].name`. `refs`: the schemas that the type names. */
export type ReferenceRow = {
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly about: string;
  readonly refs: readonly string[];
};

export type NamedSchemas = Readonly<Record<string, ReferenceSchema>>;

const maxDepth = 6;

/** The fields of a schema, those of nested objects too. A named schema within it is named, not repeated; one that it extends is. */
export function fieldsOf(schema: ReferenceSchema, schemas: NamedSchemas): readonly ReferenceRow[] {
  return nested(schema, { schemas, path: '', depth: 0 });
}

/** The name of the schema that a reference names; `null`: it names no schema. */
export function refName({ $ref }: ReferenceSchema): string | null {
  return $ref?.split('/').at(-1) ?? null;
}

/** A type in words: "string", "list of DeploySummary", "number from 1 to 200, or null". */
export function typeWords(schema: ReferenceSchema): string {
  const name = refName(schema);
  if (name !== null) return name;
  const options = schema.anyOf ?? [];
  if (options.length > 0) return [...new Set(options.map(typeWords))].join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(', ');
  const types = [schema.type ?? []].flat();
  return [
    ...types.filter((type) => type !== 'null').map((type) => plainType(type, schema)),
    ...types.filter((type) => type === 'null'),
  ].join(' or ');
}

function plainType(type: string, schema: ReferenceSchema): string {
  if (type === 'array') return `list of ${schema.items === undefined ? 'anything' : typeWords(schema.items)}`;
  if (type === 'object' && typeof schema.additionalProperties === 'object' && schema.properties === undefined)
    return `map of ${typeWords(schema.additionalProperties)}`;
  const { format, minimum, maximum, maxLength } = schema;
  const range = minimum !== undefined && maximum !== undefined ? ` from ${minimum} to ${maximum}` : '';
  const length = maxLength === undefined ? '' : `, at most ${maxLength} characters`;
  return `${type}${format === undefined ? '' : ` (${format})`}${range}${length}`;
}

type Position = { readonly schemas: NamedSchemas; readonly path: string; readonly depth: number };

function nested(schema: ReferenceSchema, position: Position): readonly ReferenceRow[] {
  const { schemas, path, depth } = position;
  if (depth > maxDepth) return [];
  const parts = (schema.allOf ?? []).map((part) => schemas[refName(part) ?? ''] ?? part);
  const { properties = {}, required = [], items, additionalProperties } = schema;
  const own = Object.entries(properties).flatMap(([name, property]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [fieldOf(property, at, required.includes(name)), ...nested(property, { schemas, path: at, depth: depth + 1 })];
  });
  const listed = items === undefined ? [] : nested(items, { ...position, path: `${path}[]` });
  const mapped = typeof additionalProperties === 'object' ? nested(additionalProperties, { ...position, path: `${path}.*` }) : [];
  const options = (schema.anyOf ?? []).flatMap((option) => nested(option, position));
  return [...parts.flatMap((part) => nested(part, position)), ...own, ...listed, ...mapped, ...options];
}

function fieldOf(schema: ReferenceSchema, path: string, isRequired: boolean): ReferenceRow {
  const { description = '', default: initial } = schema;
  const about = initial === undefined ? description : `${description}${description === '' ? '' : '. '}Default: ${JSON.stringify(initial)}`;
  return { path, type: typeWords(schema), isRequired, about, refs: refsIn(schema) };
}

function refsIn(schema: ReferenceSchema): readonly string[] {
  const { additionalProperties: more } = schema;
  const inner = [schema.items ?? [], schema.anyOf ?? [], typeof more === 'object' ? more : []].flat();
  return [refName(schema) ?? [], ...inner.map(refsIn)].flat();
}
