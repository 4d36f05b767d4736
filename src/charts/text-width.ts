import { plainText } from './escape-text.ts';

/** The size of the small text, in units of the drawing. */
export const textSize = 12;
export const titleSize = 14;

/**
 * The approximate width of each kind of character, as a multiple of the text size. The widest common font counts, so that texts fit in all of them.
 * Later rows are tried only where earlier ones do not match.
 */
const widths: readonly (readonly [RegExp, number])[] = [
  [/[ijl.,:;'’|! \u00a0]/, 0.33],
  [/[frt()[\]/\-“”"]/, 0.47],
  [/[mwMW%@—…→]/, 1],
  [/[A-Z↑↓&+=<>]/, 0.84],
  // The other characters of ASCII, and Latin letters with accents.
  [/[ -~\u00c0-\u024f·µ°×≥≤]/, 0.64],
];

/** The approximate width of a text in one line. */
export function textWidth(text: string, size = textSize): number {
  let width = 0;
  for (const char of plainText(text)) width += widths.find(([chars]) => chars.test(char))?.[1] ?? 1.1;
  // The title is bold, and so wider.
  return width * size * (size === titleSize ? 1.08 : 1);
}

/** Shortens a text so that it fits into `maxWidth`. */
export function shorten(text: string, maxWidth: number, size = textSize): string {
  if (textWidth(text, size) <= maxWidth) return text;
  const chars = [...plainText(text)];
  while (chars.length > 1 && textWidth(`${chars.join('')}…`, size) > maxWidth) chars.pop();
  return `${chars.join('').trimEnd()}…`;
}

/** Breaks a text between words into at most `maxLines` lines. The last line is shortened. */
export function wrap(text: string, { width, size, maxLines }: { width: number; size: number; maxLines: number }): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of plainText(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || lines.length === maxLines - 1 || textWidth(longer, size) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((one) => shorten(one, width, size));
}
