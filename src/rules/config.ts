import type { z } from 'zod';
import type { OperatorPolicy } from '../core/bake/plan.ts';
import type { Grant } from '../core/base/grant.ts';
import type { PipelineRights } from '../core/base/pipeline-rights.ts';
import type { Secret } from '../core/base/secret.ts';
import type { DeliveryRules } from '../core/notify/route.ts';
import type { ProbeLint, ProbeTarget } from '../core/rules/probe.ts';
import type { LintCall, LintMatchers, LintQuery, LintSplit, SimplifySelector } from './rules-context.ts';

/** A plug-in, as far as the config needs it. `Make` is the factory that the bound options return: it takes the dependencies. */
export type Bindable<Make> = {
  readonly type: string;
  readonly summary: string;
  readonly options: z.ZodType;
  readonly bind: (options: unknown) => Make;
  /** Only for providers: returns the problem with a counter selector, or `null`. */
  readonly lintSelector?: ((text: string) => string | null) | undefined;
  /** Only for providers: returns the problem with any query of a check, or `null`. */
  readonly lintQuery?: ((...asked: [...Parameters<LintQuery>, options?: unknown]) => ReturnType<LintQuery>) | undefined;
  /** Only for providers: returns the problem of an instance with these options with a query of a check, or `null`. */
  readonly lintCall?: ((options: unknown, ...query: Parameters<LintCall>) => ReturnType<LintCall>) | undefined;
  /** Only for providers: returns the problem with the matchers of a control, or `null`. */
  readonly lintMatchers?: LintMatchers | undefined;
  /** Only for providers: returns the selector that a text means, and a note about it. */
  readonly simplifySelector?: SimplifySelector | undefined;
  /** Only for providers: whether rules may ask it for alerts. */
  readonly hasAlerts?: true | undefined;
  /** Only for providers that make probes: returns the problem of an instance with these options with a probe, or `null`. */
  readonly lintProbe?: ((options: unknown, target: ProbeTarget) => ProbeLint | null) | undefined;
  /** Only for providers that can split a check by a label: returns the problem with splitting a query by it, or `null`. */
  readonly lintSplit?: LintSplit | undefined;
  /** There is always an instance with the name of the type, without an entry in the config. */
  readonly isBuiltIn?: true | undefined;
};

/** Who reads the messages of a notifier. `people` may get digests and have quiet times. `systems` get every notice at once. */
export type Audience = 'people' | 'systems';

/** The plug-ins that a config may name, by type. */
export type Plugins<P, H, T, N> = {
  readonly providers: ReadonlyMap<string, Bindable<P>>;
  readonly hooks: ReadonlyMap<string, Bindable<H>>;
  readonly trafficHooks: ReadonlyMap<string, Bindable<T>>;
  readonly notifiers: ReadonlyMap<string, Bindable<N> & { readonly audience: Audience }>;
};

/** One instance of the config. Its options are checked; its dependencies are handed to `make` later. */
export type Instance<Make> = { readonly type: string; readonly make: Make; readonly options: InstanceOptions };

/** The options of an instance, for helpers of its plug-in. They may hold secrets in plain text, so they must never be printed. */
export type InstanceOptions = { readonly reveal: () => unknown };

/** A token. Only its SHA-256 is stored. Empty lists of services or environments mean all. */
export type TokenConfig = Grant & { readonly name: string; readonly sha256: string; readonly expiresAt: number | null };

/** The identity provider. `trustsEmail`: an address counts although the provider does not say that it is verified. */
export type OidcConfig = {
  readonly issuer: string;
  readonly clientId: string;
  /** `null`: a public client. */
  readonly clientSecret: Secret | null;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
  readonly trustsEmail: boolean;
  /** PEM text; `null`: the certificate authorities of the system. */
  readonly ca: string | null;
};

/** A role, and who has it. Empty lists of services or environments mean all. An address may be `*@` and a domain. */
export type RoleConfig = {
  readonly holder: { readonly kind: 'group' | 'email' | 'subject' | 'everyone'; readonly value: string };
  readonly role: 'viewer' | 'deployer' | 'operator' | 'admin';
  readonly services: readonly string[];
  readonly environments: readonly string[];
};

/** How people sign in, and what they may do. `oidc: null`: only with links and tokens. */
export type SignInConfig = {
  readonly oidc: OidcConfig | null;
  readonly roles: readonly RoleConfig[];
  readonly session: { readonly idleMs: number; readonly maxMs: number };
  readonly deployPages: 'signed_in' | 'by_link';
};

/**
 * How long the data of a bake is kept after its end, in milliseconds: the pasts of its checks, its measurements, and the whole deploy. `audit`: how long a
 * row of the audit trail is kept.
 */
export type Retentions = { readonly pasts: number; readonly measurements: number; readonly deploys: number; readonly audit: number };

/** A certificate with its chain and its private key, as PEM texts that belong together. */
export type ServerTls = { readonly cert: string; readonly key: Secret };

/** The parsed config. */
export type Config<P, H, T, N> = {
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | null;
    readonly trustedProxies: readonly string[];
    /** `null`: plain HTTP. */
    readonly tls: ServerTls | null;
  };
  readonly database: { readonly url: Secret | null; readonly isCompact: boolean; readonly keepMs: Retentions };
  readonly dataDir: string;
  /** How long a stop waits for what is under way. */
  readonly drainMs: number;
  readonly tokens: readonly TokenConfig[];
  readonly pipelines: readonly PipelineRights[];
  /** `null`: nobody signs in. */
  readonly signIn: SignInConfig | null;
  readonly providers: ReadonlyMap<string, Instance<P>>;
  readonly hooks: ReadonlyMap<string, Instance<H>>;
  readonly traffic: ReadonlyMap<string, Instance<T>>;
  readonly notifiers: ReadonlyMap<string, Instance<N> & { readonly rules: DeliveryRules }>;
  /** The paths of rule files, and patterns of such paths. */
  readonly rules: readonly string[];
  readonly policy: OperatorPolicy;
};

/** What the config parser needs apart from the text. `readFile` throws if a file cannot be read. */
export type ConfigSources<P, H, T, N> = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  readonly plugins: Plugins<P, H, T, N>;
};
