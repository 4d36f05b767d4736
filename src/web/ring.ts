import { formatDuration } from '../core/base/duration.ts';
import type { Tone } from './badge.ts';
import { type Html, html } from './html.ts';

type Period = { readonly from: number; readonly endsAt: number; readonly now: number };

const length = 2 * Math.PI * 23.5;

/** A ring whose rim is the time gone, with the time left inside. A script counts it down. */
export function ring({ from, endsAt, now }: Period, tone: Tone, size: 'small' | 'large' = 'small'): Html {
  const gone = endsAt <= from ? 1 : Math.min(1, Math.max(0, (now - from) / (endsAt - from)));
  const leftMs = Math.max(0, endsAt - now);
  const left = Math.floor(leftMs / 1_000) * 1_000;
  const percent = Math.round(gone * 100);
  return html`<svg class="ring ${tone}${size === 'large' ? ' large' : ''}" viewBox="0 0 52 52" role="progressbar" aria-label="Bake" aria-valuemin="0" aria-valuemax="100" aria-valuenow="${percent}" aria-valuetext="${formatDuration(left)} left">
<circle cx="26" cy="26" r="23.5"/><circle class="gone" cx="26" cy="26" r="23.5" stroke-dasharray="${(gone * length).toFixed(1)} ${length.toFixed(1)}" transform="rotate(-90 26 26)"/>
<text x="26" y="31" data-ends="${new Date(endsAt).toISOString()}">${clockText(leftMs)}</text></svg>`;
}

/** A ring without a time: nothing is judged yet. */
export function restingRing(): Html {
  return html`<svg class="ring" viewBox="0 0 52 52" aria-hidden="true"><circle cx="26" cy="26" r="23.5"/><text x="26" y="31">–</text></svg>`;
}

/** Time left as `m:ss`, and as hours from 60 minutes. */
function clockText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h} h ${m} m` : `${m}:${String(s).padStart(2, '0')}`;
}
