/**
 * Text from outside as it may be shown: what a reader could not see, or what would change how its neighbours are read, stands there as its code.
 * Controls (but line breaks and tabs), invisible characters, those that turn the direction of writing, and halves of a character are such.
 */
export function visibleText(text: string): string {
  return text.replace(invisible, (char) => `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`);
}

const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffe\uffff]/gu;
