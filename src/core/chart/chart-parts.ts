/** A moment that is marked in a chart. */
export type ChartMark = {
  readonly kind: 'deployed' | 'shifted' | 'judged_bad' | 'rolled_back' | 'recovered';
  readonly at: number;
  readonly label: string;
};

/** An instant (epoch milliseconds) and a value in the chart's unit. `null` means no data. */
export type ChartPoint = readonly [at: number, value: number | null];

/** A horizontal line: a limit, or the expected value. */
export type ChartLine = { readonly kind: 'limit' | 'expected'; readonly value: number; readonly label: string };
