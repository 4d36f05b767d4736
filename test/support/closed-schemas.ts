import type { AnySchema } from 'ajv/dist/2020.js';
import type { OpenApiDocument } from './contract.ts';

const closedName = (name: string) => `${name}.closed`;
const prefix = '#/components/schemas/';

/** A copy of the document whose answers allow no field that it does not name. Bases of `allOf` stay open: what is built on them is closed instead. */
export function closeAnswers(document: OpenApiDocument): OpenApiDocument {
  const { schemas } = document.components;
  const own = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, close(schema, false) as AnySchema]));
  const closed = Object.fromEntries(
    Object.keys(schemas).map((name) => [closedName(name), { $ref: `${prefix}${name}`, unevaluatedProperties: false }]),
  );
  const all = { ...document, components: { ...document.components, schemas: {} } };
  // The copy has the form of the document: only schemas are changed.
  const rest = close(all, true) as OpenApiDocument;
  return { ...rest, components: { ...rest.components, schemas: { ...own, ...closed } } };
}

function close(value: unknown, closesItself: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => close(one, true));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [
    key,
    key === 'allOf' && Array.isArray(one) ? one.map((part) => open(part)) : close(one, true),
  ]);
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  const { $ref, type, properties, allOf, additionalProperties } = copy;
  if (typeof $ref === 'string' && $ref.startsWith(prefix))
    return closesItself ? { ...copy, $ref: prefix + closedName($ref.slice(prefix.length)) } : copy;
  const isObject = (type === 'object' || (Array.isArray(type) && type.includes('object'))) && typeof properties === 'object';
  const hasOpenEnd = additionalProperties !== undefined;
  return closesItself && (isObject || allOf !== undefined) && !hasOpenEnd ? { ...copy, unevaluatedProperties: false } : copy;
}

/** A part of `allOf`. */
function open(part: unknown): unknown {
  return close(part, false);
}
