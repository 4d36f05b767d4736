import { ProviderError } from '../core/base/errors.ts';
import type { Window } from '../core/base/window.ts';
import { describeUnmatched, type SourceSighting } from '../core/judge/source-sightings.ts';
import { inspectionQuery } from '../core/rules/inspection-query.ts';
import type { CheckRule } from '../core/rules/rule-set.ts';
import { type NamedSource, sourcesOf } from '../core/rules/sources.ts';
import type { Inspection } from '../core/series/inspection.ts';
import type { Providers } from '../ports/providers.ts';
import type { CheckQuestion } from './ask.ts';

/** What is known of the sources of a check before its past was asked for, and which of them matched a series in it. */
export type MatchedSources = { readonly earlier: readonly SourceSighting[]; readonly matched: readonly string[] };

/** How long a look may take. It only adds words to a verdict. */
const lookMs = 2_000;

/** Whether the check has a source and a sibling, so that one of them can be missing unseen. */
export function hasSiblings({ question }: Pick<CheckRule, 'question'>): boolean {
  return sourcesOf(question).length > 1;
}

/** Whether the provider of a check can tell which series exist. */
export function canLook(providers: Providers, rule: CheckRule): boolean {
  return hasSiblings(rule) && providers.get(rule.provider)?.provider.inspect !== undefined;
}

/**
 * Says which sources of a check have ever matched a series. A source that matched once stays proven. Empty where no source has matched: then there is no
 * data, which is another answer.
 */
export async function sightingsOf(
  providers: Providers,
  { question, window }: { readonly question: CheckQuestion; readonly window: Window },
  { earlier, matched }: MatchedSources,
  signal: AbortSignal,
): Promise<readonly SourceSighting[]> {
  const proven = new Set([...matched, ...earlier.filter(({ isMatched }) => isMatched).map(({ source }) => source)]);
  const sources = sourcesOf(question.rule.question);
  const sibling = sources.find(({ name }) => proven.has(name));
  if (sources.length < 2 || sibling === undefined) return [];
  return await Promise.all(
    sources.map(async (one) => {
      if (proven.has(one.name)) return { source: one.name, isMatched: true, text: '' };
      const [own, siblings] = await Promise.all([one, sibling].map((source) => look(providers, { question, window, source }, signal)));
      const text = describeUnmatched({
        source: one.name,
        sibling: sibling.name,
        lookedMs: window.to - window.from,
        own: own ?? null,
        siblings: siblings ?? null,
      });
      return { source: one.name, isMatched: false, text };
    }),
  );
}

/** Looks at the sources of a check that needs no past, or has none yet. Empty where its provider cannot tell. */
export async function lookAtSources(
  providers: Providers,
  asked: { readonly question: CheckQuestion; readonly window: Window },
  earlier: readonly SourceSighting[],
  signal: AbortSignal,
): Promise<readonly SourceSighting[]> {
  const sources = sourcesOf(asked.question.rule.question);
  if (sources.length < 2) return [];
  if (sources.every(({ name }) => earlier.some(({ source, isMatched }) => source === name && isMatched))) return earlier;
  const inspections = await Promise.all(sources.map((source) => look(providers, { ...asked, source }, signal)));
  // A query may return nothing now although it counts events; only a selector proves that there is no series.
  if (inspections.some((inspection) => inspection === null || inspection.selector === null)) return [];
  const matched = sources.filter((_, i) => (inspections[i]?.series.length ?? 0) > 0).map(({ name }) => name);
  return sightingsOf(providers, asked, { earlier, matched }, signal);
}

type Look = { readonly question: CheckQuestion; readonly window: Window; readonly source: NamedSource };

/** `null` where the provider cannot tell, or did not answer in time. */
async function look(providers: Providers, { question, window, source }: Look, signal: AbortSignal): Promise<Inspection | null> {
  const provider = providers.get(question.rule.provider)?.provider;
  if (provider?.inspect === undefined) return null;
  try {
    const query = inspectionQuery(source.source, { values: question.values, matchers: '', window });
    return await provider.inspect(query, AbortSignal.any([signal, AbortSignal.timeout(lookMs)]));
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}
