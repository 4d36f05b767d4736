import type { Labels } from './answer.ts';

/** A condition on a label, as the selector has it: `status="500"`. */
export type LabelCondition = { readonly label: string; readonly text: string };

/** What a server has for one selector or query. */
export type Inspection = {
  /** The labels of the series that matched at some time in the window; only the first of them where there are many. */
  readonly series: readonly Labels[];
  /** More series matched than are listed. */
  readonly isCut: boolean;
  /** The number of series that match now. */
  readonly now: number;
  /** The metric and the conditions that the selector asks for; `null` for a query. */
  readonly selector: { readonly metric: string; readonly conditions: readonly LabelCondition[] } | null;
  /** Where nothing matched: the labels of series of the same metric, whatever their labels. */
  readonly others: readonly Labels[];
  /** Where the metric does not exist: the metrics that begin with the same word. */
  readonly metrics: readonly string[];
  /** Only where a close look was asked for. */
  readonly details?: InspectionDetails;
};

/** What a close look at a selector or a query found. `null`: the server does not say. */
export type InspectionDetails = {
  readonly uses: readonly MetricUse[];
  /** Of a selector, in the last hour: the events, how often its series fell, and how often they changed. */
  readonly events: number | null;
  readonly falls: number | null;
  readonly changes: number | null;
  /** Whether a selector has had any sample in the last hour. */
  readonly hasRecent: boolean | null;
  /** What could not be looked at, and why. */
  readonly unknown: readonly string[];
};

/**
 * A metric, and how it is used: its events are counted, it is turned into increases by a function such as `rate`, or it is taken as it is. `type`: what the
 * server says it is, such as `counter` or `gauge`.
 */
export type MetricUse = { readonly metric: string; readonly use: 'counted' | 'increase' | 'as_it_is'; readonly type: string | null };

/**
 * Stands for a value of a placeholder that is not known yet, such as the version of the next deploy. A provider leaves conditions with this word open.
 */
export const anyValue = 'any-value-of-this-placeholder';
