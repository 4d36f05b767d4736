import { getHeapStatistics } from 'node:v8';
import { analyzers } from '../../analyzers/index.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { DispatchDeps } from '../effects/deps.ts';
import { gaveUp, perform } from '../effects/dispatch.ts';
import type { EffectQueue } from '../ports/effect-queue.ts';
import type { Place } from '../ports/hook.ts';
import { askHistory, questionFor } from '../scheduler/ask.ts';
import { createDrills } from '../scheduler/drills.ts';
import { createScheduler, type PassRunner, type Scheduler } from '../scheduler/loop.ts';
import { createMemory } from '../scheduler/memory.ts';
import { createQuietCommits } from '../scheduler/quiet-commits.ts';
import { createRetention } from '../scheduler/retention.ts';
import { runPass } from '../scheduler/run-pass.ts';
import { createSpread } from '../scheduler/spread.ts';
import { createTurns } from '../scheduler/turns.ts';
import { byServer } from '../usecases/audited.ts';
import { type Drill, type DrillDeps, type DrillRequest, drill } from '../usecases/drill.ts';
import type { AppInput } from './app-input.ts';
import type { Closers } from './closers.ts';
import { type ServerAdapters, unwrapped } from './open-adapters.ts';
import { settingsOf } from './open-sign-in.ts';
import { createProcesses } from './processes.ts';
import { ruleSetOf } from './rule-book.ts';

/** The second phase's result: what the faces ask of the running engine. */
export type Engine = {
  readonly scheduler: Scheduler;
  /** Throws `AppError('not_found')`. */
  readonly ruleSetFor: (service: string, environment: string) => RuleSet;
  readonly drill: (request: DrillRequest, signal: AbortSignal) => Promise<Drill>;
};

/**
 * How the scheduler of this process works. A pass takes at most 10 s for the past and then 24 s for probes. Its lease is renewed until it ends, so the
 * bakes of a killed process are free after `leaseMs`.
 * A pass that only waits is cheap: hundreds of them may wait for sites or servers that hang.
 */
export const scheduling = { concurrency: 128, quickMs: 250, maxSlow: 448, leaseMs: 12_000, passTimeoutMs: 37_000, pollMs: 500 };
/** How passes that move nothing are committed. Nobody waits for them, so a few milliseconds do not matter. */
export const quietCommits = { waitMs: 40, max: 48 };
/** What live bakes may take of the heap; bakes beyond that are read from the database at each pass. An hour of 10,000 bakes takes about 200 MB. */
const maxMemoryBytes = 512_000_000;
const maxHeapShare = 0.25;
/** How often old data is deleted. */
const sweepMs = 3_600_000;

/** Phase 2: starts the effect queue, the scheduler and the periodic jobs, in this order. */
export async function startEngine(input: AppInput, adapters: ServerAdapters, closers: Closers): Promise<Engine> {
  const { config, log } = input;
  const { store, clock, queue, providers, hooks, shiftHooks, notifiers, meter, isEmbedded, worker, book } = adapters;
  const ruleSetFor: Engine['ruleSetFor'] = (service, environment) => ruleSetOf(book, service, environment);
  const drillDeps: DrillDeps = {
    store,
    clock,
    hooks,
    shiftHooks,
    ruleSetFor,
    get forRealIn() {
      return book.policy().drill.forRealIn;
    },
  };
  const { publicUrl } = config.server;
  const askPast: NonNullable<DispatchDeps['askPast']> = async (record, rule, window, signal) =>
    (await askHistory(providers, questionFor(record, { rule }, 'verifying'), window, signal)).ticks;
  const dispatch: DispatchDeps = {
    store,
    hooks,
    shiftHooks,
    notifiers,
    askPast,
    processes: createProcesses(),
    clock,
    log,
    meter,
    publicUrl,
  };
  const scheduler = buildScheduler(input, adapters);
  // The embedded database has one owner: what an earlier process claimed, or was performing, is free at once.
  if (isEmbedded) {
    await store.releaseClaims(worker);
    await queue.freeTaken();
  }
  const handlers: Parameters<EffectQueue['start']>[0] = {
    perform: (effect, signal) => perform(dispatch, effect, signal),
    gaveUp: (effect) => gaveUp(dispatch, effect),
  };
  await queue.start((input.wrap ?? unwrapped)('effects', handlers));
  closers.push(() => queue.stop(config.drainMs));
  for (const loop of [scheduler, ...periodicJobs(input, adapters, drillDeps)]) {
    loop.start();
    closers.push(() => loop.stop());
  }
  return { scheduler, ruleSetFor, drill: (request, signal) => drill(drillDeps, request, signal) };
}

function memoryBytes(): number {
  return Math.min(maxMemoryBytes, maxHeapShare * getHeapStatistics().heap_size_limit);
}

function buildScheduler({ log, wrap = unwrapped }: AppInput, adapters: ServerAdapters): Scheduler {
  const { store, clock, syncClock, providers, meter, worker, book, followBook } = adapters;
  const memory = createMemory({ maxBytes: memoryBytes() });
  const turn = createTurns();
  const spread = createSpread(store);
  const quiet = createQuietCommits({ store, log }, quietCommits);
  const passes = wrap('passes', {
    run: (claim: Parameters<PassRunner>[0], signal: AbortSignal) =>
      runPass({ store, providers, analyzers, log, meter, memory, turn, spread, quiet }, claim, signal),
  });
  return createScheduler(
    {
      store,
      clock,
      log,
      meter,
      syncClock: async () => {
        await syncClock();
        await followBook();
      },
      isPaused: () => book.standby() !== null,
      pass: (claim, signal) => passes.run(claim, signal),
    },
    { ...scheduling, worker },
  );
}

/** The jobs that run next to the bakes: deleting old data and, where the policy wants them, rehearsals of rollbacks. */
function periodicJobs({ config, log }: AppInput, { store, clock, meter, book, reloads }: ServerAdapters, drillDeps: DrillDeps) {
  const sessions = () => settingsOf(reloads.config().signIn);
  const retention = createRetention({ store, clock, log, meter }, { keepMs: config.database.keepMs, sessions, everyMs: sweepMs });
  const { everyMs } = config.policy.drill;
  if (everyMs === null) return [retention];
  const rehearse = (place: Place, signal: AbortSignal) =>
    drill(drillDeps, { place, forReal: false, by: 'bakewatch', origin: byServer('bakewatch') }, signal);
  const inForce = {
    [Symbol.iterator]: () =>
      (book.standby() === null ? [...book.ruleSets.values()].filter(({ pattern }) => pattern === undefined) : []).values(),
  };
  return [retention, createDrills({ store, clock, log, ruleSets: inForce, rehearse }, { everyMs })];
}
