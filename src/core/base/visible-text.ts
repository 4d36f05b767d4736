/**
 * Replaces each invisible character of untrusted text by its code, such as `[U+200B]`: control characters (except line breaks and tabs),
 * zero-width characters, characters that change the writing direction, and lone surrogates.
 */
export function visibleText(text: string): string {
  return text.replace(invisible, (char) => `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`);
}

const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffe\uffff]/gu;
