import type { JsonSchema } from '../src/rules/json-schema.ts';

/** One table: the fields of one map as rows. */
type Table = { readonly title: string; readonly intro: string; readonly rows: readonly string[] };

/** Renders a JSON Schema as Markdown: one table for each map, with the path of the map as its title. */
export function fieldTables(schema: JsonSchema): string {
  const tables = tablesOf(schema, '');
  const firstNotifier = tables.findIndex(({ title }) => title.startsWith('`notifiers.'));
  return tables
    .toSpliced(firstNotifier, 0, ...sharedTables(map(schema.$defs)))
    .map(({ title, intro, rows }) => [`### ${title}`, '', ...(intro === '' ? [] : [intro, '']), head, ...rows, ''].join('\n'))
    .join('\n');
}

/** The fields that all notifiers share: listed once, before the types. */
function sharedTables(defs: JsonSchema): readonly Table[] {
  const fields = Object.entries(defs).map(([name, field]) => [name, map(field)] as const);
  if (fields.length === 0) return [];
  const rows = fields.map(([name, field]) => `| \`${name}\` |  | ${cell(field)} |`);
  const own = { title: '`notifiers.NAME` (every type)', intro: 'These fields come in addition to the options of the type.', rows };
  return [own, ...fields.flatMap(([name, field]) => below(field, `notifiers.NAME.${name}`))];
}

const head = '| field | | what it is |\n|---|---|---|';

function tablesOf(schema: JsonSchema, path: string): readonly Table[] {
  const fields = Object.entries(map(schema.properties)).filter(([, field]) => map(field).$ref === undefined);
  const required = [...list(schema.required), ...list(map(list(schema.anyOf)[1]).required)];
  const rows = fields.map(([name, field]) => `| \`${name}\` | ${required.includes(name) ? 'required' : ''} | ${cell(map(field))} |`);
  const own = { title: path === '' ? 'The file' : `\`${path}\``, intro: path === '' ? '' : describe(schema), rows };
  const inner = fields.flatMap(([name, field]) => below(map(field), path === '' ? name : `${path}.${name}`));
  return fields.length === 0 ? [] : [own, ...inner];
}

/** The tables of the maps in a field: the field is a map, maps by name, a list of maps, or one of several maps. */
function below(field: JsonSchema, path: string): readonly Table[] {
  if (field.properties) return tablesOf(field, path);
  if (field.items) return below(map(field.items), `${path}[]`);
  const named = map(field.additionalProperties);
  if (named.properties) return tablesOf(named, `${path}.NAME`);
  if (named.oneOf) return list(named.oneOf).flatMap((branch) => typed(map(branch), `${path}.NAME`));
  const choices = list(field.anyOf).map(map);
  const single = choices.find((choice) => choice.properties);
  if (single && Object.keys(map(single.properties)).length > 1) return tablesOf(single, path);
  return [];
}

function typed(schema: JsonSchema, path: string): readonly Table[] {
  const type = String(map(map(schema.properties).type).const);
  return tablesOf(schema, path).map((table) => ({ ...table, title: table.title.replace(path, `${path} (type: ${type})`) }));
}

function cell(field: JsonSchema): string {
  if (field.const !== undefined && describe(field) === '') return `\`${String(field.const)}\``;
  return describe(field).replaceAll('|', '\\|');
}

function describe(field: JsonSchema): string {
  return typeof field.description === 'string' ? field.description : '';
}

function map(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
