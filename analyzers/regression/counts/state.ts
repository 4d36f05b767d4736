import type { TicksKind } from '../../../src/core/series/ticks.ts';
import type { MetricForm } from '../../words.ts';
import type { EndState } from './end-test.ts';
import type { Reference, SeriesEvidence, SeriesTest, TestDesign } from './evidence.ts';

/**
 * One counted series of a bake. `column`: its bucket bound, 0 where there is one series only. `bound`: of a histogram.
 * `replayed`: with how many healthy bakes it was compared. `baseline`: what it is compared with ("the last 2h"). `baselineAtEnd`: the same in the test at
 * the planned end.
 */
export type CountedSeries = SeriesTest & {
  readonly column: number;
  readonly bound: number | undefined;
  readonly replayed: number;
  readonly baseline: string;
  readonly baselineAtEnd: string;
};

export type CountsInput = {
  readonly kind: TicksKind;
  readonly form: MetricForm;
  readonly design: TestDesign;
  readonly series: readonly CountedSeries[];
  /** What the bucket bounds can and cannot tell; empty where nothing needs to be said. */
  readonly buckets: string;
};

/** The state of one series. `ruledOutSince`: since this tick harm is ruled out without interruption. */
export type SeriesState = {
  readonly evidence: SeriesEvidence;
  readonly bad: number;
  readonly total: number;
  readonly controlBad: number;
  readonly controlTotal: number;
  readonly ruledOutSince: number | null;
  readonly end: EndState;
};

/** Plain JSON. `samples`: requests, or readings of a rate. */
export type CountsState = { readonly ticks: number; readonly samples: number; readonly series: readonly SeriesState[] };

/** A series on which a change to `smallest` times what is expected could have been found by now. */
export type DetectableSeries = { readonly i: number; readonly smallest: number; readonly expected: number };

/** The expected and tolerated rates: from the control if there is one, else from the history. */
export function expectationOf(
  { hasControl, reference }: CountedSeries,
  { controlBad, controlTotal }: SeriesState,
): Pick<Reference, 'expected' | 'tolerated'> {
  if (!hasControl) return reference;
  const expected = controlTotal > 0 ? controlBad / controlTotal : 0;
  return { expected, tolerated: (expected * reference.tolerated) / Math.max(reference.expected, 1e-12) };
}
