/** A moment that is marked in a chart. */
export type ChartMark = {
  readonly kind: 'deployed' | 'shifted' | 'judged_bad' | 'rolled_back' | 'recovered';
  readonly at: number;
  readonly label: string;
};

/** An instant (epoch milliseconds) and a value in the chart's unit. `null` means no data. */
export type ChartPoint = readonly [at: number, value: number | null];

/**
 * A horizontal line, in the chart's unit. `expected`: the baseline. `limit`: values beyond it are bad, on the side `badSide`. `decides`: the line belongs
 * to the verdict that decided, so the value axis shows it; other lines are named where they lie beyond the axis.
 */
export type ChartLine = {
  readonly kind: 'limit' | 'expected';
  readonly value: number;
  readonly label: string;
  readonly badSide: 'above' | 'below' | null;
  readonly decides: boolean;
};

/**
 * One line of a chart. `before`: the service's own past. `control`: the old release at the same time. `recovery`: after a rollback. `tickMs`: how much
 * time a point covers. `means`: moving means of the points, where single points vary too much to be compared. `measured`: what the verdict says was
 * measured, with its unit.
 */
export type ChartSeries = {
  readonly kind: 'before' | 'control' | 'release' | 'recovery';
  readonly label: string;
  readonly tickMs: number;
  readonly points: readonly ChartPoint[];
  readonly means: readonly ChartPoint[];
  readonly measured: string | null;
};
