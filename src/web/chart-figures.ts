import { drawChart } from '../charts/draw-chart.ts';
import type { Chart } from '../core/chart/chart.ts';
import { type Html, html, raw } from './html.ts';

/** A drawing for wide screens, and one for phones: the style sheet shows one of them. Text keeps its size on both. */
const sizes = [
  { width: 720, height: 300, name: 'wide' },
  { width: 340, height: 320, name: 'narrow' },
] as const;

/** Renders charts as figures, in the colours of the page. The page itself says the headline of each verdict, so the figure does not repeat it. */
export function chartFigures(charts: readonly Chart[]): Html {
  return html`${charts.map(
    (chart) =>
      html`<figure>${sizes.map(
        // `drawChart` escapes its texts.
        (size) => html`<div class="${size.name}">${raw(drawChart(chart, size))}</div>`,
      )}</figure>`,
  )}`;
}
