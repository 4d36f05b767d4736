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
};

/**
 * Stands for a value of a placeholder that is not known yet, such as the version of the next deploy. A provider leaves conditions with this word open.
 */
export const anyValue = 'any-value-of-this-placeholder';
