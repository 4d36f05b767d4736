import { escapeMarkup } from '../core/base/escape-markup.ts';
import { visibleText } from '../core/base/visible-text.ts';
import { webAddress } from '../core/base/web-address.ts';

/** Escapes text from outside for one line of Markdown or a cell of a table. It shows as it was written, and never acts as markup. */
export function plain(text: string): string {
  return (
    escapeMarkup(visibleText(text.replaceAll(/\s+/g, ' ').trim()))
      .replace(/[\\`*_[\]|~#!$]/g, '\\$&')
      .replace(/^(?:[-+=]|\d+(?=[.)](?:\s|$)))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
      // Addresses in text from outside must not become links.
      .replaceAll('://', ':\\//')
      .replace(/\b(www)\./gi, '$1\\.')
  );
}

/** A code block. Its fence is longer than every run of backticks in the text. */
export function block(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${visibleText(text.replaceAll(/\r\n?/g, '\n'))}\n${fence}`;
}

/** A link, or only its text where the address is not http or https. */
export function link(text: string, address: string): string {
  const url = webAddress(address);
  if (url === null) return plain(text);
  return `[${plain(text)}](${url.replace(/[()<>\\]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)})`;
}

/** A table whose cells are Markdown. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
