import { hostname } from 'node:os';
import { analyzers } from '../../analyzers/index.ts';
import { createApi } from '../api/api.ts';
import { AppError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { DispatchDeps } from '../effects/deps.ts';
import { gaveUp, perform } from '../effects/dispatch.ts';
import type { HookDeps } from '../hooks/deps.ts';
import { createHttp } from '../net/http.ts';
import { createRunProcess } from '../net/process.ts';
import type { NotifierDeps } from '../notifiers/deps.ts';
import type { Clock } from '../ports/clock.ts';
import type { Place } from '../ports/hook.ts';
import { placeKey } from '../rules/load-config.ts';
import { createDrills } from '../scheduler/drills.ts';
import { createScheduler } from '../scheduler/loop.ts';
import { createMemory } from '../scheduler/memory.ts';
import { createRetention } from '../scheduler/retention.ts';
import { tick } from '../scheduler/tick.ts';
import { createTurns } from '../scheduler/turns.ts';
import { openStore } from '../store/open-store.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { type DrillDeps, drill } from '../usecases/drill.ts';
import { planFor } from '../usecases/plan-for.ts';
import { testNotifier } from '../usecases/test-notifier.ts';
import { styleSource } from '../web/layout.ts';
import { createPages } from '../web/pages.ts';
import { renderReport } from '../web/render-report.ts';
import { guardProviders } from './adapters.ts';
import type { AppConfig } from './app-config.ts';
import { systemClock } from './clock.ts';
import { listen } from './listen.ts';
import { countMoves } from './metered-store.ts';
import { notReady } from './readiness.ts';
import { readStoredGauges } from './stored-gauges.ts';

export type AppInput = {
  readonly config: AppConfig;
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  readonly databaseUrl: string | null;
  readonly log: Log;
  /** The variables of the environment: `PATH` finds the database's helpers, and hooks get the few that a program needs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock | undefined;
};

export type App = {
  /** Where it listens. */
  readonly url: string;
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Finishes what is under way and closes everything, last opened first. */
  stop(): Promise<void>;
};

/**
 * How this process behaves beside what the config says. A pass (a past of 10 s, then probes of 24 s at most) must end well before its lease does. One
 * that only waits costs little: some hundred of them may wait for sites or servers that hang.
 */
export const scheduling = { concurrency: 64, quickMs: 250, mostSlow: 448, leaseMs: 42_000, tickMs: 37_000, pollMs: 500 };
/** The pasts of so many bakes are held in memory: some 20 KB each. */
const rememberedBakes = 10_000;
const drainMs = 20_000;
/** Old measurements are deleted so often. */
const sweepMs = 3_600_000;

/** Builds everything, starts it, and returns the running server. A start that fails undoes itself and throws. */
export async function startApp(input: AppInput): Promise<App> {
  const { config, log } = input;
  const clock = input.clock ?? systemClock;
  const closers: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return { ...(await open({ ...input, clock }, closers)), stop };
  } catch (error) {
    log.info({ config: config.server }, 'start failed');
    await stop();
    throw error;
  }
}

async function open(input: AppInput & { readonly clock: Clock }, closers: (() => Promise<void>)[]): Promise<Omit<App, 'stop'>> {
  const { config, ruleSets, log, clock } = input;
  const databaseUrl = input.databaseUrl ?? config.database.url;
  const storage = await openStore({
    databaseUrl,
    dataDir: config.dataDir,
    log,
    clock,
    ...(input.environment.PATH !== undefined && { path: input.environment.PATH }),
  });
  closers.push(storage.close);
  const { queue } = storage;
  const http = createHttp();
  closers.push(() => http.close());
  const metrics = createMetrics({
    stored: () => readStoredGauges(storage, clock),
    schedulerIdleSeconds: () => (clock.now() - scheduler.lastLookAt()) / 1000,
    providersUp: () => providersUp(providers),
  });
  const { meter } = metrics;
  const store = countMoves(storage.store, meter);

  const run = createRunProcess(input.environment);
  const providers = guardProviders(input, { http, run }, (labels, seconds) => meter.providerAsked(labels, seconds));
  const { hooks, shiftHooks, notifiers, inboxes } = instancesOf(config, { http, run });
  let url = config.server.publicUrl ?? '';
  const dispatch: DispatchDeps = { store, hooks, shiftHooks, notifiers, clock, log, meter, publicUrl: config.server.publicUrl };

  const memory = createMemory(rememberedBakes);
  const turn = createTurns();
  // One owner of the embedded database: what an earlier process claimed is free at once.
  const worker = databaseUrl === null ? 'embedded' : `${hostname()}:${process.pid}`;
  const scheduler = createScheduler(
    { store, clock, log, meter, tick: (claim, signal) => tick({ store, providers, analyzers, log, meter, memory, turn }, claim, signal) },
    { ...scheduling, worker },
  );
  if (databaseUrl === null) await store.releaseClaims(worker);

  const baseUrl = () => url.replace(/\/$/, '');
  const stopping = new AbortController();
  const rulesFor = (service: string, environment: string) => ruleSetFor(ruleSets, service, environment);
  const drilling: DrillDeps = { store, clock, hooks, shiftHooks, ruleSetFor: rulesFor, forRealIn: config.policy.drill.forRealIn };
  const api = createApi({
    store,
    clock,
    log,
    tokens: config.tokens,
    ruleSetFor: rulesFor,
    drill: (wanted) => drill(drilling, wanted, stopping.signal),
    testNotifier: (wanted) => testNotifier(dispatch, wanted, stopping.signal),
    planFor: (ruleSet, now) => planFor(ruleSet, now, { policy: config.policy, providers }),
    baseUrl,
    metrics: () => metrics.text(),
    notReady: () => notReady({ store, dataDir: databaseUrl === null ? config.dataDir : null, now: clock.now, ...scheduler }),
    inboxes,
    stopping: stopping.signal,
    pages: createPages({ store, clock, needsTokens: config.tokens.length > 0, baseUrl }),
    styleSource,
    renderReport,
  });
  await queue.start({ perform: (effect, signal) => perform(dispatch, effect, signal), gaveUp: (effect) => gaveUp(dispatch, effect) });
  closers.push(() => queue.stop(drainMs));
  scheduler.start();
  closers.push(() => scheduler.stop());
  for (const loop of housekeeping(input, { drilling, meter })) {
    loop.start();
    closers.push(() => loop.stop());
  }
  const listening = await listen(api.fetch, config.server);
  closers.push(listening.close, async () => stopping.abort());
  url = config.server.publicUrl ?? listening.url;
  log.info({ url: listening.url, ruleSets: ruleSets.size, database: databaseUrl === null ? 'embedded' : 'external' }, 'ready');
  return { url: listening.url, fetch: (request) => api.fetch(request) };
}

/** Every hook and notifier that the config defines, by name, ready to be used. */
function instancesOf({ hooks, traffic, notifiers }: AppConfig, deps: HookDeps & NotifierDeps) {
  const told = new Map([...notifiers].map(([name, { type, make, rules }]) => [name, { type, notifier: make(deps), rules }] as const));
  return {
    hooks: new Map([...hooks].map(([name, { type, make }]) => [name, { type, hook: make(deps) }] as const)),
    shiftHooks: new Map([...traffic].map(([name, { type, make }]) => [name, { type, hook: make(deps) }] as const)),
    notifiers: told,
    inboxes: new Map([...told].flatMap(([name, { notifier }]) => (notifier.inbox ? [[name, notifier.inbox] as const] : []))),
  };
}

/** What is done now and then, beside the bakes. */
function housekeeping({ config, ruleSets, log }: AppInput, { drilling, meter }: { readonly drilling: DrillDeps; readonly meter: Meter }) {
  const { store, clock } = drilling;
  const retention = createRetention({ store, clock, log, meter }, { keepMs: config.database.retentionMs, everyMs: sweepMs });
  const { everyMs } = config.policy.drill;
  if (everyMs === null) return [retention];
  const rehearse = (place: Place, signal: AbortSignal) => drill(drilling, { place, forReal: false, by: 'bakewatch' }, signal);
  return [retention, createDrills({ store, clock, log, ruleSets: [...ruleSets.values()], rehearse }, { everyMs })];
}

function ruleSetFor(ruleSets: ReadonlyMap<string, RuleSet>, service: string, environment: string): RuleSet {
  const found = ruleSets.get(placeKey(service, environment));
  if (found !== undefined) return found;
  const known = [...ruleSets.values()].map((one) => `${one.service} in ${one.environment}`).join(', ');
  throw new AppError('not_found', `there are no rules for ${service} in ${environment}; there are rules for: ${known || 'nothing yet'}`);
}

function providersUp(providers: ReturnType<typeof guardProviders>): ReadonlyMap<string, boolean> {
  const states = [...providers].map(([name, { provider }]) => [name, provider.state().kind] as const);
  return new Map(states.filter(([, kind]) => kind !== 'unknown').map(([name, kind]) => [name, kind === 'healthy']));
}
