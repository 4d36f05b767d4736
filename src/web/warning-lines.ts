import { type Html, html } from './html.ts';

/** What is wrong with the server itself, one line each; nothing if all is well. */
export function warningLines(warnings: readonly string[]): readonly Html[] {
  return warnings.map((warning) => html`<p class="open">Warning: ${warning}.</p>`);
}
