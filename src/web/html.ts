import { html as escaped } from 'hono/html';
import { visibleText } from '../core/base/visible-text.ts';

export { raw } from 'hono/html';

/** What `html` yields: text that is escaped already. */
export type Html = ReturnType<typeof escaped>;

/** Markup as a tagged template. Every text that is filled in is escaped, and what a reader could not see in it is made visible. */
export function html(markup: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return escaped(markup, ...values.map((value) => (typeof value === 'string' ? visibleText(value) : value)));
}
