import { placeholdersIn } from '../rules/render-query.ts';
import type { CheckRule } from '../rules/rule-set.ts';
import { sourcesOf, textOf } from '../rules/sources.ts';

/** Placeholders of a release. A past without a deploy has no values for them. */
const ofARelease: readonly string[] = ['version', 'commit', 'known_good'];

/** Why a check cannot be tried on the past; `null` where it can. */
export function untriable({ question }: CheckRule): string | null {
  if ('probe' in question) return 'it is a probe, and nobody tried anything then';
  const texts = 'alert' in question ? Object.values(question.alert) : sourcesOf(question).map(({ source }) => textOf(source));
  const needed = texts.flatMap((text) => placeholdersIn(text)).filter((name) => ofARelease.includes(name));
  const [first] = needed;
  return first === undefined
    ? null
    : `${'alert' in question ? 'it' : 'its query'} needs $${first}, and nothing was deployed in these bakes`;
}
