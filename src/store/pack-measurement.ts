import { joinExplanation } from '../core/judge/explanation.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { AskError, Evidence, SplitRow, SplitTable, Verdict } from '../core/judge/verdict.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import { questionText } from '../core/rules/sources.ts';
import type { SplitTicks, Ticks } from '../core/series/ticks.ts';

/** The numbers of the evidence in the order in which they are stored. Only ever append. */
export const evidenceKeys = [
  ...(['measured', 'expected', 'limit', 'samples', 'events', 'bound', 'strength', 'healthyBakes', 'smallestSeen', 'windowMs'] as const),
] satisfies readonly (keyof Evidence)[];

/** Marks of a verdict, one letter each. */
export const markLetters = { rulesOutOutage: 'o', blocks: 'b', isSilent: 's', leans: 'l', isExcused: 'x' } as const;

/**
 * A measurement as the body of its row, in less than half of the bytes: most rows of the database are measurements. What the other columns and the rules of the
 * deploy say is left out, words are stored once, and ticks are columns of numbers. `unpackMeasurement` reads it.
 */
export function packMeasurement({ check, window, query, result, ticks, control }: Measurement, { checks, bake }: RuleSet): object {
  const rule = checks.find(({ name }) => name === check);
  return {
    n: (window.to - window.from) / window.stepMs,
    ...(window.stepMs !== bake.everyMs && { step: window.stepMs }),
    ...((rule === undefined || query !== questionText(rule.question)) && { query }),
    ...packResult(result),
    ticks: ticks && packTicks(ticks),
    ...(control !== null && { control: packTicks(control) }),
    // An older version reads the ticks of the whole, and ignores these.
    ...(ticks?.split && { split: packSplit(ticks.split) }),
    ...(control?.split && { controlSplit: packSplit(control.split) }),
  };
}

function packResult(result: Verdict | AskError): object {
  const { outcome, reason } = result;
  if (outcome === 'error') return { o: outcome, r: reason, kind: result.kind };
  const { explanation, evidence, split } = result;
  const words = explanation && { x: [explanation.headline, explanation.because, ...explanation.notes] };
  return {
    o: outcome,
    ...((explanation === undefined || joinExplanation(explanation) !== reason) && { r: reason }),
    ...words,
    ...(evidence && { e: packEvidence(evidence) }),
    ...(split && { t: packTable(split) }),
    ...('unproven' in result && { u: result.unproven }),
    ...('settledAfterMs' in result && { a: result.settledAfterMs }),
    ...packMarks(result),
  };
}

function packEvidence(evidence: Evidence): readonly (number | null)[] {
  const list = evidenceKeys.map((key) => evidence[key] ?? null);
  return list.slice(0, list.findLastIndex((one) => one !== null) + 1);
}

function packMarks(verdict: Verdict): object {
  const letters = Object.entries(markLetters).flatMap(([name, letter]) => (name in verdict ? [letter] : []));
  return letters.length === 0 ? {} : { m: letters.join('') };
}

/** The outcomes of a row, one letter each. */
export const rowLetters = { pass: 'p', fail: 'f', inconclusive: 'i', unjudged: 'u' } as const satisfies Readonly<
  Record<SplitRow['outcome'], string>
>;
/** The numbers of a row in the order in which they are stored. */
export const rowKeys = ['measured', 'expected', 'samples', 'events'] as const;

function packTable({ label, rows }: SplitTable): readonly unknown[] {
  return [label, ...rows.map((row) => [row.value, rowLetters[row.outcome], ...rowKeys.map((key) => row[key] ?? null)])];
}

function packSplit({ label, values, ticks }: SplitTicks): readonly unknown[] {
  return [label, values, ticks.map(packTicks)];
}

function packTicks(ticks: Ticks): readonly unknown[] {
  switch (ticks.kind) {
    case 'ratio':
      return [ticks.kind, ticks.bad, ticks.total];
    case 'rate':
      return [ticks.kind, ticks.count, ...(ticks.exposure ? [ticks.exposure] : [])];
    case 'latency':
      return [ticks.kind, ticks.le, ticks.buckets];
    case 'value':
      return [ticks.kind, ticks.value];
  }
}
