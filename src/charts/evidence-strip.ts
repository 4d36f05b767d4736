import type { Chart } from '../core/chart/chart.ts';
import type { Frame } from './layout.ts';
import { linear, round } from './scale.ts';
import { textWidth } from './text-width.ts';

/** The height of the strip with its title. */
export const stripHeight = 70;
const [titleHeight, plotHeight] = [24, 44] as const;

/** The strip reaches a little above what is enough. */
const highest = 1.25;

/** How near the evidence is to "enough to roll back", below the plot and on its time axis. Filled up to now. */
export function drawStrip({ strengths, outcome, isSuspicious }: Chart, { left, right, bottom, x }: Frame): string {
  const [top, base] = [bottom + titleHeight, bottom + titleHeight + plotHeight];
  const y = linear([0, highest], [base, top]);
  const points = strengths.map(([at, value]) => [x(at), y(Math.min(highest, value ?? 0))] as const);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const line = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${round(px)} ${round(py)}`).join('');
  const tone = outcome === 'fail' ? 'bad' : isSuspicious ? 'warn' : 'quiet-tone';
  const share = strengths.at(-1)?.[1] ?? 0;
  const text = share >= 1 ? 'enough' : `${Math.round(share * 100)} %`;
  const isOutside = last[0] + 8 + textWidth(text) > right;
  return [
    `<text class="strip-title" x="${round(left)}" y="${round(top - 7)}">Evidence against the release</text>`,
    `<rect class="strip" x="${round(left)}" y="${round(top)}" width="${round(right - left)}" height="${plotHeight}"/>`,
    `<path class="strip-area ${tone}" d="${line}L${round(last[0])} ${round(base)}L${round(first[0])} ${round(base)}Z"/>`,
    `<path class="strip-line ${tone}" d="${line}"/>`,
    `<line class="enough" x1="${round(left)}" x2="${round(right)}" y1="${round(y(1))}" y2="${round(y(1))}"/>`,
    `<text class="enough" x="${round(left + 4)}" y="${round(y(1) + 13)}">enough to fail</text>`,
    `<circle class="strip-end ${tone}" cx="${round(last[0])}" cy="${round(last[1])}" r="3"/>`,
    share >= 1 || isOutside
      ? ''
      : `<text class="value ${tone}" x="${round(last[0] + 8)}" y="${round(Math.max(y(1) + 13, last[1] + 4))}">${text}</text>`,
  ].join('');
}
