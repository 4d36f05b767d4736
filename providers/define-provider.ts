import type { z } from 'zod';
import type { ProbeLint, ProbeTarget } from '../src/core/rules/probe.ts';
import type { Question } from '../src/core/rules/rule-set.ts';
import { definePlugin, type Plugin } from '../src/ports/plugin.ts';
import type { MetricsProvider } from '../src/ports/provider.ts';
import type { QueryViewer } from '../src/ports/query-viewer.ts';
import type { ProviderDeps } from './deps.ts';

/** The load that an instance accepts: concurrent calls, and calls per second (`null`: unlimited). */
export type ProviderLimits = { readonly concurrency: number; readonly perSecond: number | null };

/** What is wrong with a query, and what to write instead. `at`: where in the text, in characters from 0; missing: it is the text as a whole. */
export type QueryFault = { readonly message: string; readonly hint: string; readonly at?: number };

/** The check that asks a query. `needsPast`: one of its conditions compares with the past. */
export type CheckUse = { readonly kind: Question['kind']; readonly needsPast: boolean };

/** The properties of a provider that do not depend on the options of an instance. */
type ProviderTraits = {
  /** True: an instance named after the type exists without being defined, with the default options. */
  readonly isBuiltIn?: true;
  /** True: the provider answers the form `alert`, and rules may use it in `alert:`. */
  readonly hasAlerts?: true;
  /** Returns what is wrong with a counter selector in a rule file, or `null`. A provider without selectors refuses every selector. */
  readonly lintSelector: (text: string) => string | null;
  /**
   * Returns what is wrong with any text of a check. Its placeholders are not yet filled in. Leave it out where only the server can tell. `stepMs` is the
   * length of a tick; `options` are those of the instance, not yet checked.
   */
  readonly lintQuery?: (text: string, kind: Question['kind'], stepMs: number, options?: unknown) => QueryFault | null;
  /** Returns what is wrong with the matchers of a control, or `null`. Its placeholders are not yet filled in. */
  readonly lintMatchers?: (text: string) => QueryFault | null;
  /** Reads a selector that is written with more than it needs, such as `rate(x[5m])`; `null` for every other text. */
  readonly simplifySelector?: (text: string) => { readonly selector: string; readonly note: string } | null;
  /** Returns what is wrong with splitting a query or a selector by a label, or `null`. Missing: the provider cannot split. */
  readonly lintSplit?: (text: string, label: string) => QueryFault | null;
  /** The maximum number of ticks in one call. The guard splits a longer window into several calls. Default: unlimited. */
  readonly maxTicks?: number;
};

/** A provider as the index lists it. It takes raw options; all functions but `lintProbe` and `lintCall` throw a `ZodError` for options that `bind` refuses. */
export type ProviderPlugin = Plugin<MetricsProvider, ProviderDeps> &
  ProviderTraits & {
    /** Returns why an instance with these options refuses a probe, or `null`. Missing: the provider makes no probes. */
    readonly lintProbe?: (options: unknown, target: ProbeTarget) => ProbeLint | null;
    /** Returns why an instance with these options refuses a query of a check, or `null`. Missing: its options refuse none. */
    readonly lintCall?: (options: unknown, text: string, use: CheckUse) => QueryFault | null;
    /** How long after its end a tick may still change, because scrapes and ingestion are late. */
    readonly settleMs: (options: unknown) => number;
    readonly limits: (options: unknown) => ProviderLimits;
    /** Where people can open the queries of an instance in a browser. */
    readonly viewers: (options: unknown) => readonly QueryViewer[];
  };

/** What the author of a provider writes: the functions take options that the schema has already parsed. */
export type ProviderDefinition<Options extends z.ZodType> = ProviderTraits & {
  readonly type: string;
  readonly summary: string;
  readonly options: Options;
  readonly example: Readonly<Record<string, unknown>>;
  readonly lintProbe?: (options: z.output<Options>, target: ProbeTarget) => ProbeLint | null;
  /** As `lintQuery`, for what depends on the options or on whether the check compares with the past. */
  readonly lintCall?: (options: z.output<Options>, text: string, use: CheckUse) => QueryFault | null;
  readonly settleMs: (options: z.output<Options>) => number;
  readonly limits: (options: z.output<Options>) => ProviderLimits;
  /** Where people can open the queries of an instance. Only what the operator says is for browsers. Missing: nowhere. */
  readonly viewers?: (options: z.output<Options>) => readonly QueryViewer[];
  readonly create: (options: z.output<Options>, deps: ProviderDeps) => MetricsProvider;
};

/** Defines a provider. The type of its options ends here, so that the index is a plain list. */
export function defineProvider<Options extends z.ZodType>(definition: ProviderDefinition<Options>): ProviderPlugin {
  const { type, summary, options, example, create, lintProbe, lintCall, settleMs, limits, viewers, ...traits } = definition;
  const plugin = { type, summary, options, example, create };
  return {
    ...traits,
    ...definePlugin<MetricsProvider, ProviderDeps, Options>(plugin),
    settleMs: (raw) => settleMs(options.parse(raw)),
    limits: (raw) => limits(options.parse(raw)),
    viewers: (raw) => viewers?.(options.parse(raw)) ?? [],
    ...(lintProbe && {
      lintProbe: (raw: unknown, target: ProbeTarget) => {
        const parsed = options.safeParse(raw);
        return parsed.success ? lintProbe(parsed.data, target) : null;
      },
    }),
    ...(lintCall && {
      lintCall: (raw: unknown, text: string, use: CheckUse) => {
        const parsed = options.safeParse(raw);
        return parsed.success ? lintCall(parsed.data, text, use) : null;
      },
    }),
  };
}
