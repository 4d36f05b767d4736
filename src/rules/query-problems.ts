import { didYouMean } from '../core/base/did-you-mean.ts';
import { isPlaceholder, placeholdersIn, queryPlaceholders, renderQuery } from '../core/rules/render-query.ts';
import type { Question } from '../core/rules/rule-set.ts';
import type { Cursor } from './cursor.ts';
import type { KnownProvider, LintQuery } from './rules-context.ts';

/** Example values of a deploy, so that a selector can be checked before there is a deploy. */
const sampleValues = { service: 'service', environment: 'environment', version: '1', commit: '1', known_good: '1', step: '15s' };

/** Reports problems with the matchers of a `control` section. */
export function matcherProblems(cursor: Cursor, text: string): void {
  placeholderProblems(cursor, text);
  if (placeholdersIn(text).includes('matchers'))
    cursor.problem('matchers must not contain $matchers', 'write the matchers, such as version="$version"');
  if (/^\s*\{|\}\s*$/.test(text)) cursor.problem('matchers have no braces', 'write only the matchers, such as version="$version"');
}

/** Reports what the providers of the checks find wrong with the matchers of a `control` section. */
export function controlProblems(cursor: Cursor, providers: readonly KnownProvider[]): void {
  for (const side of [cursor.at('canary'), cursor.at('stable')]) {
    const { value } = side;
    if (typeof value !== 'string' || placeholdersIn(value).some((name) => !isPlaceholder(name)) || /^\s*\{|\}\s*$/.test(value)) continue;
    const faults = providers.map((provider) => provider.lintMatchers?.(value) ?? null);
    const fault = faults.find((one) => one !== null);
    if (fault) side.problemAt(fault.at ?? 0, fault.message, fault.hint);
  }
}

/** The kind of a check, whether it compares with the past, its provider, the length of its ticks, and whether the file has a `control` section. */
export type SelectorContext = {
  readonly kind: Question['kind'];
  readonly needsPast: boolean;
  readonly provider: KnownProvider | undefined;
  readonly hasControl: boolean;
  readonly stepMs: number;
};

/** Reports problems with a counter selector: unknown placeholders, and what its provider reports. Returns the selector that the text means. */
export function readSelector(cursor: Cursor, text: string, context: SelectorContext): string {
  const simple = context.provider?.simplifySelector?.(text) ?? null;
  if (simple !== null) cursor.note(simple.note);
  selectorProblems(cursor, { text, selector: simple?.selector ?? text }, context);
  return simple?.selector ?? text;
}

type WrittenSelector = { readonly text: string; readonly selector: string };

function selectorProblems(cursor: Cursor, { text, selector }: WrittenSelector, context: SelectorContext): void {
  if (placeholderProblems(cursor, text)) return;
  if (placeholdersIn(text).includes('matchers')) {
    cursor.problem(
      'a selector must not contain $matchers: the matchers of `control` are added by themselves',
      "remove $matchers, or write `{ query: '…' }`",
    );
    return;
  }
  if (providerProblem(cursor, text, context)) return;
  const wrong = context.provider?.lintSelector(renderQuery(selector, sampleValues)) ?? null;
  if (wrong !== null) cursor.problem(wrong, "write any other query as `{ query: '…' }`");
}

/** Reports problems with a query. With a `control` section it must contain $matchers, because it is used for both releases. */
export function queryProblems(cursor: Cursor, text: string, context: SelectorContext): void {
  if (!placeholderProblems(cursor, text)) providerProblem(cursor, text, context);
  if (context.hasControl && !placeholdersIn(text).includes('matchers')) {
    cursor.problem(
      'the query has no $matchers, but the file has a `control` section',
      'put $matchers into the selectors, such as up{$matchers}',
    );
  }
}

function providerProblem(cursor: Cursor, text: string, { kind, needsPast, provider, stepMs }: SelectorContext): boolean {
  const fault: ReturnType<LintQuery> = provider?.lintQuery?.(text, kind, stepMs) ?? provider?.lintCall?.(text, { kind, needsPast }) ?? null;
  if (fault?.at !== undefined) cursor.problemAt(fault.at, fault.message, fault.hint);
  else if (fault !== null) cursor.problem(fault.message, fault.hint);
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
