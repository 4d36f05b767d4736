import { type Html, html, raw } from './html.ts';

/** Each state has a shape of its own, so that it can be read without colour. Drawn on a square of 16. */
const shapes = {
  ring: '<path d="M8 2a6 6 0 1 1-5.2 3" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"/>',
  tick: '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m4.8 8.3 2.2 2.2 4.2-4.6" fill="none" stroke="var(--surface)" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>',
  back: '<path d="M6 3 2.5 6.5 6 10M3 6.5h6.5a3.7 3.7 0 0 1 0 7.4H7" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>',
  cross:
    '<path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z" fill="currentColor"/><path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" stroke="var(--surface)" stroke-width="1.7" stroke-linecap="round"/>',
  triangle:
    '<path d="M8 1.6 15.2 14H.8Z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/><path d="M8 6v3.6m0 2v.2" stroke="var(--surface)" stroke-width="1.7" stroke-linecap="round"/>',
  pause:
    '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M6.2 5.2v5.6m3.6-5.6v5.6" stroke="var(--surface)" stroke-width="1.8" stroke-linecap="round"/>',
  question:
    '<path d="M8 1.2 14.8 8 8 14.8 1.2 8Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/><path d="M6.4 6.6a1.7 1.7 0 1 1 2.3 1.7c-.5.2-.7.5-.7 1m0 1.8v.1" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>',
  dash: '<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M5.2 8h5.6" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>',
  flake:
    '<path d="M8 1v14M2 4.5l12 7M14 4.5l-12 7M6.3 2.3 8 4l1.7-1.7M6.3 13.7 8 12l1.7 1.7" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>',
  search:
    '<circle cx="7" cy="7" r="4.7" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="m10.6 10.6 3.4 3.4" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>',
  copy: '<rect x="5.5" y="5.5" width="8" height="8" rx="1.8" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M10.5 3.2A1.8 1.8 0 0 0 9 2.5H4.3a1.8 1.8 0 0 0-1.8 1.8V9c0 .6.3 1.2.8 1.5" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>',
  menu: '<path d="M2 4h12M2 8h12M2 12h12" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>',
  open: '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2 2"/>',
  out: '<path d="M6.5 3H3v10h10V9.5M9 2.8h4.2V7M13 3 7.5 8.5" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/>',
  dot: '<circle cx="8" cy="8" r="4.5" fill="currentColor"/>',
} as const;

export type IconShape = keyof typeof shapes;

/** An icon next to a word: readers of the screen hear the word only. */
export function icon(shape: IconShape): Html {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${raw(shapes[shape])}</svg>`;
}
