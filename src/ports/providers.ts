import type { MetricsProvider } from './provider.ts';

/** A provider instance of the operator, behind its guard, and how long after its end a tick can still change there. */
export type ProviderInstance = { readonly provider: MetricsProvider; readonly settleMs: number };

export type Providers = ReadonlyMap<string, ProviderInstance>;
