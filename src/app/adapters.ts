import type { ProviderDeps } from '../../providers/deps.ts';
import { createGuard, type GuardedProvider, type SkipReason } from '../../providers/guard.ts';
import { watchServerClock } from '../../providers/server-clock.ts';
import { createHttp, type Http } from '../net/http.ts';
import { createRunProcess, type RunProcess } from '../net/process.ts';
import type { MetricsProvider } from '../ports/provider.ts';
import type { ProviderInstance } from '../ports/providers.ts';
import type { Instance } from '../rules/config.ts';
import type { AppConfig } from './app-config.ts';
import { createLiveMap } from './live-map.ts';
import { plugins } from './plugins.ts';

/** The adapters that every command needs that asks providers: `serve`, `gate`, `backtest` and `check --live`. */
export type Adapters = {
  readonly http: Http;
  readonly run: RunProcess;
  readonly providers: ReadonlyMap<string, ProviderInstance & { readonly provider: GuardedProvider }>;
  /** Replaces the providers by those of another config. */
  replaceProviders(config: AdapterOptions['config']): void;
  /** Closes the HTTP connections. */
  close(): Promise<void>;
};

export type AdapterOptions = {
  readonly config: Pick<AppConfig, 'providers'>;
  /** The variables of the environment; a program gets the few that it needs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called after every request to a provider. */
  readonly onRequest?: OnRequest;
  /** Called for every question that is not sent, because the provider does not answer or has too much to answer. */
  readonly onSkip?: OnSkip;
  /** Called once for a provider that refuses questions that share a request. */
  readonly onApart?: OnApart;
  /** Whether questions wait for a provider that is busy or away, as long as their callers do. Default: true, for commands that ask once. */
  readonly isPatient?: boolean;
  /** The alerts that other systems send to this server. Missing: only a server has them. */
  readonly alerts?: ProviderDeps['alerts'];
  /** How many servers share the limits of the providers. Default: this one alone. */
  readonly sharers?: () => number;
  /** The time that signatures and queries go by. Default: the machine's. */
  readonly now?: () => number;
};

type OnSkip = (labels: { readonly provider: string; readonly reason: SkipReason }) => void;
type OnApart = (labels: { readonly provider: string; readonly reason: string }) => void;
type OnRequest = (labels: { readonly provider: string; readonly outcome: string }, seconds: number) => void;

/** Creates the HTTP client, the process runner, and every provider of the config. The caller must close the result. */
export function createAdapters(options: AdapterOptions): Adapters {
  const http = createHttp(options.now, options.environment);
  const run = createRunProcess(options.environment);
  const { live, replace } = createLiveMap(providerMaker(options, { http, run, ...(options.alerts && { alerts: options.alerts }) }));
  replace(options.config.providers);
  return { http, run, providers: live, replaceProviders: (other) => replace(other.providers), close: () => http.close() };
}

/** Makes a provider behind its guard, which does rate limits, retries and coalescing for all provider types alike. */
function providerMaker({ now, sharers, isPatient = true, ...hooks }: AdapterOptions, deps: ProviderDeps) {
  return (
    { type, make, options }: Instance<(deps: ProviderDeps) => MetricsProvider>,
    name: string,
  ): ProviderInstance & { readonly provider: GuardedProvider } => {
    const plugin = plugins.providers.get(type);
    if (plugin === undefined) throw new Error(`the config was accepted with the provider type ${type}, which does not exist`);
    const raw = options.reveal();
    const server = watchServerClock(deps.http);
    const isProbe = plugin.lintProbe !== undefined;
    // What is there without a definition has no server of metrics: the clocks of the sites that a probe asks mean nothing.
    const clock = plugin.isBuiltIn ? undefined : server.clock;
    const provider = createGuard(make({ ...deps, otherHttp: deps.http, http: clock === undefined ? deps.http : server.http }), {
      limits: plugin.limits(raw),
      name,
      maxTicks: plugin.maxTicks ?? null,
      clock,
      isPatient: isProbe || isPatient,
      onRequest: ({ outcome, seconds }) => hooks.onRequest?.({ provider: name, outcome }, seconds),
      onSkip: (reason) => hooks.onSkip?.({ provider: name, reason }),
      onApart: ({ message }) => hooks.onApart?.({ provider: name, reason: message }),
      ...(now && { now }),
      ...(sharers && !isProbe && { sharers }),
    });
    return { provider, settleMs: plugin.settleMs(raw), viewers: plugin.viewers(raw), ...(clock && { clock }) };
  };
}
