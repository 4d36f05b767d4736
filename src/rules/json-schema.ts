import { z } from 'zod';
import type { Bindable, Plugins } from './config.ts';
import { ConfigFile } from './config-file.ts';
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
    notifiers: section(record(schema.properties).notifiers, plugins.notifiers),
  };
  return { ...schema, title: 'Bakewatch config', properties: record(allowingReferences(properties)) };
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
export function instanceJsonSchema(plugin: Bindable<unknown>): JsonSchema {
  const { $schema: _, ...schema } = toJsonSchema(plugin.options);
  return { ...withType(schema, plugin.type), description: plugin.summary };
}

function section(schema: unknown, plugins: ReadonlyMap<string, Bindable<unknown>>): JsonSchema {
  return { ...record(schema), additionalProperties: { oneOf: [...plugins.values()].map(instanceJsonSchema) } };
}

/** Adds the `type` key to a map, or to each of the maps that a plug-in accepts. */
function withType(schema: JsonSchema, type: string): JsonSchema {
  for (const choice of ['anyOf', 'oneOf']) {
    const branches = schema[choice];
    if (Array.isArray(branches)) return { ...schema, [choice]: branches.map((branch: unknown) => withType(record(branch), type)) };
  }
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return { ...schema, properties: { type: { const: type }, ...record(schema.properties) }, required: ['type', ...required] };
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return record(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function record(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}
