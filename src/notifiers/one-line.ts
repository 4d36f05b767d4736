const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * One line of text with at most `limit` UTF-16 units after `escapeCharacter`; no vendor counts a text as longer than that. Cuts only between visible characters,
 * never inside an escape. Control characters become spaces. Characters that change the writing direction are removed, because they can make a text look
 * like another one.
 */
export function oneLine(text: string, limit: number, escapeCharacter: (character: string) => string = (character) => character): string {
  const line = text
    .toWellFormed()
    .replace(/\p{Bidi_Control}/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(line)) return '–';
  let result = '';
  let cutAt = 0;
  for (const { segment } of characters.segment(line)) {
    result += escapeCharacter(segment);
    if (result.length <= limit - 1) cutAt = result.length;
    if (result.length > limit) return `${result.slice(0, cutAt)}…`;
  }
  return result;
}
