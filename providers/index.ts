import { alertmanager } from './alertmanager.ts';
import { cloudwatch } from './cloudwatch.ts';
import { command } from './command.ts';
import { datadog } from './datadog.ts';
import type { ProviderPlugin } from './define-provider.ts';
import { inbound } from './inbound.ts';
import { loki } from './loki.ts';
import { newrelic } from './newrelic.ts';
import { probe } from './probe.ts';
import { prometheus } from './prometheus.ts';
import { web } from './web.ts';

/** All providers by their `type`. A new one is added to the list. */
export const providers: ReadonlyMap<string, ProviderPlugin> = new Map(
  [prometheus, newrelic, datadog, cloudwatch, alertmanager, inbound, probe, web, command, loki].map((provider) => [
    provider.type,
    provider,
  ]),
);
