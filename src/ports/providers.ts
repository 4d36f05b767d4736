import type { MetricsProvider } from './provider.ts';

/** A provider instance as the operator defined it, guarded; and how long after its end a tick may still change there. */
export type ProviderInstance = { readonly provider: MetricsProvider; readonly settleMs: number };

export type Providers = ReadonlyMap<string, ProviderInstance>;
