import type { ProbeLint, ProbeTarget } from '../core/rules/probe.ts';
import type { Question } from '../core/rules/rule-set.ts';
import type { Plugin } from './plugin.ts';
import type { MetricsProvider } from './provider.ts';

/** The load that an instance may get: concurrent calls, and calls per second (`null`: no limit). */
export type ProviderLimits = { readonly concurrency: number; readonly perSecond: number | null };

/** What is wrong with a query, and what to write instead. */
export type QueryFault = { readonly message: string; readonly hint: string };

/** A provider as the index of its folder lists it. */
export type ProviderPlugin<Deps> = Plugin<MetricsProvider, Deps> & {
  /** An instance with the name of the type and the default options exists without being defined. */
  readonly isBuiltIn?: true;
  /** Returns what is wrong with a probe for an instance with these options, or `null`. Missing where the provider makes no probes. */
  readonly lintProbe?: (options: unknown, target: ProbeTarget) => ProbeLint | null;
  /** Returns what is wrong with a counter selector in a rule file, or `null`. A provider without selectors refuses all. */
  readonly lintSelector: (text: string) => string | null;
  /** Returns what is wrong with a query as it is written, with its placeholders, or `null`. Missing where only the server can tell. */
  readonly lintQuery?: (text: string, kind: Question['kind']) => QueryFault | null;
  /** Maximum number of ticks in one call. The guard splits longer windows. Missing: no limit. */
  readonly maxTicks?: number;
  /** How long after its end a tick can still change, because scrapes and ingestion take time. Throws a `ZodError` for options that `bind` refuses. */
  readonly settleMs: (options: unknown) => number;
  /** The limits that the operator sets. Throws a `ZodError` for options that `bind` refuses. */
  readonly limits: (options: unknown) => ProviderLimits;
};
