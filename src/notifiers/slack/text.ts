import { escapeMarkup } from '../../core/base/escape-markup.ts';
import { oneLine } from '../one-line.ts';

/** One line of text of at most `limit` units, in which all markup of Slack is escaped. */
export function escaped(text: string, limit: number): string {
  return oneLine(text, limit, escapeMarkup);
}

/** Text with the markup of Slack. Every text from outside must be escaped before. */
export function markdown(text: string) {
  return { type: 'mrkdwn', text, verbatim: true } as const;
}

/** Text without markup. Slack still decodes entities in it. */
export function plain(text: string) {
  return { type: 'plain_text', text, emoji: true } as const;
}
