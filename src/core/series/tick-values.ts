/** One tick of a series; `null` is a missing number, never the same as 0. `split`: the same tick of single values of a label. */
export type TickValues = { readonly split?: TickSplit } & (
  | { readonly kind: 'ratio'; readonly bad: number | null; readonly total: number | null }
  | { readonly kind: 'rate'; readonly count: number | null; readonly exposure: number | null }
  | { readonly kind: 'latency'; readonly row: readonly number[] | null }
  | { readonly kind: 'value'; readonly value: number | null }
);

/** One tick of each value of a split. */
export type TickSplit = ReadonlyMap<string, TickValues>;
