import { escapeMarkup } from '../core/base/escape-markup.ts';
import { visibleText } from '../core/base/visible-text.ts';

/** Text for an element or an attribute of an SVG: nothing in it is markup, and nothing in it is refused by XML. */
export function escapeText(text: string): string {
  return escapeMarkup(visibleText(text.replaceAll(/\s+/g, ' ')))
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
