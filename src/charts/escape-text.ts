import { escapeMarkup } from '../core/base/escape-markup.ts';
import { visibleText } from '../core/base/visible-text.ts';

/** A text in one line, in which every character can be seen. */
export function plainText(text: string): string {
  return visibleText(text.replaceAll(/\s+/g, ' '));
}

/** Escapes a text for an element or an attribute of an SVG: the result holds no markup and nothing that XML forbids. */
export function escapeText(text: string): string {
  return escapeMarkup(plainText(text)).replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
