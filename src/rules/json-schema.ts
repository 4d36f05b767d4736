import { z } from 'zod';
import type { Bindable, Plugins } from './config.ts';
import { ConfigFile } from './config-file.ts';
import { delivery } from './delivery-file.ts';
import { RuleFile } from './rule-file.ts';

/** A JSON Schema (2020-12). */
export type JsonSchema = { readonly [key: string]: unknown };

const reference = '\\$\\{|^file:';

/** The JSON Schema of rule files, for editors. A file with `extends` may lack required keys: the extended file may have them. */
export function rulesJsonSchema(): JsonSchema {
  const { required, ...schema } = toJsonSchema(RuleFile);
  const names = (Array.isArray(required) ? required : []).filter((name) => name !== 'rules');
  const whole = ['service', 'services', 'match'].map((key) => ({ required: [key, ...names] }));
  return { ...schema, title: 'Bakewatch rules', required: ['rules'], anyOf: [{ required: ['extends'] }, ...whole] };
}

/** The JSON Schema of the operator's config, for editors. The plug-in of its type describes each instance. */
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

/** Allows a reference to the environment or a file in place of each text with a restriction, because an editor cannot resolve references. */
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

/** The JSON Schema of a plug-in's options. The key `type` comes first. */
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

/** The keys that every notifier may have, as references: the schema defines them once. */
const deliveryProperties: JsonSchema = Object.fromEntries(
  Object.entries(delivery).map(([name, { description }]) => [name, { $ref: `#/$defs/${name}`, description }]),
);
const deliveryDefs: JsonSchema = Object.fromEntries(Object.entries(delivery).map(([name, part]) => [name, withoutHead(part)]));

function withoutHead(part: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = toJsonSchema(part);
  return schema;
}

/** Adds the keys that every instance has: to a map, or to each map that a plug-in accepts. `type` comes first, the other keys come last. */
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
