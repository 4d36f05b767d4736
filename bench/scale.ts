/**
 * How late are ticks with very many live bakes? Registers bakes, lets the real scheduler, store and embedded PostgreSQL work on them for a while
 * with a provider that answers at once, and prints the lag, the memory and the CPU time; then the same without the memory of pasts.
 *
 *   node bench/scale.ts [--bakes 10000] [--every 15] [--seconds 60]
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import { createGuard } from '../providers/guard.ts';
import { systemClock } from '../src/clock.ts';
import type { Log } from '../src/core/log.ts';
import type { Meter } from '../src/core/meter.ts';
import type { RuleSet } from '../src/core/rule-set.ts';
import type { MetricsProvider } from '../src/ports/provider.ts';
import type { Store } from '../src/ports/store.ts';
import { createScheduler } from '../src/scheduler/loop.ts';
import { createMemory } from '../src/scheduler/memory.ts';
import { tick } from '../src/scheduler/tick.ts';
import { createTurns } from '../src/scheduler/turns.ts';
import { openStore } from '../src/store/open-store.ts';
import { planFor } from '../src/usecases/plan-for.ts';
import { registerDeploy } from '../src/usecases/register-deploy.ts';

const { values } = parseArgs({
  options: {
    bakes: { type: 'string', default: '10000' },
    every: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '60' },
  },
});
const [bakes, every, seconds] = [Number(values.bakes), Number(values.every), Number(values.seconds)];

const silent: Log = {
  error: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
  warn: () => {},
  info: () => {},
  debug: () => {},
};

/** Answers every question at once: a hundred requests a tick, one of them bad. */
const answering: MetricsProvider = {
  async fetchSeries(query) {
    const samples: [number, number][] = [];
    for (let at = query.window.from + query.window.stepMs; at <= query.window.to; at += query.window.stepMs)
      samples.push([at, query.query.includes('5..') ? 1 : 100]);
    return { shape: 'delta', series: [{ labels: {}, instance: 'a', samples }] };
  },
  async ping() {},
};

function ruleSetOf(service: string): RuleSet {
  const check = (name: string) => ({
    name,
    provider: 'prom',
    question: { kind: 'ratio' as const, bad: { query: `${name}_5.._${service}` }, total: { query: `${name}_${service}` } },
    direction: 'up' as const,
    failWhen: [{ analyzer: 'threshold', params: { above: 0.1 }, damping: { k: 2, n: 3 } }],
    minSamples: 50,
    critical: true,
  });
  return {
    service,
    environment: 'production',
    bake: { forMs: 3_600_000, everyMs: every * 1000, warmupMs: 0, extendMs: 0 },
    falseAlarms: 0.01,
    baseline: { historyMs: 0, like: [], timezone: 'UTC' },
    control: null,
    checks: [check('errors'), check('payments'), check('logins')],
    onFailure: 'notify',
    traffic: null,
    rollback: null,
    notify: [],
  };
}

async function run(remembered: number): Promise<Record<string, number>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bakewatch-scale-'));
  const storage = await openStore({ databaseUrl: null, dataDir, log: silent, clock: systemClock, path: process.env.PATH ?? '' });
  try {
    await registerAll(storage.store);
    return await watch(storage.store, remembered);
  } finally {
    await storage.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function registerAll(store: Store): Promise<void> {
  const policy = {
    observeOnly: false,
    approvalMs: 3_600_000,
    finishMs: 3_600_000,
    rollbackMs: 900_000,
    blindAfterMs: 60_000,
    budget: { rollbacks: 1_000, withinMs: 3_600_000, cooldownMs: 0 },
    sharedCause: null,
    nextKnownGood: false,
  };
  const startedAt = Date.now();
  const queue = Array.from({ length: bakes }, (_, i) => i);
  const worker = async () => {
    for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
      const service = `service-${i}`;
      const deploy = {
        id: randomUUID(),
        service,
        environment: 'production',
        release: { version: 'v1', metadata: {} },
        cause: { kind: 'release' as const },
        migrations: 'none' as const,
        links: [],
        registeredAt: startedAt,
        registeredBy: 'bench',
        adopted: false,
      };
      await registerDeploy(
        {
          store,
          ruleSetFor: () => ruleSetOf(service),
          planFor: (rules, now) => planFor(rules, now, { policy, providers: new Map() }),
        },
        { deploy, phase: 'finished', force: false, idempotencyKey: null, bodyHash: '' },
      );
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function watch(store: Store, remembered: number): Promise<Record<string, number>> {
  const lags: number[] = [];
  const nothing = () => {};
  let isMeasuring = false;
  const meter: Meter = {
    measured: nothing,
    asked: nothing,
    attempted: nothing,
    gaveUp: nothing,
    pruned: () => {},
    moved: nothing,
    decided: nothing,
    rolledBack: nothing,
    drilled: nothing,
    ticked: (_, lag) => isMeasuring && lags.push(lag),
  };
  const memory = createMemory(remembered);
  const turn = createTurns();
  const providers = new Map([
    ['prom', { provider: createGuard(answering, { limits: { concurrency: 100, perSecond: null } }), settleMs: 1_000 }],
  ]);
  const scheduler = createScheduler(
    {
      store,
      clock: systemClock,
      log: silent,
      meter,
      tick: (claim, signal) => tick({ store, providers, analyzers, log: silent, meter, memory, turn }, claim, signal),
    },
    { concurrency: 64, quickMs: 250, mostSlow: 448, leaseMs: 30_000, tickMs: 25_000, pollMs: 500, worker: 'bench' },
  );
  scheduler.start();
  await wait(2 * every * 1000); // Everything has begun and the first rush is over.
  isMeasuring = true;
  const before = process.cpuUsage();
  await wait(seconds * 1000);
  const cpu = process.cpuUsage(before);
  isMeasuring = false;
  await scheduler.stop();
  lags.sort((a, b) => a - b);
  const at = (share: number) => Number((lags[Math.min(lags.length - 1, Math.floor(share * lags.length))] ?? Number.NaN).toFixed(3));
  return {
    ticks: lags.length,
    ticksASecond: Math.round(lags.length / seconds),
    wanted: Math.round(bakes / every),
    lagP50Seconds: at(0.5),
    lagP99Seconds: at(0.99),
    lagMaxSeconds: at(1),
    nodeCpuShare: Number(((cpu.user + cpu.system) / 1e6 / seconds).toFixed(2)),
    rssMb: Math.round(process.memoryUsage.rss() / 1e6),
  };
}

const withMemory = await run(bakes);
const withoutMemory = await run(0);
process.stdout.write(
  `${JSON.stringify({ bench: 'scale', bakes, checks: 3, everySeconds: every, seconds, withMemory, withoutMemory }, null, 2)}\n`,
);
process.exit(0);
