import type { Chart } from '../core/chart/chart.ts';
import type { ChartLine, ChartSeries } from '../core/chart/chart-parts.ts';

/** Colors that are readable on white and on black. */
export const colors: Readonly<Record<ChartSeries['kind'] | ChartLine['kind'] | 'failed', string>> = {
  before: '#7d8590',
  control: '#a371f7',
  release: '#3b82f6',
  failed: '#d9363e',
  recovery: '#2f9e54',
  limit: '#d9534f',
  expected: '#7d8590',
};

/** Each kind of series has its own stroke, so that readers need not distinguish colors. */
const shapes: Readonly<Record<ChartSeries['kind'], string>> = {
  before: 'stroke-width="1.6"',
  control: 'stroke-width="2" stroke-dasharray="3 2.5"',
  release: 'stroke-width="3"',
  recovery: 'stroke-width="2.2"',
};

/** The release is red once its check has failed. */
export function colorOf(kind: ChartSeries['kind'], outcome: Chart['outcome']): string {
  return kind === 'release' && outcome === 'fail' ? colors.failed : colors[kind];
}

export function strokeOf(kind: ChartSeries['kind'], outcome: Chart['outcome']): string {
  return `stroke="${colorOf(kind, outcome)}" ${shapes[kind]}`;
}

/** The stroke of single points, where moving means are drawn over them. */
export function faintStrokeOf(kind: ChartSeries['kind'], outcome: Chart['outcome']): string {
  return `stroke="${colorOf(kind, outcome)}" stroke-width="1" stroke-opacity="0.45"`;
}

export const lineStrokes: Readonly<Record<ChartLine['kind'], string>> = {
  limit: `stroke="${colors.limit}" stroke-width="1.4" stroke-dasharray="12 4"`,
  expected: `stroke="${colors.expected}" stroke-width="1.6" stroke-dasharray="5 4"`,
};
