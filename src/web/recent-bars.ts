import type { StateName } from '../core/bake/bake.ts';
import { type Html, html, raw } from './html.ts';

type BarKind = 'passed' | 'inconclusive' | 'rolled back' | 'failed' | 'canceled' | 'baking';

/** How a deploy is drawn. What is still being decided is a ring. */
const kinds: Readonly<Record<StateName, BarKind>> = {
  warming: 'baking',
  shifting: 'baking',
  baking: 'baking',
  awaiting_approval: 'failed',
  rolling_back: 'rolled back',
  verifying: 'rolled back',
  passed: 'passed',
  rolled_back: 'rolled back',
  inconclusive: 'inconclusive',
  failed: 'failed',
  canceled: 'canceled',
  superseded: 'canceled',
};

/** Each kind differs by its height, its colour, and a notch or an outline. Drawn on 6 × 20. */
const shapes: Readonly<Record<BarKind, string>> = {
  passed: '<rect class="bar good" y="13" width="6" height="7" rx="1.5"/>',
  inconclusive: '<rect class="bar-hollow idle" x=".75" y="10.75" width="4.5" height="8.5" rx="1.5"/>',
  'rolled back': '<rect class="bar back" y="5" width="6" height="15" rx="1.5"/><path class="bar-notch" d="M4 10 2 12.5 4 15"/>',
  failed: '<rect class="bar bad" y="2" width="6" height="18" rx="1.5"/><path class="bar-notch" d="M1.5 16.5h3"/>',
  canceled: '<path class="bar-hollow idle" d="M.5 19h5"/>',
  baking: '<circle class="bar-hollow accent" cx="3" cy="16.5" r="2.25"/>',
};

const legend: readonly BarKind[] = ['passed', 'inconclusive', 'rolled back', 'failed', 'canceled', 'baking'];
const slots = 12;
const pitch = 9;

/** The last deploys as small bars, the newest at the right: the height says how bad. */
export function recentBars(states: readonly StateName[]): Html {
  const shown = states.slice(-slots).map((state) => kinds[state]);
  const first = slots - shown.length;
  const bars = shown.map((kind, i) => `<g transform="translate(${(first + i) * pitch} 0)">${shapes[kind]}</g>`).join('');
  return html`<svg class="bars" viewBox="0 0 ${slots * pitch - 3} 20" width="${slots * pitch - 3}" height="20" role="img" aria-label="${sentenceOf(shown)}">${raw(bars)}</svg>`;
}

/** What the bars mean. */
export function barsLegend(): Html {
  const items = legend.map(
    (kind) =>
      html`<li><svg class="bars" viewBox="0 0 6 20" width="6" height="20" aria-hidden="true">${raw(shapes[kind])}</svg>${kind}</li>`,
  );
  return html`<ul class="legend" aria-label="Recent deploys">${items}</ul>`;
}

function sentenceOf(shown: readonly BarKind[]): string {
  if (shown.length === 0) return 'no deploys yet';
  const counts = legend.flatMap((kind) => {
    const count = shown.filter((one) => one === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return `last ${shown.length} deploys: ${counts.join(', ')}; the newest ${shown.at(-1)}`;
}
