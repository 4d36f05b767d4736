import { visible } from '../core/visible.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for an element or an attribute of an SVG: nothing in it is markup, and nothing in it is refused by XML. */
export function escapeText(text: string): string {
  return visible(text.replaceAll(/\s+/g, ' ')).replace(/[&<>"']/g, (char) => entities[char] ?? '');
}
