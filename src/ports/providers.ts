import type { MetricsProvider } from './provider.ts';
import type { QueryViewer } from './query-viewer.ts';

/** The clock of a provider's server: it shows a time between `earliest` and `latest` now. `null`: no answer with a date came yet. */
export type ServerClock = { now(): { readonly earliest: number; readonly latest: number } | null };

/**
 * A provider instance of the operator, behind its guard, and how long after its end a tick can still change there. `clock` is missing where the provider
 * has no server of its own, such as a probe. `viewers`: where people can open its queries.
 */
export type ProviderInstance = {
  readonly provider: MetricsProvider;
  readonly settleMs: number;
  readonly clock?: ServerClock;
  readonly viewers?: readonly QueryViewer[];
};

export type Providers = ReadonlyMap<string, ProviderInstance>;
