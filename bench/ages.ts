/**
 * What does a pass cost at different ages of a bake, and how much memory does a bake take? Makes the passes of one bake of three checks with a store and a
 * provider in this process that cost nothing, and prints the CPU time of a pass and the heap that the bake holds.
 *
 *   node --expose-gc bench/ages.ts [--ticks 5760]
 */
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import type { Decision, DeployRecord } from '../src/ports/bake-store.ts';
import { createMemory } from '../src/scheduler/memory.ts';
import type { PassDeps } from '../src/scheduler/pass.ts';
import { runPass } from '../src/scheduler/run-pass.ts';
import { answering, checkOf } from './scale/load.ts';
import { log, meter, ruleSetOf } from './world.ts';

const { values } = parseArgs({ options: { ticks: { type: 'string', default: '5760' } } });
const ticks = Number(values.ticks);
const stepMs = 15_000;
const from = 1_790_000_010_000;
const never = () => Promise.reject(new Error('nothing else is asked of the store'));

function recordOf(): DeployRecord {
  const checks = ['errors', 'payments', 'logins'].map((name) => checkOf(name, 'shop'));
  const ruleSet = ruleSetOf('shop', { bake: { forMs: (ticks + 1) * stepMs, everyMs: stepMs, warmupMs: 0, extendMs: 0 }, checks });
  const endsAt = from + (ticks + 1) * stepMs;
  const state = { state: 'baking', from, endsAt, limitAt: endsAt, nextAt: from, blind: null, reasons: [] } as const;
  return {
    deploy: {
      ...{ id: 'd', service: 'shop', environment: 'production', release: { version: 'v2', metadata: {} }, links: [], registeredAt: from },
      ...{ registeredBy: 'bench', adopted: false, cause: { kind: 'release' }, migrations: 'none' },
    },
    bake: { id: 'd', cause: 'release', begunAt: from, deployedAt: from, ...state },
    version: 1,
    ruleSet,
    plan: {
      ...{ stepMs, warmupMs: 0, forMs: endsAt - from, extendMs: 0, verifyMs: stepMs, settleMs: 0, onFailure: 'notify', observeOnly: false },
      ...{ hook: null, traffic: null, knownGood: null, approvalMs: 1, finishMs: 1, rollbackMs: 1, blindAfterMs: 1, nextKnownGood: false },
      ...{ budget: { rollbacks: 1, withinMs: 1, cooldownMs: 1 }, sharedCause: null },
    },
  };
}

let record = recordOf();
const committed = (decision: Decision): void => {
  if (!decision.ok) throw new Error(decision.refusal);
  record = { ...record, bake: decision.next, version: record.version + 1 };
};
const store: PassDeps['store'] = {
  ...{ register: never, find: never, list: never, replacementOf: never, knownGood: never, services: never, environments: never },
  ...{ outcomes: never, countByState: never, firstFingerprint: never, saveFingerprint: never, newestHistory: never, deletions: never },
  updateQuietly: async () => new Set(),
  async update(_, __, decide) {
    committed(await decide(record, never));
    return { kind: 'committed', record };
  },
  measurements: async () => [],
  histories: async () => [],
  saveHistory: async () => {},
};
const memory = createMemory({ maxBytes: 1e9 });
const quiet = {
  write: async ({ next }: { readonly next: DeployRecord['bake'] }) => {
    committed({ ok: true, next, effects: [], timeline: [] });
    return true;
  },
};
const providers = new Map([['prom', { provider: answering, settleMs: 0 }]]);
const deps: PassDeps = { store, providers, analyzers, log, meter, memory, turn: async () => {}, spread: async () => 0, quiet };

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const marks = [60, 240, 1_440, ticks].filter((mark) => mark <= ticks);
const ages: object[] = [];
const signal = new AbortController().signal;
const before = heap();
let since = process.cpuUsage();
for (let tick = 1; tick <= ticks; tick++) {
  const isMeasured = marks.some((mark) => tick > mark - 50 && tick <= mark);
  if (!isMeasured) since = process.cpuUsage();
  await runPass(deps, { record, now: from + tick * stepMs }, signal);
  if (!marks.includes(tick)) continue;
  const { user, system } = process.cpuUsage(since);
  const [heapKb, knownKb] = [heap() - before, memory.bytes()].map((bytes) => Math.round(bytes / 1024));
  ages.push({ ticks: tick, cpuMsAPass: Number(((user + system) / 1000 / 50).toFixed(3)), heapKb, knownKb });
}
process.stdout.write(`${JSON.stringify({ bench: 'ages', checks: 3, ages }, null, 2)}\n`);
