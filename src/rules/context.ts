import { didYouMean } from '../core/base/did-you-mean.ts';
import type { ProbeLint, ProbeTarget } from '../core/rules/probe.ts';
import type { Question, RuleSet } from '../core/rules/rule-set.ts';
import { show } from './values.ts';

/** Says what is wrong with any text that a check asks, as it is written, its placeholders still in it; `null` where nothing is. */
export type LintQuery = (text: string, kind: Question['kind']) => { readonly message: string; readonly hint: string } | null;

/** What the parser must know of a provider: what it has against a selector, a query or a probe, or `null`. Without `lintProbe` it makes no probes. */
export type KnownProvider = {
  readonly lintSelector: (text: string) => string | null;
  readonly lintQuery?: LintQuery | undefined;
  readonly lintProbe?: ((target: ProbeTarget) => ProbeLint | null) | undefined;
};

/** The instances that the operator has defined, and how an extended file is read. Whatever is left out is unknown, and not checked. */
export type RulesContext = {
  readonly providers?: ReadonlyMap<string, KnownProvider> | undefined;
  /** There may be other providers. */
  readonly isPartial?: boolean | undefined;
  readonly hooks?: ReadonlySet<string> | undefined;
  readonly traffic?: ReadonlySet<string> | undefined;
  readonly notifiers?: ReadonlySet<string> | undefined;
  /** The text of a file. Throws where it cannot be read. */
  readonly readFile?: ((path: string) => string) | undefined;
};

/** One rule file to be parsed. */
export type RulesText = { readonly text: string; readonly file: string; readonly context: RulesContext };

type Instances = { readonly has: (name: string) => boolean; readonly keys: () => Iterable<string> };

/** Message and hint for a name that the operator has not defined; `null` where it is defined, or nothing is known. */
export function unknownInstance(
  kind: string,
  name: string,
  defined: Instances | undefined,
): readonly [message: string, hint: string] | null {
  if (defined === undefined || defined.has(name)) return null;
  return [`no ${kind} is named ${show(name)}`, didYouMean(name, [...defined.keys()], 'defined')];
}

/** What a check must know of the file around it. */
export type CheckContext = { readonly context: RulesContext; readonly hasControl: boolean; readonly bake: RuleSet['bake'] };
