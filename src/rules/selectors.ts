import { didYouMean } from '../core/base/did-you-mean.ts';
import { isPlaceholder, placeholdersIn, queryPlaceholders, renderQuery } from '../core/rules/render-query.ts';
import type { Question } from '../core/rules/rule-set.ts';
import type { KnownProvider } from './context.ts';
import type { Cursor } from './cursor.ts';

/** Stand-ins for the values of a deploy, so that a selector can be looked at before there is one. */
const sampleValues = { service: 'service', environment: 'environment', version: '1', commit: '1', known_good: '1', step: '15s' };

/** Reports what is wrong with the matchers of a control section. */
export function matcherProblems(cursor: Cursor, text: string): void {
  placeholderProblems(cursor, text);
  if (placeholdersIn(text).includes('matchers'))
    cursor.problem('matchers cannot hold $matchers', 'write them out, such as version="$version"');
  if (/^\s*\{|\}\s*$/.test(text)) cursor.problem('matchers stand without braces', 'such as version="$version"');
}

/** Who is asked, for what, and whether two releases are told apart. */
export type SelectorContext = {
  readonly kind: Question['kind'];
  readonly provider: KnownProvider | undefined;
  readonly hasControl: boolean;
};

/** Reports what is wrong with a counter selector: its placeholders, and whatever its provider has against it. */
export function selectorProblems(cursor: Cursor, text: string, asking: SelectorContext): void {
  if (placeholderProblems(cursor, text)) return;
  if (placeholdersIn(text).includes('matchers')) {
    cursor.problem(
      'the matchers of `control` are added to a selector without being asked for',
      "remove $matchers, or write `{ query: '…' }`",
    );
    return;
  }
  if (providerProblem(cursor, text, asking)) return;
  const wrong = asking.provider?.lintSelector(renderQuery(text, sampleValues)) ?? null;
  if (wrong !== null) cursor.problem(wrong, "any other query goes into `{ query: '…' }`");
}

/** Reports what is wrong with a query. Beside a control it must say where the matchers go: both releases are asked about with it. */
export function queryProblems(cursor: Cursor, text: string, asking: SelectorContext): void {
  if (!placeholderProblems(cursor, text)) providerProblem(cursor, text, asking);
  if (asking.hasControl && !placeholdersIn(text).includes('matchers')) {
    cursor.problem(
      'the query has no $matchers, but `control` tells two releases apart',
      'put $matchers where they belong, such as up{$matchers}',
    );
  }
}

function providerProblem(cursor: Cursor, text: string, { kind, provider }: SelectorContext): boolean {
  const fault = provider?.lintQuery?.(text, kind) ?? null;
  if (fault !== null) cursor.problem(fault.message, fault.hint);
  return fault !== null;
}

function placeholderProblems(cursor: Cursor, text: string): boolean {
  const unknown = placeholdersIn(text).filter((name) => !isPlaceholder(name));
  const known = Object.keys(queryPlaceholders).map((name) => `$${name}`);
  for (const name of unknown) {
    cursor.problem(`unknown placeholder $${name.slice(0, 60)}`, `${didYouMean(`$${name}`, known)}; a plain dollar sign is $$`);
  }
  return unknown.length > 0;
}
