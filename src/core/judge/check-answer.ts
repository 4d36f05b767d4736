import type { Explanation } from './explanation.ts';
import { explanationOf } from './headline.ts';
import type { Measurement } from './measurement.ts';
import type { Evidence, SplitTable, Verdict } from './verdict.ts';

/** What became of a question: an outcome of a verdict, an error, or not asked yet. */
export type CheckOutcome = Verdict['outcome'] | 'error' | 'not_asked';

/** The newest answer of a check in layers. Every face (page, message, command line, report) shows it from here. */
export type CheckAnswer = Explanation & {
  readonly name: string;
  readonly critical: boolean;
  readonly outcome: CheckOutcome;
  /** All layers in one text. */
  readonly reason: string;
  /** Why a good answer proves nothing yet, or `null`. */
  readonly unproven: string | null;
  readonly evidence: Evidence | null;
  /** Of a split check: what it says of each value; `null` otherwise. */
  readonly split: SplitTable | null;
  readonly asked: number;
  readonly couldNotAsk: number;
};

/** Each outcome as people read it. */
export const outcomeWords: Readonly<Record<CheckOutcome, string>> = {
  pass: 'ok',
  fail: 'fails',
  inconclusive: 'cannot tell',
  error: 'could not be asked',
  not_asked: 'not asked yet',
};

type CheckFields = Pick<CheckAnswer, 'name' | 'critical' | 'asked' | 'couldNotAsk'>;

/** The layers of a check's measurement. `null`: it was not asked yet. */
export function answerOf({ name, critical, asked, couldNotAsk }: CheckFields, measurement: Measurement | null): CheckAnswer {
  const fields = { name, critical, asked, couldNotAsk };
  if (measurement === null) {
    const reason = 'not asked yet';
    return {
      ...fields,
      outcome: 'not_asked',
      reason,
      headline: reason,
      because: '',
      notes: [],
      unproven: null,
      evidence: null,
      split: null,
    };
  }
  const { result } = measurement;
  return {
    ...fields,
    ...explanationOf(result),
    outcome: result.outcome,
    reason: result.reason,
    // Every face says the word itself.
    unproven: 'unproven' in result ? (result.unproven?.replace(/^unproven: /, '') ?? null) : null,
    evidence: result.outcome === 'error' ? null : (result.evidence ?? null),
    split: result.outcome === 'error' ? null : (result.split ?? null),
  };
}

/** The newest answers of checks, from all measurements of a bake. */
export function answersOf(
  checks: readonly { readonly name: string; readonly critical: boolean }[],
  measurements: readonly Measurement[],
): readonly CheckAnswer[] {
  return checks.map(({ name, critical }) => {
    const own = measurements.filter(({ check }) => check === name);
    const couldNotAsk = own.filter(({ result }) => result.outcome === 'error').length;
    return answerOf({ name, critical, asked: own.length, couldNotAsk }, own.at(-1) ?? null);
  });
}
