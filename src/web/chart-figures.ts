import { drawChart } from '../charts/draw-chart.ts';
import type { Chart } from '../core/chart/chart.ts';
import { type Html, html, raw } from './html.ts';

const size = { width: 720, height: 240 };

/** Renders charts as figures, in the colours of the page. */
export function chartFigures(charts: readonly Chart[]): Html {
  // `drawChart` escapes its texts.
  return html`${charts.map((chart) => html`<figure>${raw(drawChart(chart, size))}</figure>`)}`;
}
