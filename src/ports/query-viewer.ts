import type { SeriesQuery } from './provider.ts';

/** What people look at: the queries of a check, and a time range in epoch milliseconds. */
export type QueryView = { readonly queries: readonly SeriesQuery[]; readonly from: number; readonly to: number };

/** A tool in which people open queries in their browser. `name`: how a link calls it. */
export type QueryViewer = {
  readonly name: string;
  /** The address of a view, http or https; `null`: the tool cannot show these queries. */
  addressOf(view: QueryView): string | null;
};
