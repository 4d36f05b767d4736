import { z } from 'zod';
import type { Bindable, Plugins } from './config.ts';
import { ConfigFile } from './config-file.ts';
import { delivery } from './delivery-file.ts';
import { RuleFile } from './rule-file.ts';

/** A JSON Schema (2020-12) as far as it is looked into here. */
export type JsonSchema = { readonly [key: string]: unknown };

const reference = '\\$\\{|^file:';

/** The JSON Schema of rule files, for editors. What a file extends may hold what is required otherwise. */
export function rulesJsonSchema(): JsonSchema {
  const { required, ...schema } = toJsonSchema(RuleFile);
  const names = (Array.isArray(required) ? required : []).filter((name) => name !== 'rules');
  return { ...schema, title: 'Bakewatch rules', required: ['rules'], anyOf: [{ required: ['extends'] }, { required: names }] };
}

/** The JSON Schema of the operator's config, for editors; every instance is described by the plug-in of its type. */
export function configJsonSchema<P, H, T, N>(plugins: Plugins<P, H, T, N>): JsonSchema {
  const schema = toJsonSchema(ConfigFile);
  const properties = {
    ...record(schema.properties),
    providers: section(record(schema.properties).providers, plugins.providers),
    hooks: section(record(schema.properties).hooks, plugins.hooks),
    traffic: section(record(schema.properties).traffic, plugins.trafficHooks),
    notifiers: notifierSection(record(schema.properties).notifiers, plugins.notifiers),
  };
  return {
    ...schema,
    title: 'Bakewatch config',
    properties: record(allowingReferences(properties)),
    $defs: record(allowingReferences(deliveryDefs)),
  };
}

/** Texts that must look like something may be a reference to the environment or a file instead, which an editor cannot follow. */
function allowingReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(allowingReferences);
  if (typeof value !== 'object' || value === null) return value;
  const schema = record(value);
  const isPicky = schema.type === 'string' && ['pattern', 'format', 'minLength', 'maxLength', 'enum', 'allOf'].some((key) => key in schema);
  if (!isPicky)
    return Object.fromEntries(
      Object.entries(schema).map(([key, inner]) => [key, key === 'propertyNames' ? inner : allowingReferences(inner)]),
    );
  const { description, ...rest } = schema;
  return { ...(description !== undefined && { description }), anyOf: [rest, { type: 'string', pattern: reference }] };
}

/** The JSON Schema of one plug-in's options, with its `type` in front. */
export function instanceJsonSchema(plugin: Bindable<unknown>, common: JsonSchema = {}): JsonSchema {
  return { ...withKeys(withoutHead(plugin.options), plugin.type, common), description: plugin.summary };
}

function section(schema: unknown, plugins: ReadonlyMap<string, Bindable<unknown>>): JsonSchema {
  return { ...record(schema), additionalProperties: { oneOf: [...plugins.values()].map((plugin) => instanceJsonSchema(plugin)) } };
}

function notifierSection(schema: unknown, plugins: Plugins<unknown, unknown, unknown, unknown>['notifiers']): JsonSchema {
  const { when, template } = deliveryProperties;
  const oneOf = [...plugins.values()].map((plugin) =>
    instanceJsonSchema(plugin, plugin.audience === 'people' ? deliveryProperties : { when, template }),
  );
  return { ...record(schema), additionalProperties: { oneOf } };
}

/** What every notifier may have, by reference: it stands once in the schema. */
const deliveryProperties: JsonSchema = Object.fromEntries(
  Object.entries(delivery).map(([name, { description }]) => [name, { $ref: `#/$defs/${name}`, description }]),
);
const deliveryDefs: JsonSchema = Object.fromEntries(Object.entries(delivery).map(([name, part]) => [name, withoutHead(part)]));

function withoutHead(part: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = toJsonSchema(part);
  return schema;
}

/** Adds the keys that every instance has to a map, or to each of the maps that a plug-in accepts: `type` in front, the others behind. */
function withKeys(schema: JsonSchema, type: string, common: JsonSchema): JsonSchema {
  for (const choice of ['anyOf', 'oneOf']) {
    const branches = schema[choice];
    if (Array.isArray(branches)) return { ...schema, [choice]: branches.map((branch: unknown) => withKeys(record(branch), type, common)) };
  }
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return { ...schema, properties: { type: { const: type }, ...record(schema.properties), ...common }, required: ['type', ...required] };
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return record(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function record(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}
