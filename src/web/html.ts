import { html as escaped } from 'hono/html';
import { visibleText } from '../core/base/visible-text.ts';

export { raw } from 'hono/html';

/** Escaped markup, as `html` returns it. */
export type Html = ReturnType<typeof escaped>;

/** A tagged template for markup. Escapes every text that is filled in, and makes its invisible characters visible. */
export function html(markup: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return escaped(markup, ...values.map((value) => (typeof value === 'string' ? visibleText(value) : value)));
}
