import { escapeMarkup } from '../core/base/escape-markup.ts';
import { visibleText } from '../core/base/visible-text.ts';
import { webAddress } from '../core/base/web-address.ts';

/** Text from outside on one line of Markdown, or in a cell of a table: it is read as it was written, and never as markup. */
export function plain(text: string): string {
  return (
    escapeMarkup(visibleText(text.replaceAll(/\s+/g, ' ').trim()))
      .replace(/[\\`*_[\]|~#!$]/g, '\\$&')
      .replace(/^(?:[-+=]|\d+(?=[.)](?:\s|$)))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
      // Addresses in what a stranger wrote are no links of ours.
      .replaceAll('://', ':\\//')
      .replace(/\b(www)\./gi, '$1\\.')
  );
}

/** A block that is shown as it is; its fence is longer than any in it. */
export function block(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${visibleText(text.replaceAll(/\r\n?/g, '\n'))}\n${fence}`;
}

/** A link whose address is http or https, or only its text. */
export function link(text: string, address: string): string {
  const url = webAddress(address);
  if (url === null) return plain(text);
  return `[${plain(text)}](${url.replace(/[()<>\\]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)})`;
}

/** A table; its cells are Markdown already. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
