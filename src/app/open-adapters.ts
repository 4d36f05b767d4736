import type { Meter } from '../core/base/meter.ts';
import type { DispatchDeps } from '../effects/deps.ts';
import type { Clock } from '../ports/clock.ts';
import type { EffectQueue } from '../ports/effect-queue.ts';
import type { Inbox } from '../ports/inbox.ts';
import type { Store } from '../ports/store.ts';
import { openStore } from '../store/open-store.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { type Adapters, createAdapters } from './adapters.ts';
import type { AppConfig } from './app-config.ts';
import type { AppInput } from './app-input.ts';
import { type ClockSkews, readClockSkews } from './clock-skew.ts';
import type { Closers } from './closers.ts';
import { createDatabaseClock } from './database-clock.ts';
import { createMeteredStore } from './metered-store.ts';

/** The first phase's result: the database, the metrics, and an instance of every plug-in that the config defines, by name. */
export type ServerAdapters = Pick<Adapters, 'providers'> &
  PluginInstances & {
    readonly clock: Clock;
    /** Corrects the clock by the database's. */
    readonly syncClock: () => Promise<void>;
    /** How far the clocks of this machine, of the database and of the providers are apart. */
    readonly clockSkews: () => ClockSkews;
    readonly store: Store;
    readonly queue: EffectQueue;
    /** Whether the database is the embedded one, which belongs to this process alone. */
    readonly isEmbedded: boolean;
    readonly metrics: Metrics;
    readonly meter: Meter;
  };

type PluginInstances = Pick<DispatchDeps, 'hooks' | 'shiftHooks' | 'notifiers'> & { readonly inboxes: ReadonlyMap<string, Inbox> };

/** Phase 1: opens the database and creates all adapters. Throws `AppError` when the database cannot be opened. */
export async function openAdapters(input: AppInput, closers: Closers): Promise<ServerAdapters> {
  const { config, log, environment } = input;
  const databaseClock = createDatabaseClock();
  const clock = input.clock ?? databaseClock;
  const databaseUrl = input.databaseUrl ?? config.database.url;
  const path = environment.PATH;
  const storage = await openStore({ databaseUrl, dataDir: config.dataDir, log, clock, ...(path !== undefined && { path }) });
  closers.push(storage.close);
  const syncClock = () => databaseClock.sync(() => storage.store.now());
  await syncClock();
  const metrics = createMetrics();
  const { meter } = metrics;
  const adapters = createAdapters({ config, environment, onRequest: meter.providerAsked, now: () => clock.now() });
  closers.push(adapters.close);
  return {
    clock,
    syncClock,
    clockSkews: () => (input.clock === undefined ? readClockSkews(databaseClock, adapters.providers) : new Map()),
    store: createMeteredStore(storage.store, meter),
    queue: storage.queue,
    isEmbedded: databaseUrl === null,
    metrics,
    meter,
    providers: adapters.providers,
    ...createPluginInstances(config, adapters),
  };
}

/** Creates an instance of every hook and notifier that the config defines, by name. */
export function createPluginInstances(config: AppConfig, deps: Pick<Adapters, 'http' | 'run'>): PluginInstances {
  const notifiers = new Map([...config.notifiers].map(([name, { type, make, rules }]) => [name, { type, notifier: make(deps), rules }]));
  return {
    hooks: new Map([...config.hooks].map(([name, { type, make }]) => [name, { type, hook: make(deps) }])),
    shiftHooks: new Map([...config.traffic].map(([name, { type, make }]) => [name, { type, hook: make(deps) }])),
    notifiers,
    inboxes: new Map([...notifiers].flatMap(([name, { notifier }]) => (notifier.inbox ? [[name, notifier.inbox]] : []))),
  };
}
