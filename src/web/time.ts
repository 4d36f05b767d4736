import { formatInstant } from '../core/base/format-instant.ts';
import { type Html, html } from './html.ts';

/** `ago`: "12 min ago", up to a day. `clock`: hours and minutes. `seconds`, `day`, `full`: as they say. */
type TimeForm = 'ago' | 'clock' | 'seconds' | 'day' | 'full';

/** An instant: UTC, and in the reader's zone where a script runs. */
export function time(at: number, form: TimeForm = 'full'): Html {
  return html`<time datetime="${new Date(at).toISOString()}" data-show="${form}">${written(at, form)}</time>`;
}

/** What is read without a script. */
function written(at: number, form: TimeForm): string {
  const instant = formatInstant(at);
  const [day = '', clock = ''] = instant.split(' ');
  if (form === 'day') return day;
  if (form === 'clock') return `${clock.slice(0, 5)} UTC`;
  return form === 'seconds' ? `${clock} UTC` : instant;
}
