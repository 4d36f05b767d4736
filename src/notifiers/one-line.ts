const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * One line of text, at most `limit` UTF-16 units long after `quote`, which is never too generous however a vendor counts. Cuts between the characters
 * that people see, never inside what `quote` made of one. Control characters become blanks, and those that turn the direction of writing are dropped: they
 * could make a text look like another.
 */
export function oneLine(text: string, limit: number, quote: (character: string) => string = (character) => character): string {
  const line = text
    .toWellFormed()
    .replace(/\p{Bidi_Control}/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(line)) return '–';
  let result = '';
  let cutAt = 0;
  for (const { segment } of characters.segment(line)) {
    result += quote(segment);
    if (result.length <= limit - 1) cutAt = result.length;
    if (result.length > limit) return `${result.slice(0, cutAt)}…`;
  }
  return result;
}
