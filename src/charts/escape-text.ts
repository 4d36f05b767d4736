import { escapeMarkup } from '../core/base/escape-markup.ts';
import { visibleText } from '../core/base/visible-text.ts';

/** Escapes a text for an element or an attribute of an SVG: the result holds no markup and nothing that XML forbids. */
export function escapeText(text: string): string {
  return escapeMarkup(visibleText(text.replaceAll(/\s+/g, ' ')))
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
