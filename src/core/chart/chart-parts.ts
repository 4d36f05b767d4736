export type ChartMark = {
  readonly kind: 'deployed' | 'shifted' | 'judged_bad' | 'rolled_back' | 'recovered';
  readonly at: number;
  readonly label: string;
};

/** An instant (epoch milliseconds) and a value in the chart's unit; `null` where nothing is known of that instant. */
export type ChartPoint = readonly [at: number, value: number | null];

export type ChartLine = { readonly kind: 'limit' | 'expected'; readonly value: number; readonly label: string };
