import { plugins } from '../src/app/plugins.ts';
import { configJsonSchema, type JsonSchema, rulesJsonSchema } from '../src/rules/json-schema.ts';
import { fieldTables } from './field-tables.ts';

/** The lines around the generated part of a page. */
const mark = (name: string): readonly [string, string] => [`<!-- generated: ${name} -->`, `<!-- end of ${name} -->`];

const gitlabTemplate = 'integrations/gitlab/templates/bakewatch.yml';

/** A component brings no files along, so its template holds the script. Throws where the template has no place for it. */
function withScript(template: string, script: string): string {
  const place = /(<<'END_OF_SCRIPT'\n)[\s\S]*?( *END_OF_SCRIPT\n)/;
  if (!place.test(template)) throw new Error(`${gitlabTemplate} has no place for the script`);
  const indented = script.replace(/^(?=.)/gm, '      ');
  return template.replace(place, (_, open: string, close: string) => `${open}${indented}${close}`);
}

/** Every generated file by its path from the root. `read` returns the current text of a page, of which only the marked part is replaced. */
export function generated(read: (path: string) => string): ReadonlyMap<string, string> {
  const rules = rulesJsonSchema();
  const config = configJsonSchema(plugins);
  return new Map([
    ['docs/schemas/rules.schema.json', json(rules)],
    ['docs/schemas/config.schema.json', json(config)],
    ['docs/reference/rules.md', renewed(read('docs/reference/rules.md'), 'fields', fieldTables(rules))],
    [gitlabTemplate, withScript(read(gitlabTemplate), read('integrations/sh/bakewatch.sh'))],
    ['docs/reference/config.md', renewed(read('docs/reference/config.md'), 'fields', fieldTables(config))],
  ]);
}

function json(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The page with `text` in its part `name`. Throws where the page has no such part. */
export function renewed(page: string, name: string, text: string): string {
  const [open, close] = mark(name);
  const [from, to] = [page.indexOf(open), page.indexOf(close)];
  if (from === -1 || to < from) throw new Error(`the page has no part between ${open} and ${close}`);
  return `${page.slice(0, from + open.length)}\n\n${text}\n${page.slice(to)}`;
}
