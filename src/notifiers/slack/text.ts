import { escapeMarkup } from '../../core/base/escape-markup.ts';
import { oneLine } from '../one-line.ts';

/** One line of text in which Slack finds nothing to interpret, at most `limit` long. */
export function escaped(text: string, limit: number): string {
  return oneLine(text, limit, escapeMarkup);
}

/** Text with Slack's own mark-up, in which every text from outside was escaped. */
export function markdown(text: string) {
  return { type: 'mrkdwn', text, verbatim: true } as const;
}

/** Text without mark-up. Slack reads entities in it all the same. */
export function plain(text: string) {
  return { type: 'plain_text', text, emoji: true } as const;
}
