import type { Probe } from '../rules/probe.ts';
import { placeholdersIn } from '../rules/render-query.ts';
import type { CheckRule, QuerySource, Question } from '../rules/rule-set.ts';

/** Placeholders of a release. A past without a deploy has no values for them. */
const ofARelease: readonly string[] = ['version', 'commit', 'known_good'];

/** Why a check cannot be tried on the past; `null` where it can. */
export function untriable({ question }: CheckRule): string | null {
  if ('probe' in question) return 'it is a probe, and nobody tried anything then';
  const needed = sourcesOf(question).flatMap((text) => placeholdersIn(text).filter((name) => ofARelease.includes(name)));
  const [first] = needed;
  return first === undefined ? null : `its query needs $${first}, and nothing was deployed in these bakes`;
}

function sourcesOf(question: Exclude<Question, { readonly probe: Probe }>): readonly string[] {
  const textOf = (source: QuerySource) => ('selector' in source ? source.selector : source.query);
  switch (question.kind) {
    case 'ratio':
      return [question.bad, question.total].map(textOf);
    case 'rate':
      return [question.count, ...(question.exposure ? [question.exposure] : [])].map(textOf);
    case 'latency':
      return [textOf(question.buckets)];
    case 'value':
      return [question.query];
  }
}
