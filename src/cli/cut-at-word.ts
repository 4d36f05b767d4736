/** Cuts a text to a maximum length, between two words where there is a place for it. */
export function cutAtWord(text: string, maxLength: number): string {
  const characters = [...text];
  if (characters.length <= maxLength) return text;
  const kept = characters.slice(0, Math.max(1, maxLength - 1)).join('');
  const space = kept.lastIndexOf(' ');
  return `${(space > kept.length / 2 ? kept.slice(0, space) : kept).replace(/[\s,;:(]+$/, '')}…`;
}
