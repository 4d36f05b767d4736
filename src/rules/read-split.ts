import type { Question } from '../core/rules/rule-set.ts';
import { sourcesOf, textOf } from '../core/rules/sources.ts';
import { show } from '../core/rules/written-values.ts';
import type { Cursor } from './cursor.ts';
import { Check } from './rule-file.ts';
import type { KnownProvider } from './rules-context.ts';

/** Labels whose values are new with each deploy. */
const changing = ['pod', 'pod_name', 'instance', 'container_id', 'version'];

type SplitContext = {
  readonly kind: Question['kind'] | null;
  readonly question: Question | null;
  readonly provider: KnownProvider | undefined;
  /** Whether a condition compares with the past. */
  readonly needsPast: boolean;
};

/** Reads `by` of a check and reports its problems. */
export function readSplit(check: Cursor, { kind, question, provider, needsPast }: SplitContext): string | undefined {
  const cursor = check.at('by');
  const label = cursor.take(Check.shape.by);
  if (label === undefined) return undefined;
  if (provider !== undefined && provider.lintSplit === undefined) {
    cursor.keyProblem('the provider of this check cannot split by a label', 'write a check for each value');
    return label;
  }
  if (label === 'le') cursor.problem('`le` holds the bounds of a histogram', 'split by another label, such as endpoint');
  if (kind === 'rate' && changing.includes(label) && !check.at('exposure').isPresent)
    cursor.problem(
      `the values of ${show(label)} are new with each deploy, so the rate of each old one falls to zero`,
      'leave `by` out, or split by a label such as endpoint or zone',
    );
  else if (kind === 'rate' && needsPast && !check.at('exposure').isPresent && check.at('critical').value !== false)
    cursor.problem(
      'a rate that is split fails more healthy bakes than it may, so it must not decide',
      'add `critical: false`, give it an `exposure`, or leave `by` out',
    );
  for (const { source } of question === null ? [] : sourcesOf(question)) {
    const fault = provider?.lintSplit?.(textOf(source), label) ?? null;
    if (fault !== null) cursor.problem(fault.message, fault.hint);
  }
  return label;
}
