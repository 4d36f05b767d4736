const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** One line of text in which Slack finds nothing to interpret, at most `limit` long; cuts between characters, never inside an entity. */
export function escaped(text: string, limit: number): string {
  let result = '';
  let cutAt = 0;
  for (const character of text.toWellFormed().replace(/\s+/gu, ' ').trim()) {
    result += entities[character] ?? character;
    if (result.length <= limit - 1) cutAt = result.length;
    if (result.length > limit) return `${result.slice(0, cutAt)}…`;
  }
  return result === '' ? '–' : result;
}

/** Text with Slack's own mark-up, in which every text from outside was escaped. */
export function markdown(text: string) {
  return { type: 'mrkdwn', text, verbatim: true } as const;
}

/** Text without mark-up. Slack reads entities in it all the same. */
export function plain(text: string) {
  return { type: 'plain_text', text, emoji: true } as const;
}
