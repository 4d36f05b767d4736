import type { ProviderPlugin } from '../src/ports/provider-plugin.ts';
import type { ProviderDeps } from './deps.ts';
import { newrelic } from './newrelic.ts';
import { probe } from './probe.ts';
import { prometheus } from './prometheus.ts';

/** Every kind of provider by its `type`; a new one is one file and one line here. */
export const providers: ReadonlyMap<string, ProviderPlugin<ProviderDeps>> = new Map(
  [prometheus, newrelic, probe].map((provider) => [provider.type, provider]),
);
