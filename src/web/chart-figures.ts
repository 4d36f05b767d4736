import { drawChart } from '../charts/draw-chart.ts';
import type { Chart } from '../core/chart/chart.ts';
import { type Html, html, raw } from './html.ts';

const size = { width: 720, height: 240 };

/** Charts on a page, in the colours of the page. */
export function chartFigures(charts: readonly Chart[]): Html {
  // The drawing has escaped all of its text.
  return html`${charts.map((chart) => html`<figure>${raw(drawChart(chart, size))}</figure>`)}`;
}
