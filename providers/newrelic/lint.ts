import type { Question } from '../../src/core/rules/rule-set.ts';
import { countProblem, numberProblem, readBuckets } from './columns.ts';
import { type Nrql, parseNrql } from './nrql.ts';
import { type NrqlResult, refuse } from './scan.ts';

type NrqlProblem = Extract<NrqlResult<never>, { readonly ok: false }>;

/** Returns what is wrong with a query of a rule file, or `null`. Its placeholders are not yet filled in. */
export function lintNrql(text: string, kind: Question['kind']): { readonly message: string; readonly hint: string } | null {
  const problem = problemOf(text, kind);
  return problem && { message: problem.problem, hint: problem.hint };
}

function problemOf(text: string, kind: Question['kind']): NrqlProblem | null {
  const nrql = parseNrql(text);
  if (!nrql.ok) return nrql;
  const misplaced = placeholderProblem(nrql.value);
  if (misplaced) return misplaced;
  switch (kind) {
    case 'ratio':
    case 'rate':
      return countProblem(nrql.value);
    case 'latency': {
      const buckets = readBuckets(nrql.value);
      return buckets.ok ? null : buckets;
    }
    case 'value':
      return numberProblem(nrql.value);
  }
}

/** New Relic would read a `$service` without quotes as an attribute or as arithmetic. Matchers are conditions, so they belong at the end of WHERE. */
function placeholderProblem({ select, from, where, facet }: Nrql): NrqlProblem | null {
  const last = where?.tokens.at(-1);
  const before = where?.tokens.at(-2);
  for (const token of [select, from, where, facet].flatMap((clause) => clause?.tokens ?? [])) {
    if (token.kind !== 'placeholder') continue;
    const name = token.text.replace(/[${}]/g, '');
    if (name !== 'matchers') return refuse(`$${name} has no quotes`, `write '$${name}'`);
    const isAtEnd = token === last && (before === undefined || before.text.toUpperCase() === 'AND');
    if (!isAtEnd) return refuse('$matchers must be at the end of WHERE', 'write WHERE $matchers, or WHERE … AND $matchers');
  }
  return null;
}
