import { formatInstant } from '../core/base/format-instant.ts';
import { type Html, html } from './html.ts';

/** `ago`: "12 min ago", up to a day. `clock`: hours and minutes. `seconds`, `day`, `full`: as they say. */
type TimeForm = 'ago' | 'clock' | 'seconds' | 'day' | 'full';

/** An instant: UTC, and in the reader's zone where a script runs. */
export function time(at: number, form: TimeForm = 'full'): Html {
  return html`<time datetime="${new Date(at).toISOString()}" data-show="${form}">${formatInstant(at)}</time>`;
}
