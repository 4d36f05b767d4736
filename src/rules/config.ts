import type { z } from 'zod';
import type { Plan } from '../core/bake/plan.ts';
import type { Secret } from '../core/base/secret.ts';
import type { DeliveryRules } from '../core/notify/route.ts';
import type { ProbeLint, ProbeTarget } from '../core/rules/probe.ts';
import type { LintQuery } from './context.ts';

/** A plug-in as far as the config needs it. `Make` is what its bound options give: a maker that takes dependencies. */
export type Bindable<Make> = {
  readonly type: string;
  readonly summary: string;
  readonly options: z.ZodType;
  readonly bind: (options: unknown) => Make;
  /** Providers may say what is wrong with a counter selector, or `null`. */
  readonly lintSelector?: ((text: string) => string | null) | undefined;
  /** The same of any text that a check asks. */
  readonly lintQuery?: LintQuery | undefined;
  /** What an instance with these options has against a probe, or `null`; missing where it makes none. */
  readonly lintProbe?: ((options: unknown, target: ProbeTarget) => ProbeLint | null) | undefined;
  /** An instance named after the type is there without being defined. */
  readonly isBuiltIn?: true | undefined;
};

/** Who reads what a notifier sends: people may be told of many deploys in one message, and not at night; systems are told of each, at once. */
export type Audience = 'people' | 'systems';

/** The plug-ins that a config may name, by type. */
export type Plugins<P, H, T, N> = {
  readonly providers: ReadonlyMap<string, Bindable<P>>;
  readonly hooks: ReadonlyMap<string, Bindable<H>>;
  readonly trafficHooks: ReadonlyMap<string, Bindable<T>>;
  readonly notifiers: ReadonlyMap<string, Bindable<N> & { readonly audience: Audience }>;
};

/** One instance of the config: its options are checked and closed over, its dependencies are still to come. */
export type Instance<Make> = { readonly type: string; readonly make: Make; readonly options: InstanceOptions };

/** An instance's options as the plug-in's own helpers take them. They may hold secrets in plain text: never printed. */
export type InstanceOptions = { readonly reveal: () => unknown };

/** A token; only its SHA-256 is kept. Empty lists of services or environments mean all. */
export type TokenConfig = {
  readonly name: string;
  readonly sha256: string;
  readonly verbs: readonly ('register' | 'read' | 'operate')[];
  readonly services: readonly string[];
  readonly environments: readonly string[];
};

/** The policies that rules cannot loosen. Durations in milliseconds. */
export type ConfigPolicy = {
  readonly observeOnly: boolean;
  readonly approvalMs: number;
  readonly finishMs: number;
  readonly rollbackMs: number;
  readonly blindAfterMs: number;
  /** How often every rollback is rehearsed (`null`: never by itself), and where a drill may roll back for real. */
  readonly drill: { readonly everyMs: number | null; readonly forRealIn: readonly string[] };
} & Pick<Plan, 'budget' | 'sharedCause' | 'nextKnownGood'>;

/** The operator's config, parsed. */
export type Config<P, H, T, N> = {
  readonly server: { readonly host: string; readonly port: number; readonly publicUrl: string | null };
  readonly database: { readonly url: Secret | null; readonly retentionMs: number };
  readonly dataDir: string;
  readonly tokens: readonly TokenConfig[];
  readonly providers: ReadonlyMap<string, Instance<P>>;
  readonly hooks: ReadonlyMap<string, Instance<H>>;
  readonly traffic: ReadonlyMap<string, Instance<T>>;
  readonly notifiers: ReadonlyMap<string, Instance<N> & { readonly rules: DeliveryRules }>;
  /** Rule files and patterns of rule files, as paths. */
  readonly rules: readonly string[];
  readonly policy: ConfigPolicy;
};

/** How the world outside of the config's text is read. The functions throw where something cannot be read. */
export type ConfigSources<P, H, T, N> = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  readonly plugins: Plugins<P, H, T, N>;
};
