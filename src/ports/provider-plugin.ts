import type { ProbeLint, ProbeTarget } from '../core/rules/probe.ts';
import type { Question } from '../core/rules/rule-set.ts';
import type { Plugin } from './plugin.ts';
import type { MetricsProvider } from './provider.ts';

/** How hard an instance may be asked: calls at once, and calls a second (`null`: as many as come). */
export type ProviderLimits = { readonly concurrency: number; readonly perSecond: number | null };

/** What is wrong with a query, and what to write instead. */
export type QueryFault = { readonly message: string; readonly hint: string };

/** A provider as its folder's index lists it. */
export type ProviderPlugin<Deps> = Plugin<MetricsProvider, Deps> & {
  /** An instance named after the type is there without being defined, with the options' defaults. */
  readonly isBuiltIn?: true;
  /** Says what an instance with these options has against a probe, or `null`. Missing where the provider makes none. */
  readonly lintProbe?: (options: unknown, target: ProbeTarget) => ProbeLint | null;
  /** Says what is wrong with a counter selector in a rule file, or `null`; a provider without selectors refuses all. */
  readonly lintSelector: (text: string) => string | null;
  /** Says what is wrong with any text that a check asks, as it is written: its placeholders stand in it. Missing where only the server can tell. */
  readonly lintQuery?: (text: string, kind: Question['kind']) => QueryFault | null;
  /** How many ticks may be asked for at once; the guard cuts longer windows into pieces, each a call. Missing: any number. */
  readonly maxTicks?: number;
  /** How long after its end a tick may still change: scrapes and ingestion take their time. Throws a `ZodError` for options that `bind` refuses. */
  readonly settleMs: (options: unknown) => number;
  /** What the operator allows. Throws a `ZodError` for options that `bind` refuses. */
  readonly limits: (options: unknown) => ProviderLimits;
};
