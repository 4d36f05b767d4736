/**
 * How long from the verdict to the hook? Fails bakes one after the other, and then many at once, with the real store, queue and embedded PostgreSQL,
 * and prints the time from the commit of the verdict to the start of the hook; beside it the same with the order handed over in the process itself,
 * without a queue, where a process that is killed in between forgets it.
 *
 *   node bench/reaction.ts [--bakes 200] [--at-once 50]
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/clock.ts';
import { decide } from '../src/core/decide.ts';
import type { Log } from '../src/core/log.ts';
import type { Meter } from '../src/core/meter.ts';
import type { RuleSet } from '../src/core/rule-set.ts';
import { perform } from '../src/effects/dispatch.ts';
import type { RollbackHook } from '../src/ports/hook.ts';
import type { Store } from '../src/ports/store.ts';
import { openStore } from '../src/store/open-store.ts';
import { planFor } from '../src/usecases/plan-for.ts';
import { registerDeploy } from '../src/usecases/register-deploy.ts';

const { values } = parseArgs({ options: { bakes: { type: 'string', default: '200' }, 'at-once': { type: 'string', default: '50' } } });
const [bakes, atOnce] = [Number(values.bakes), Number(values['at-once'])];

const silent: Log = {
  error: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
  warn: () => {},
  info: () => {},
  debug: () => {},
};
const nothing = () => {};
const meter: Meter = {
  measured: nothing,
  asked: nothing,
  attempted: nothing,
  gaveUp: nothing,
  pruned: nothing,
  moved: nothing,
  decided: nothing,
  rolledBack: nothing,
  drilled: nothing,
  ticked: nothing,
};
const policy = {
  observeOnly: false,
  approvalMs: 3_600_000,
  finishMs: 3_600_000,
  rollbackMs: 900_000,
  blindAfterMs: 60_000,
  budget: { rollbacks: 1_000_000, withinMs: 3_600_000, cooldownMs: 0 },
  sharedCause: null,
  nextKnownGood: false,
};

function ruleSetOf(service: string): RuleSet {
  return {
    service,
    environment: 'production',
    bake: { forMs: 900_000, everyMs: 15_000, warmupMs: 0, extendMs: 0 },
    falseAlarms: 0.01,
    baseline: { historyMs: 0, like: [], timezone: 'UTC' },
    control: null,
    checks: [],
    onFailure: 'rollback',
    traffic: null,
    rollback: { hook: 'hook', verifyMs: 60_000 },
    notify: [],
  };
}

async function release(store: Store, service: string, version: string, adopted: boolean): Promise<string> {
  const at = Date.now();
  const deploy = {
    id: randomUUID(),
    service,
    environment: 'production',
    release: { version, metadata: {} },
    cause: { kind: 'release' as const },
    migrations: 'none' as const,
    links: [],
    registeredAt: at,
    registeredBy: 'bench',
    adopted,
  };
  const deps = {
    store,
    ruleSetFor: () => ruleSetOf(service),
    planFor: (rules: RuleSet, now: { knownGood: string | null; liveBakes: number }) =>
      planFor(rules, now, { policy, providers: new Map() }),
  };
  await registerDeploy(deps, { deploy, phase: 'finished', force: false, idempotencyKey: null, bodyHash: '' });
  return deploy.id;
}

/** A bake with a known-good release behind it, in the state in which it is judged. */
async function baking(store: Store): Promise<string> {
  const service = `service-${randomUUID()}`;
  await release(store, service, 'v1', true);
  const id = await release(store, service, 'v2', false);
  await store.update(id, null, (record) => decide(record, { type: 'elapsed', at: Date.now() + 1_000 }, 'bench'));
  return id;
}

/** The pass that finds it bad: commits verdict, order and facts, and answers when it had. */
async function condemn(store: Store, id: string): Promise<number> {
  const judgement = { kind: 'unhealthy', reasons: ['errors: 9 %'] } as const;
  const at = Date.now();
  const result = await store.update(id, null, async (record, facts) =>
    decide(record, { type: 'judged', at, until: at, judgement, facts: await facts(), before: null }, 'bench'),
  );
  if (result.kind !== 'committed' || result.record.bake.state !== 'rolling_back') throw new Error(JSON.stringify(result));
  return performance.now();
}

async function run(): Promise<Record<string, unknown>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bakewatch-reaction-'));
  const storage = await openStore({ databaseUrl: null, dataDir, log: silent, clock: systemClock, path: process.env.PATH ?? '' });
  const started = new Map<string, (at: number) => void>();
  const receipt = { summary: 'done', alreadyThere: false, fingerprint: 'v1', output: '' };
  const hook: RollbackHook = {
    current: async () => 'v1',
    rehearse: async () => ['v1 is running'],
    rollBack: async ({ id }) => {
      started.get(id.split(':')[0] ?? '')?.(performance.now());
      return receipt;
    },
  };
  const deps = {
    store: storage.store,
    hooks: new Map([['hook', { hook, type: 'bench' }]]),
    shiftHooks: new Map(),
    notifiers: new Map(),
    clock: systemClock,
    log: silent,
    meter,
    publicUrl: null,
  };
  await storage.queue.start({ perform: (effect, signal) => perform(deps, effect, signal), gaveUp: async () => {} });
  const react = async (id: string): Promise<number> => {
    const hookAt = new Promise<number>((resolve) => started.set(id, resolve));
    const committedAt = await condemn(storage.store, id);
    return Math.max(0, (await hookAt) - committedAt);
  };
  try {
    const alone: number[] = [];
    for (let i = 0; i < bakes; i++) alone.push(await react(await baking(storage.store)));
    const ids: string[] = [];
    for (let i = 0; i < atOnce; i++) ids.push(await baking(storage.store));
    const together = await Promise.all(ids.map(react));
    await storage.queue.stop(5_000);
    const direct: number[] = [];
    for (let i = 0; i < bakes; i++) {
      const id = await baking(storage.store);
      const reacting = react(id);
      while ((await storage.store.find(id))?.bake.state !== 'rolling_back') await new Promise(setImmediate);
      const record = await storage.store.find(id);
      if (record?.bake.state !== 'rolling_back') throw new Error('nothing was ordered');
      await perform(deps, { id: `${id}:direct`, bakeId: id, kind: 'roll_back', order: record.bake.order }, new AbortController().signal);
      direct.push(await reacting);
    }
    return { alone: summary(alone), together: summary(together), direct: summary(direct) };
  } finally {
    await storage.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function summary(ms: number[]): Record<string, number> {
  ms.sort((a, b) => a - b);
  const at = (share: number) => Number((ms[Math.min(ms.length - 1, Math.floor(share * ms.length))] ?? Number.NaN).toFixed(1));
  return { n: ms.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

process.stdout.write(`${JSON.stringify({ bench: 'reaction', ...(await run()) }, null, 2)}\n`);
process.exit(0);
