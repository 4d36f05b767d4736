import type { ProviderPlugin } from './define-provider.ts';
import { newrelic } from './newrelic.ts';
import { probe } from './probe.ts';
import { prometheus } from './prometheus.ts';

/** Every kind of provider by its `type`; a new one is one file and one line here. */
export const providers: ReadonlyMap<string, ProviderPlugin> = new Map(
  [prometheus, newrelic, probe].map((provider) => [provider.type, provider]),
);
