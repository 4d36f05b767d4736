import { randomUUID } from 'node:crypto';
import { analyzers } from '../../analyzers/index.ts';
import { type Bake, isFinal } from '../../src/core/bake/bake.ts';
import type { Deploy } from '../../src/core/bake/deploy.ts';
import type { QueuedEffect, Topic } from '../../src/core/bake/effect.ts';
import type { Plan } from '../../src/core/bake/plan.ts';
import { EffectError } from '../../src/core/base/errors.ts';
import { sendEverything } from '../../src/core/notify/route.ts';
import type { RuleSet } from '../../src/core/rules/rule-set.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { gaveUp, perform } from '../../src/effects/dispatch.ts';
import type { Commit, DeployRecord } from '../../src/ports/bake-store.ts';
import type { RollbackHook } from '../../src/ports/hook.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import type { ShiftHook } from '../../src/ports/shift-hook.ts';
import type { Store } from '../../src/ports/store.ts';
import { createMemory } from '../../src/scheduler/memory.ts';
import type { PassDeps } from '../../src/scheduler/pass.ts';
import { createQuietCommits } from '../../src/scheduler/quiet-commits.ts';
import { runPass } from '../../src/scheduler/run-pass.ts';
import { createTurns } from '../../src/scheduler/turns.ts';
import { type NewDeploy, registerDeploy } from '../../src/usecases/register-deploy.ts';
import { aDeploy, aPlan, aRuleSet, nextAtOf, t0 } from './builders.ts';
import { silentLog } from './database.ts';
import { type Act, createFakeHook } from './fake-hook.ts';
import { silentMeter } from './fake-meter.ts';
import { createFakeNotifier } from './fake-notifier.ts';
import { createFakeProvider, type Trouble } from './fake-provider.ts';
import { createFakeShiftHook } from './fake-shift-hook.ts';
import { Killed } from './killed.ts';
import { createManualClock } from './manual-clock.ts';

const never = new AbortController().signal;
/** How many times the queue retries a rollback. */
const maxRetries = 8;

export type WorldOptions = {
  readonly ruleSet?: Partial<RuleSet>;
  readonly plan?: Partial<Plan>;
  /** How many of 100 requests per tick fail while this version runs, at this instant; `null`: no traffic. `split`: the newest shift before it. */
  readonly bad?: (version: string, at: number, split: Split) => number | null;
  /** Used instead of `bad`: the events per tick that a query yields. */
  readonly answers?: (query: string, at: number, split: Split) => number | null;
  readonly failing?: (query: SeriesQuery, now: number) => Trouble | null;
  readonly acts?: readonly Act[] | (() => Act);
  /** How the traffic hook behaves. */
  readonly shifts?: readonly Act[] | (() => Act);
  /** Whether the hook can ask the platform what runs. */
  readonly canAsk?: boolean;
  /** The past of the neighbors. Default: no neighbor is asked. */
  readonly askPast?: DispatchDeps['askPast'];
  /** How far the clock of the metrics server is behind. Its answers have no ticks of its future, or repeat an old value for them. */
  readonly behindMs?: number;
  /** How much of the newest time the metrics server hides: it has no ticks there. */
  readonly lagMs?: number;
  /** The delay of passes; see `createSpread`. */
  readonly delayMs?: number;
  /** Providers in addition to `prom`. */
  readonly more?: Readonly<Record<string, MetricsProvider>>;
};

/** A share of the traffic of the newest release, and its start. */
export type Split = { readonly at: number; readonly weight: number };

export type World = ReturnType<typeof createWorld>;

/** One service with its surroundings: traffic, a platform, a provider, a channel, and a clock that only the test moves. */
export function createWorld(store: Store, options: WorldOptions = {}) {
  const {
    ruleSet,
    plan,
    bad = () => 1,
    failing = () => null,
    acts = ['works'],
    shifts: shiftActs = ['works'],
    canAsk = true,
    askPast,
    more = {},
    behindMs = 0,
    lagMs = 0,
    delayMs = 0,
  } = options;
  const service = `shop-${randomUUID().slice(0, 8)}`;
  const rules = aRuleSet({ service, ...ruleSet });
  const clock = createManualClock(t0);
  const platform = createFakeHook({ running: 'v0', acts, canAsk });
  const splitter = createFakeShiftHook({ acts: shiftActs });
  const shifts: Split[] = [];
  const switches: { readonly at: number; readonly version: string }[] = [{ at: 0, version: 'v0' }];
  const versionAt = (at: number) => switches.findLast((one) => one.at < at)?.version ?? 'v0';
  const fake = createFakeProvider(
    (query, shown) => {
      if (shown > serverNow() - lagMs) return null;
      const at = shown + behindMs;
      const split = shifts.findLast((one) => one.at < at) ?? { at: 0, weight: 0 };
      if (options.answers) return options.answers(query, at, split);
      const count = bad(versionAt(at), at, split);
      return count === null ? null : query === 'bad' ? count : 100;
    },
    (query) => failing(query, clock.now()),
  );
  const channel = createFakeNotifier();
  const pending: QueuedEffect[] = [];
  const queued: QueuedEffect[] = [];
  // Only a ping shows what the server hides.
  let shownLagMs: number | null = null;
  const ping = async () => {
    shownLagMs = lagMs;
  };
  const hiding = lagMs > 0 ? { ping, lagMs: () => shownLagMs } : {};
  const instances = Object.entries({ prom: { ...fake.provider, ...hiding }, ...more });
  const serverNow = () => clock.now() - behindMs;
  const serverClock = { now: () => ({ earliest: serverNow(), latest: serverNow() }) };
  const providers = new Map(
    instances.map(([name, provider]) => [name, { provider, settleMs: 5_000, ...(name === 'prom' && { clock: serverClock }) }] as const),
  );
  const hooks = new Map([['deployer', { type: 'fake', hook: followed() }]]);
  const shiftHooks = new Map([['splitter', { type: 'fake', hook: { ...splitter.hook, shift } }]]);
  const notifiers = new Map([['team', { type: 'fake', notifier: channel.notifier, rules: sendEverything }]]);
  let running = start(store);

  /** Starts a process on a store. What it keeps in memory is lost when the next one starts. */
  function start(opened: Store) {
    const watched = watching(opened, (effects) => {
      pending.push(...effects);
      queued.push(...effects);
    });
    const common = { store: watched, log: silentLog, meter: silentMeter };
    const scheduling: PassDeps = {
      ...common,
      providers,
      analyzers,
      memory: createMemory({ maxBytes: 10_000_000 }),
      turn: createTurns(),
      spread: async () => delayMs,
      quiet: createQuietCommits(common, { waitMs: 0, max: 48 }),
    };
    const dispatching: DispatchDeps = { ...common, hooks, shiftHooks, notifiers, askPast, clock, publicUrl: null };
    return { store: watched, scheduling, dispatching };
  }

  /** The rollback hook of the platform. A version that it puts back runs from then on, even if the hook fails afterwards. */
  function followed(): RollbackHook {
    return {
      ...platform.hook,
      rollBack: async (...order) => {
        try {
          return await platform.hook.rollBack(...order);
        } finally {
          if (platform.running() !== switches.at(-1)?.version) deploy(platform.running());
        }
      },
    };
  }

  /** The traffic hook. A share counts from then on, even if the hook fails afterwards. */
  async function shift(...order: Parameters<ShiftHook['shift']>) {
    try {
      return await splitter.hook.shift(...order);
    } finally {
      if (splitter.weight() !== shifts.at(-1)?.weight) shifts.push({ at: clock.now(), weight: splitter.weight() });
    }
  }

  function deploy(version: string): void {
    platform.run(version);
    switches.push({ at: clock.now(), version });
  }

  /** Registers a deploy. Its version runs from now on. */
  async function release(
    version: string,
    { phase = 'finished', force = false, onlyRegisters, key = null, hash = version, ...rest }: Releasing = {},
  ) {
    const deployed = aDeploy({ id: randomUUID(), service, release: { version, metadata: {} }, registeredAt: clock.now(), ...rest });
    const wanted: NewDeploy = { deploy: deployed, phase, force, onlyRegisters, idempotencyKey: key, bodyHash: hash };
    const result = await registerDeploy(
      {
        store: running.store,
        ruleSetFor: () => rules,
        planFor: (_, now) => aPlan({ knownGood: now.knownGood, sharedCause: null, ...plan }),
      },
      wanted,
    );
    if (result.isNew) deploy(version);
    return result;
  }

  /** Performs the queued effects in order. Retries and gives up like the queue. */
  async function work(): Promise<void> {
    for (let tries = 0; pending[0] !== undefined; ) {
      const isDone = await deliver(pending[0]);
      tries = isDone ? 0 : tries + 1;
      if (tries > maxRetries) await gaveUp(running.dispatching, pending[0]);
      if (isDone || tries > maxRetries) pending.shift();
    }
  }

  /** Performs an effect once. Returns whether it is done; a kill or an `EffectError` leaves it in the queue. */
  async function deliver(effect: QueuedEffect): Promise<boolean> {
    try {
      await perform(running.dispatching, effect, never);
      return true;
    } catch (error) {
      if (error instanceof EffectError || error instanceof Killed) return false;
      throw error;
    }
  }

  async function look(record: DeployRecord, signal: AbortSignal = never): Promise<void> {
    await runPass(running.scheduling, { record, now: clock.now() }, signal);
  }

  async function recordOf(id: string): Promise<DeployRecord> {
    const record = await running.store.find(id);
    if (!record) throw new Error(`there is no ${id}`);
    return record;
  }

  /** Moves the clock and makes every pass that is due, until the bake is final or `isEnough`. */
  async function run(id: string, isEnough: (bake: Bake) => boolean = isFinal): Promise<Bake> {
    for (let passes = 0; passes < 200; passes++) {
      await work();
      const record = await recordOf(id);
      if (isEnough(record.bake) || isFinal(record.bake)) return record.bake;
      clock.set(Math.max(clock.now(), nextAtOf(record.bake)));
      await look(record);
    }
    throw new Error('the bake never ended');
  }

  return {
    service,
    clock,
    platform,
    splitter,
    asked: fake.asked,
    /** The effects that wait, and all effects that were ever queued. */
    pending,
    queued,
    get store() {
      return running.store;
    },
    /** Ends the process and starts another one on this store. */
    restart: (opened: Store) => {
      running = start(opened);
    },
    deploy,
    release,
    work,
    deliver,
    look,
    run,
    recordOf,
    heard: () => channel.heard,
    told: (): readonly Topic[] => channel.heard.map(({ topic }) => topic),
    story: async (id: string) => (await running.store.timeline(id)).map(({ kind }) => kind),
  };
}

type Releasing = {
  phase?: 'started' | 'finished';
  force?: boolean;
  onlyRegisters?: boolean;
  key?: string | null;
  hash?: string;
} & Partial<Deploy>;

/** The real store. It reports the effects of each commit, so that a test decides when to perform them. */
function watching(store: Store, onQueued: (effects: readonly QueuedEffect[]) => void): Store {
  return {
    ...store,
    async update(id, version, decide) {
      const seen: { commit?: Commit } = {};
      const result = await store.update(id, version, async (record, facts) => {
        const decision = await decide(record, facts);
        if (decision.ok) seen.commit = decision;
        return decision;
      });
      if (result.kind === 'committed') onQueued(seen.commit?.effects ?? []);
      return result;
    },
    async register(registration, decide) {
      const seen: { commits: readonly Commit[] } = { commits: [] };
      const result = await store.register(registration, (context) => {
        const decision = decide(context);
        if (decision.ok) seen.commits = [decision.first, ...decision.superseded.map(({ commit }) => commit)];
        return decision;
      });
      if (result.kind === 'created') onQueued(seen.commits.flatMap(({ effects }) => effects));
      return result;
    },
  };
}
