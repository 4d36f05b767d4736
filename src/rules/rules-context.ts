import { didYouMean } from '../core/base/did-you-mean.ts';
import type { ProbeLint, ProbeTarget } from '../core/rules/probe.ts';
import type { Question, RuleSet } from '../core/rules/rule-set.ts';
import { show } from '../core/rules/written-values.ts';

/** Returns the problem with a query of a check, or `null`. The text still has its placeholders. `stepMs` is the length of a tick. `at`: where in the text, in characters from 0. */
export type LintQuery = (
  text: string,
  kind: Question['kind'],
  stepMs: number,
) => { readonly message: string; readonly hint: string; readonly at?: number } | null;

/** The check that asks a query. `needsPast`: one of its conditions compares with the past. */
export type QueryUse = { readonly kind: Question['kind']; readonly needsPast: boolean };

/** Returns the problem of an instance with a query, or `null`: what its options do not declare, or what the check cannot ask of it. */
export type LintCall = (text: string, use: QueryUse) => { readonly message: string; readonly hint: string } | null;

/** Returns the problem with the matchers of a control, or `null`. The text still has its placeholders. */
export type LintMatchers = (text: string) => ReturnType<LintQuery>;

/** Returns the selector that a text means, and a note about it; `null` for every other text. */
export type SimplifySelector = (text: string) => { readonly selector: string; readonly note: string } | null;

/** Returns the problem with splitting a query or a selector by a label, or `null`. */
export type LintSplit = (text: string, label: string) => { readonly message: string; readonly hint: string } | null;

/** A provider, as far as the parser needs it. Each function returns a problem or `null`. A provider without `lintProbe` makes no probes. */
export type KnownProvider = {
  readonly lintSelector: (text: string) => string | null;
  readonly lintQuery?: LintQuery | undefined;
  readonly lintCall?: LintCall | undefined;
  readonly lintMatchers?: LintMatchers | undefined;
  readonly simplifySelector?: SimplifySelector | undefined;
  /** Whether rules may ask it for alerts. Missing: unknown. */
  readonly hasAlerts?: boolean | undefined;
  readonly lintProbe?: ((target: ProbeTarget) => ProbeLint | null) | undefined;
  /** A provider without it cannot split a check by a label. */
  readonly lintSplit?: LintSplit | undefined;
};

/** The instances in the operator's config, and how an extended file is read. A missing part is unknown, so it is not checked. */
export type RulesContext = {
  readonly providers?: ReadonlyMap<string, KnownProvider> | undefined;
  /** There may be other providers than these. */
  readonly isPartial?: boolean | undefined;
  readonly hooks?: ReadonlySet<string> | undefined;
  readonly traffic?: ReadonlySet<string> | undefined;
  readonly notifiers?: ReadonlySet<string> | undefined;
  /** Returns the text of a file. Throws if it cannot be read. */
  readonly readFile?: ((path: string) => string) | undefined;
};

/** One rule file to be parsed. */
export type RulesText = { readonly text: string; readonly file: string; readonly context: RulesContext };

type Instances = { readonly has: (name: string) => boolean; readonly keys: () => Iterable<string> };

/** Returns message and hint for a name that is not defined in the config. Returns `null` if it is defined, or if the config is unknown. */
export function unknownInstance(
  kind: string,
  name: string,
  defined: Instances | undefined,
): readonly [message: string, hint: string] | null {
  if (defined === undefined || defined.has(name)) return null;
  return [`no ${kind} is named ${show(name)}`, didYouMean(name, [...defined.keys()], 'defined')];
}

/** What the parser of a check needs from the rest of the file. */
export type CheckContext = { readonly context: RulesContext; readonly hasControl: boolean; readonly bake: RuleSet['bake'] };
