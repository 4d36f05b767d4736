import { randomUUID } from 'node:crypto';
import { analyzers } from '../../analyzers/index.ts';
import { type Bake, isFinal } from '../../src/core/bake.ts';
import type { Deploy } from '../../src/core/deploy.ts';
import type { QueuedEffect, Topic } from '../../src/core/effect.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { RuleSet } from '../../src/core/rule-set.ts';
import { type DispatchDeps, perform } from '../../src/effects/dispatch.ts';
import type { RollbackHook } from '../../src/ports/hook.ts';
import type { SeriesQuery } from '../../src/ports/provider.ts';
import type { Commit, DeployRecord, Store } from '../../src/ports/store.ts';
import { createMemory } from '../../src/scheduler/memory.ts';
import { tick } from '../../src/scheduler/tick.ts';
import { createTurns } from '../../src/scheduler/turns.ts';
import { type NewDeploy, registerDeploy } from '../../src/usecases/register-deploy.ts';
import { aDeploy, aPlan, aRuleSet, nextAtOf, t0 } from './builders.ts';
import { silentLog } from './database.ts';
import { type Act, createFakeHook } from './fake-hook.ts';
import { silentMeter } from './fake-meter.ts';
import { createFakeNotifier } from './fake-notifier.ts';
import { createFakeProvider, type Trouble } from './fake-provider.ts';
import { createManualClock } from './manual-clock.ts';

const never = new AbortController().signal;

export type WorldOptions = {
  readonly ruleSet?: Partial<RuleSet>;
  readonly plan?: Partial<Plan>;
  /** Of 100 requests a tick so many fail while this version runs, at this instant; `null` is no traffic. */
  readonly bad?: (version: string, at: number) => number | null;
  readonly failing?: (query: SeriesQuery, now: number) => Trouble | null;
  readonly acts?: readonly Act[];
};

export type World = ReturnType<typeof createWorld>;

/** One service with everything around it: traffic, a platform, a provider, a channel, and a clock that only the test moves. */
export function createWorld(store: Store, { ruleSet, plan, bad = () => 1, failing = () => null, acts = ['works'] }: WorldOptions = {}) {
  const service = `shop-${randomUUID().slice(0, 8)}`;
  const rules = aRuleSet({ service, ...ruleSet });
  const clock = createManualClock(t0);
  const platform = createFakeHook({ running: 'v0', acts });
  const switches: { readonly at: number; readonly version: string }[] = [{ at: 0, version: 'v0' }];
  const running = (at: number) => switches.findLast((one) => one.at < at)?.version ?? 'v0';
  const fake = createFakeProvider(
    (query, at) => {
      const count = bad(running(at), at);
      return count === null ? null : query === 'bad' ? count : 100;
    },
    (query) => failing(query, clock.now()),
  );
  const channel = createFakeNotifier();
  const pending: QueuedEffect[] = [];
  const watched = watching(store, pending);
  const providers = new Map([['prom', { provider: fake.provider, settleMs: 5_000 }]]);
  const shared = { log: silentLog, meter: silentMeter, memory: createMemory(100), turn: createTurns() };
  const tickDeps = { store: watched, providers, analyzers, ...shared };
  const deps: DispatchDeps = {
    store: watched,
    hooks: new Map([['deployer', { type: 'fake', hook: followed() }]]),
    notifiers: new Map([['team', { type: 'fake', notifier: channel.notifier }]]),
    clock,
    log: silentLog,
    meter: silentMeter,
    publicUrl: null,
  };

  /** The platform's hook; a version that it puts back runs from then on, also where nobody heard of it. */
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

  function deploy(version: string): void {
    platform.run(version);
    switches.push({ at: clock.now(), version });
  }

  /** Registers a deploy, which runs from now on. */
  async function release(version: string, { phase = 'finished', force = false, key = null, hash = version, ...rest }: Releasing = {}) {
    const deployed = aDeploy({ id: randomUUID(), service, release: { version, metadata: {} }, registeredAt: clock.now(), ...rest });
    const wanted: NewDeploy = { deploy: deployed, phase, force, idempotencyKey: key, bodyHash: hash };
    const result = await registerDeploy(
      { store: watched, ruleSetFor: () => rules, planFor: (_, now) => aPlan({ knownGood: now.knownGood, ...plan }) },
      wanted,
    );
    if (result.isNew) deploy(version);
    return result;
  }

  /** Performs what is queued; what a kill interrupts stays queued. */
  async function work(): Promise<void> {
    for (let effect = pending[0]; effect; effect = pending[0]) {
      try {
        await perform(deps, effect, never);
        pending.shift();
      } catch (error) {
        if (!(error instanceof Error && error.message === 'killed')) throw error;
      }
    }
  }

  async function look(record: DeployRecord, signal: AbortSignal = never): Promise<void> {
    await tick(tickDeps, { record, now: clock.now() }, signal);
  }

  async function recordOf(id: string): Promise<DeployRecord> {
    const record = await store.find(id);
    if (!record) throw new Error(`there is no ${id}`);
    return record;
  }

  /** Lets time pass, looking at the bake whenever it is due, until it is final or `isEnough`. */
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
    pending,
    asked: fake.asked,
    store: watched,
    deploy,
    release,
    work,
    look,
    run,
    recordOf,
    told: (): readonly Topic[] => channel.heard.map(({ topic }) => topic),
    story: async (id: string) => (await store.timeline(id)).map(({ kind }) => kind),
  };
}

type Releasing = { phase?: 'started' | 'finished'; force?: boolean; key?: string | null; hash?: string } & Partial<Deploy>;

/** The real store, which also says what was queued with each commit, so that a test can perform it when it likes. */
function watching(store: Store, queued: QueuedEffect[]): Store {
  return {
    ...store,
    async update(id, version, decide) {
      const seen: { commit?: Commit } = {};
      const result = await store.update(id, version, (record, facts) => {
        const decision = decide(record, facts);
        if (decision.ok) seen.commit = decision;
        return decision;
      });
      if (result.kind === 'committed') queued.push(...(seen.commit?.effects ?? []));
      return result;
    },
    async register(registration, decide) {
      const seen: { commits: readonly Commit[] } = { commits: [] };
      const result = await store.register(registration, (context) => {
        const decision = decide(context);
        if (decision.ok) seen.commits = [decision.first, ...decision.superseded.map(({ commit }) => commit)];
        return decision;
      });
      if (result.kind === 'created') queued.push(...seen.commits.flatMap(({ effects }) => effects));
      return result;
    },
  };
}
