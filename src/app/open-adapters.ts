import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
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
import type { AppInput, PortWrapper } from './app-input.ts';
import { type ClockSkews, readClockSkews } from './clock-skew.ts';
import type { Closers } from './closers.ts';
import { createDatabaseClock } from './database-clock.ts';
import { createFleetSize } from './fleet-size.ts';
import { createLiveMap } from './live-map.ts';
import { createMeteredStore } from './metered-store.ts';
import { openRules, type ServerRules } from './open-rules.ts';
import { createShedLog } from './overload.ts';

/** The first phase's result: the database, the metrics, and an instance of every plug-in that the config defines, by name. */
export type ServerAdapters = Pick<Adapters, 'providers' | 'http'> &
  PluginInstances &
  ServerRules & {
    readonly clock: Clock;
    /** Corrects the clock by the database's. */
    readonly syncClock: () => Promise<void>;
    /** How far the clocks of this machine, of the database and of the providers are apart. */
    readonly clockSkews: () => ClockSkews;
    readonly store: Store;
    readonly queue: EffectQueue;
    /** Whether the database is the embedded one, which belongs to this process alone. */
    readonly isEmbedded: boolean;
    /** Replaces every instance by those of another config. Unchanged ones stay. */
    readonly replaceInstances: (config: AppConfig) => void;
    /** The name of this process in the database. */
    readonly worker: string;
    /** How many servers share the database. */
    readonly fleetSize: () => number;
    /** The providers that had too much to answer in the last minute. */
    readonly shedding: () => readonly string[];
    readonly metrics: Metrics;
    readonly meter: Meter;
  };

type PluginInstances = Pick<DispatchDeps, 'hooks' | 'shiftHooks' | 'notifiers'> & { readonly inboxes: ReadonlyMap<string, Inbox> };

/** Phase 1: opens the database and creates all adapters. Throws `AppError` when the database cannot be opened. */
export async function openAdapters(input: AppInput, closers: Closers): Promise<ServerAdapters> {
  const { config, log, environment, wrap = unwrapped } = input;
  const databaseClock = createDatabaseClock();
  const clock = input.clock ?? databaseClock;
  const databaseUrl = input.databaseUrl ?? config.database.url;
  const path = environment.PATH;
  const storage = await openStore({
    databaseUrl,
    isCompact: databaseUrl === null || config.database.isCompact,
    dataDir: config.dataDir,
    log,
    clock,
    ...(path !== undefined && { path }),
  });
  closers.push(storage.close);
  const syncClock = () => databaseClock.sync(() => storage.store.now());
  await syncClock();
  const metrics = createMetrics();
  const { meter } = metrics;
  const isEmbedded = databaseUrl === null;
  const worker = isEmbedded ? 'embedded' : `${hostname()}:${process.pid}:${randomUUID()}`;
  const fleet = createFleetSize({ store: storage.store, clock, log }, worker);
  // The embedded database has one owner.
  if (!isEmbedded) {
    closers.push(fleet.stop);
    await fleet.start();
  }
  const shedLog = createShedLog(clock);
  const adapters = createAdapters({
    config,
    environment,
    isPatient: false,
    sharers: fleet.count,
    alerts: storage.store,
    onRequest: meter.providerAsked,
    onSkip: (labels) => {
      shedLog.note(labels);
      meter.questionSkipped(labels);
    },
    onApart: (labels) => log.info(labels, 'questions that could share a request are asked apart for a while'),
    now: () => clock.now(),
  });
  closers.push(adapters.close);
  const plain = wrap('store', storage.store);
  const { queue } = storage;
  const plugins = createPluginInstances(config, adapters, wrap);
  const instances = {
    ...plugins,
    replaceInstances: (other: AppConfig) => {
      adapters.replaceProviders(other);
      plugins.replaceInstances(other);
    },
  };
  const rules = await openRules(input, { store: plain, clock, queue, isEmbedded, ...instances });
  closers.push(rules.leave);
  return {
    clock,
    syncClock,
    clockSkews: () => (input.clock === undefined ? readClockSkews(databaseClock, adapters.providers) : new Map()),
    store: createMeteredStore(plain, meter),
    queue,
    isEmbedded,
    worker,
    fleetSize: fleet.count,
    shedding: shedLog.recent,
    metrics,
    meter,
    providers: adapters.providers,
    http: adapters.http,
    ...instances,
    ...rules,
  };
}

/** Adapters as they are. */
export const unwrapped: PortWrapper = (_, port) => port;

/** Creates the hooks and the notifiers by name, and a function that replaces them by those of another config. */
export function createPluginInstances(
  config: AppConfig,
  deps: Pick<Adapters, 'http' | 'run'>,
  wrap = unwrapped,
): PluginInstances & Pick<ServerAdapters, 'replaceInstances'> {
  type Written<K extends 'hooks' | 'traffic' | 'notifiers'> = AppConfig[K] extends ReadonlyMap<string, infer One> ? One : never;
  const hooks = createLiveMap(({ type, make }: Written<'hooks'>) => ({ type, hook: wrap('hook', make(deps)) }));
  const traffic = createLiveMap(({ type, make }: Written<'traffic'>) => ({ type, hook: wrap('shift hook', make(deps)) }));
  const notifiers = createLiveMap(({ type, make, rules }: Written<'notifiers'>) => ({
    type,
    notifier: wrap('notifier', make(deps)),
    rules,
  }));
  const inboxes = new Map<string, Inbox>();
  const replaceInstances = (other: AppConfig) => {
    hooks.replace(other.hooks);
    traffic.replace(other.traffic);
    notifiers.replace(other.notifiers);
    inboxes.clear();
    for (const [name, { notifier }] of notifiers.live) if (notifier.inbox) inboxes.set(name, notifier.inbox);
  };
  replaceInstances(config);
  return { hooks: hooks.live, shiftHooks: traffic.live, notifiers: notifiers.live, inboxes, replaceInstances };
}
