import type { ChartSeries } from '../core/chart/chart.ts';
import type { ChartLine } from '../core/chart/chart-parts.ts';

/** Colors that are readable on white and on black. */
export const colors: Readonly<Record<ChartSeries['kind'] | ChartLine['kind'], string>> = {
  before: '#7d8590',
  control: '#a371f7',
  release: '#3b82f6',
  recovery: '#2f9e54',
  limit: '#d9534f',
  expected: '#7d8590',
};

/** Each kind of series has its own stroke, so that readers need not distinguish colors. */
export const strokes: Readonly<Record<ChartSeries['kind'], string>> = {
  before: `stroke="${colors.before}" stroke-width="1.6" stroke-dasharray="6 3"`,
  control: `stroke="${colors.control}" stroke-width="1.8" stroke-dasharray="2 2.5"`,
  release: `stroke="${colors.release}" stroke-width="2.6"`,
  recovery: `stroke="${colors.recovery}" stroke-width="1.4"`,
};

export const lineStrokes: Readonly<Record<ChartLine['kind'], string>> = {
  limit: `stroke="${colors.limit}" stroke-width="1.2" stroke-dasharray="12 4"`,
  expected: `stroke="${colors.expected}" stroke-width="1.4" stroke-dasharray="1 3"`,
};
