/**
 * How late are ticks with very many live bakes? Registers bakes, lets the real scheduler, store and embedded PostgreSQL work on them for a while
 * with a provider that answers at once, and prints the lag, the memory and the CPU time; then the same without the memory of pasts.
 *
 *   node bench/scale.ts [--bakes 10000] [--every 15] [--seconds 60]
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import { createGuard } from '../providers/guard.ts';
import { systemClock } from '../src/app/clock.ts';
import { quietCommits, scheduling } from '../src/app/start-engine.ts';
import type { Meter } from '../src/core/base/meter.ts';
import type { CheckRule } from '../src/core/rules/rule-set.ts';
import type { MetricsProvider } from '../src/ports/provider.ts';
import type { Store } from '../src/ports/store.ts';
import { createScheduler } from '../src/scheduler/loop.ts';
import { createMemory } from '../src/scheduler/memory.ts';
import { createQuietCommits } from '../src/scheduler/quiet-commits.ts';
import { runPass } from '../src/scheduler/run-pass.ts';
import { createSpread } from '../src/scheduler/spread.ts';
import { createTurns } from '../src/scheduler/turns.ts';
import { log, meter, release, ruleSetOf, summary, withStorage } from './world.ts';

const { values } = parseArgs({
  options: {
    bakes: { type: 'string', default: '10000' },
    every: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '60' },
  },
});
const [bakes, every, seconds] = [Number(values.bakes), Number(values.every), Number(values.seconds)];

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

function checkOf(name: string, service: string): CheckRule {
  return {
    name,
    provider: 'prom',
    question: { kind: 'ratio', bad: { query: `${name}_5.._${service}` }, total: { query: `${name}_${service}` } },
    direction: 'up',
    failWhen: [{ analyzer: 'threshold', params: { above: 0.1 }, damping: { k: 2, n: 3 } }],
    minSamples: 50,
    critical: true,
  };
}

async function run(remembered: number): Promise<Record<string, number>> {
  return await withStorage(async ({ store }) => {
    await registerAll(store);
    return await watch(store, remembered);
  });
}

async function registerAll(store: Store): Promise<void> {
  const registeredAt = Date.now();
  const bake = { forMs: 3_600_000, everyMs: every * 1000, warmupMs: 0, extendMs: 0 };
  const queue = Array.from({ length: bakes }, (_, i) => `service-${i}`);
  const worker = async () => {
    for (let service = queue.pop(); service !== undefined; service = queue.pop()) {
      const checks = ['errors', 'payments', 'logins'].map((name) => checkOf(name, service ?? ''));
      await release(store, ruleSetOf(service, { bake, checks, onFailure: 'notify', rollback: null }), { registeredAt });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function watch(store: Store, remembered: number): Promise<Record<string, number>> {
  const lags: number[] = [];
  let isMeasuring = false;
  const watching: Meter = { ...meter, passFinished: (_, lag) => isMeasuring && lags.push(lag) };
  const memory = createMemory({ maxBytes: remembered });
  const turn = createTurns();
  const spread = createSpread(store);
  const quiet = createQuietCommits({ store, log }, quietCommits);
  const providers = new Map([
    ['prom', { provider: createGuard(answering, { limits: { concurrency: 100, perSecond: null } }), settleMs: 1_000 }],
  ]);
  const scheduler = createScheduler(
    {
      store,
      clock: systemClock,
      log,
      meter: watching,
      pass: (claim, signal) => runPass({ store, providers, analyzers, log, meter: watching, memory, turn, spread, quiet }, claim, signal),
    },
    { ...scheduling, worker: 'bench' },
  );
  scheduler.start();
  await wait(2 * every * 1000); // Everything has begun and the first rush is over.
  isMeasuring = true;
  const before = process.cpuUsage();
  await wait(seconds * 1000);
  const cpu = process.cpuUsage(before);
  isMeasuring = false;
  await scheduler.stop();
  const { n, p50, p99, max } = summary(lags, 3);
  return {
    ticks: n,
    ticksASecond: Math.round(n / seconds),
    wanted: Math.round(bakes / every),
    lagP50Seconds: p50,
    lagP99Seconds: p99,
    lagMaxSeconds: max,
    nodeCpuShare: Number(((cpu.user + cpu.system) / 1e6 / seconds).toFixed(2)),
    rssMb: Math.round(process.memoryUsage.rss() / 1e6),
  };
}

const withMemory = await run(500_000_000);
const withoutMemory = await run(0);
process.stdout.write(
  `${JSON.stringify({ bench: 'scale', bakes, checks: 3, everySeconds: every, seconds, withMemory, withoutMemory }, null, 2)}\n`,
);
process.exit(0);
