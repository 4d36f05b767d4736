import type { ProviderErrorKind } from '../base/errors.ts';
import type { Explanation } from './explanation.ts';

/** The numbers behind a verdict, in the check's own unit (fractions, seconds, events a tick …). */
export type Evidence = {
  readonly measured?: number;
  readonly expected?: number;
  readonly limit?: number;
  readonly samples?: number;
  /** How many of the samples were bad, where they are counted. */
  readonly events?: number;
  /** Latency: the bucket bound that decided, in the unit of the histogram. `measured` is the share of requests slower than that. */
  readonly bound?: number;
  /** The evidence, as a multiple of the evidence that is needed to fail. A check fails at 1. */
  readonly strength?: number;
  /** The number of healthy stretches of the past that the bake is compared with. A bake that fails is worse than all of them. */
  readonly healthyBakes?: number;
  /** The smallest change that is detectable by now, as a multiple of the expected value. */
  readonly smallestSeen?: number;
  /** Events without exposure: the time over which they are counted, in milliseconds. */
  readonly windowMs?: number;
};

/**
 * What a split check says of one value of its label. `value: null`: the rest, which is judged as one. `unjudged`: new with this release, so there is no past
 * of its own.
 */
export type SplitRow = Pick<Evidence, 'measured' | 'expected' | 'samples' | 'events'> & {
  readonly value: string | null;
  readonly outcome: Verdict['outcome'] | 'unjudged';
};

/** The values of a label, the worst first. */
export type SplitTable = { readonly label: string; readonly rows: readonly SplitRow[] };

type Words = {
  /** Of a check with `by`. */
  readonly split?: SplitTable;
  /** All layers of the explanation in one text (`joinExplanation`). */
  readonly reason: string;
  readonly explanation?: Explanation;
  readonly evidence?: Evidence;
};

/** What keeps a verdict that is no failure from being worth more. */
type Reservations = {
  /** A selector of the check has never matched a series, while its sibling has: in words, with the label values that exist. */
  readonly unproven?: string;
  /** Total failure of the service is ruled out, with 95 % confidence: what is undecided may end as the rules say (`when_undecided`). */
  readonly rulesOutOutage?: true;
};

/**
 * An analyzer's answer for one measurement, with its reason in words.
 * `settledAfterMs` marks a pass that rests on evidence, and says how long after the start of the bake there was enough of it: that the release is
 * harmful was ruled out, and looking longer is not needed for that. It is no promise about what has not happened yet: a regression that begins later
 * still turns the check into a fail. A pass without it only says that nothing is wrong so far.
 * `blocks: false` marks an inconclusive answer that need not be resolved before the bake may pass, at low confidence: there is no history to compare
 * with yet, or only a small change could have been missed. `isSilent: true` marks one whose metric has too little data. `leans: true` marks one with
 * evidence against the release that is not enough to fail.
 * `isExcused: true` marks a failure that does not count, because a check of a dependency fails too (`unless`).
 * `lacksSamples: true` marks a limit that has not enough samples to be compared with. It need not be resolved where other conditions of the same check
 * rule harm out (`combineVerdicts`).
 */
export type Verdict =
  | ({ readonly outcome: 'pass'; readonly settledAfterMs?: number } & Words & Reservations)
  | ({ readonly outcome: 'fail' } & Words)
  | ({
      readonly outcome: 'inconclusive';
      readonly blocks?: false;
      readonly isSilent?: true;
      readonly leans?: true;
      readonly lacksSamples?: true;
      readonly isExcused?: true;
    } & Words &
      Reservations);

/** The fourth outcome: the provider could not be asked. It never counts against a deploy. */
export type AskError = { readonly outcome: 'error'; readonly kind: ProviderErrorKind; readonly reason: string };
