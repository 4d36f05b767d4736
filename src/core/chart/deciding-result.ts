import type { Measurement } from '../judge/measurement.ts';
import { boundFor } from '../judge/readings.ts';
import type { Evidence, Verdict } from '../judge/verdict.ts';
import type { CheckRule } from '../rules/rule-set.ts';

/** The verdict that a chart shows: the failure of the check, or else its newest answer. */
export function decidingResult(own: readonly Measurement[]): Verdict | null {
  const answers = own.flatMap(({ phase, result }) => (phase === 'baking' && result.outcome !== 'error' ? [result] : []));
  return answers.findLast(({ outcome }) => outcome === 'fail') ?? answers.at(-1) ?? null;
}

/** The newest answer after a rollback, once it is a pass: others are about a few ticks, and say nothing about the whole line. */
export function recoveryResult(own: readonly Measurement[]): Verdict | null {
  return own.flatMap(({ phase, result }) => (phase === 'verifying' && result.outcome === 'pass' ? [result] : [])).at(-1) ?? null;
}

/**
 * The evidence of a verdict in the unit of the chart's readings: shares above the bound `bound`, events a second, or values. `null` where it speaks of
 * something else, or (in data of older versions) where that is not known.
 */
export function evidenceInReadings(rule: CheckRule, verdict: Verdict | null, bound: number | null): Evidence | null {
  const evidence = verdict?.evidence;
  if (evidence === undefined) return null;
  const { question, failWhen } = rule;
  const uses = (...analyzers: readonly string[]) => failWhen.some(({ analyzer }) => analyzers.includes(analyzer));
  if (question.kind === 'latency') {
    if (evidence.bound === undefined) return uses('regression') ? null : evidence;
    return bound !== null && isSame(evidence.bound, bound) ? evidence : null;
  }
  if (question.kind === 'rate') {
    // A chart with exposure shows no events over time.
    if (evidence.windowMs !== undefined) return question.exposure === undefined ? perSecond(evidence, evidence.windowMs) : null;
    const mayBeCounts = question.exposure === undefined ? uses('regression', 'trend') : uses('trend');
    return mayBeCounts && !isFixedLimit(rule, evidence.limit) ? null : evidence;
  }
  return evidence;
}

/** Whether a limit is one that the rules state as a number. */
function isFixedLimit({ failWhen }: CheckRule, limit: number | undefined): boolean {
  return limit !== undefined && failWhen.some(({ params }) => params.above === limit || params.below === limit);
}

/** Whether two bucket bounds are the same. */
function isSame(a: number, b: number): boolean {
  return boundFor([a], b) !== null && boundFor([b], a) !== null;
}

function perSecond({ measured, expected, limit, ...rest }: Evidence, windowMs: number): Evidence {
  const seconds = windowMs / 1000;
  return {
    ...rest,
    ...(measured !== undefined && { measured: measured / seconds }),
    ...(expected !== undefined && { expected: expected / seconds }),
    ...(limit !== undefined && { limit: limit / seconds }),
  };
}
