import type { ProviderDeps } from '../../providers/deps.ts';
import { createGuard, type GuardedProvider } from '../../providers/guard.ts';
import type { ProviderInstance } from '../ports/providers.ts';
import type { AppConfig } from './app-config.ts';
import { plugins } from './plugins.ts';

/** Builds every provider instance behind its guard: limits, retries and coalescing are the guard's, whatever the provider. */
export function guardProviders(
  { config }: { readonly config: AppConfig },
  deps: ProviderDeps,
  onRequest: (labels: { readonly provider: string; readonly outcome: string }, seconds: number) => void,
): ReadonlyMap<string, ProviderInstance & { readonly provider: GuardedProvider }> {
  const entries = [...config.providers].map(([name, { type, make, options }]) => {
    const plugin = plugins.providers.get(type);
    if (plugin === undefined) throw new Error(`the provider type ${type} was accepted and is not there`);
    const raw = options.reveal();
    const provider = createGuard(make(deps), {
      limits: plugin.limits(raw),
      maxTicks: plugin.maxTicks ?? null,
      onRequest: ({ outcome, seconds }) => onRequest({ provider: name, outcome }, seconds),
    });
    return [name, { provider, settleMs: plugin.settleMs(raw) }] as const;
  });
  return new Map(entries);
}
