/**
 * How late are ticks with very many live bakes? Registers bakes, lets the real scheduler, store and embedded PostgreSQL work on them for a while, and prints
 * the lag, the memory and the CPU time: with a provider in this process that answers at once, then with a stand-in for Prometheus over HTTP, which is asked
 * for raw counters (these questions are joined) and for expressions (these are not); and what a script would do instead, with the same expressions: a loop
 * for each service that keeps nothing.
 *
 *   node bench/scale.ts [--bakes 10000] [--every 15] [--seconds 60] [--rush 30] [--only inProcess|counters|expressions|loops]
 *
 * `--rush`: the seconds after the start that are not measured; everything begins in them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import { createGuard } from '../providers/guard.ts';
import { prometheus } from '../providers/prometheus.ts';
import { systemClock } from '../src/app/clock.ts';
import { quietCommits, scheduling } from '../src/app/start-engine.ts';
import type { Meter } from '../src/core/base/meter.ts';
import type { CheckRule } from '../src/core/rules/rule-set.ts';
import { createHttp } from '../src/net/http.ts';
import { createRunProcess } from '../src/net/process.ts';
import type { MetricsProvider } from '../src/ports/provider.ts';
import type { Store } from '../src/ports/store.ts';
import { createScheduler } from '../src/scheduler/loop.ts';
import { createMemory } from '../src/scheduler/memory.ts';
import { createQuietCommits } from '../src/scheduler/quiet-commits.ts';
import { runPass } from '../src/scheduler/run-pass.ts';
import { createSpread } from '../src/scheduler/spread.ts';
import { createTurns } from '../src/scheduler/turns.ts';
import { answering, checkOf, counterCheckOf } from './scale/load.ts';
import { watchByLoops } from './scale/loops.ts';
import { log, meter, release, ruleSetOf, summary, withStorage } from './world.ts';

const { values } = parseArgs({
  options: {
    bakes: { type: 'string', default: '10000' },
    every: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '60' },
    rush: { type: 'string', default: '30' },
    only: { type: 'string' },
  },
});
const [bakes, every, seconds, rush] = [Number(values.bakes), Number(values.every), Number(values.seconds), Number(values.rush)];

type Figures = Readonly<Record<string, number | readonly number[]>>;
/** Memory and lag are looked at this often, to see whether they grow, and whether they were high only for a while. */
const samples = 10;

type MakeCheck = (name: string, service: string) => CheckRule;

async function run(provider: MetricsProvider, makeCheck: MakeCheck): Promise<Figures> {
  return await withStorage(async ({ store }) => {
    await registerAll(store, makeCheck);
    return await watch(store, provider);
  });
}

/** A stand-in for Prometheus, asked over HTTP by the same client as in a server. */
async function overHttp<T>(standIn: string, work: (provider: MetricsProvider) => Promise<T>): Promise<T> {
  const server = spawn(process.execPath, [fileURLToPath(new URL(standIn, import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const http = createHttp();
  try {
    const [port] = await once(server.stdout, 'data');
    return await work(prometheus.bind({ url: `http://127.0.0.1:${String(port).trim()}` })({ http, run: createRunProcess({}) }));
  } finally {
    server.kill();
    await http.close();
  }
}

async function registerAll(store: Store, makeCheck: MakeCheck): Promise<void> {
  const registeredAt = Date.now();
  const bake = { forMs: 3_600_000 + (rush + seconds) * 1000, everyMs: every * 1000, warmupMs: 0, extendMs: 0 };
  const queue = Array.from({ length: bakes }, (_, i) => `service-${i}`);
  const worker = async () => {
    for (let service = queue.pop(); service !== undefined; service = queue.pop()) {
      const checks = ['errors', 'payments', 'logins'].map((name) => makeCheck(name, service ?? ''));
      await release(store, ruleSetOf(service, { bake, checks, onFailure: 'notify', rollback: null }), { registeredAt });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function watch(store: Store, provider: MetricsProvider): Promise<Figures> {
  const lags: number[] = [];
  let isMeasuring = false;
  const watching: Meter = { ...meter, passFinished: (_, lag) => isMeasuring && lags.push(lag) };
  const memory = createMemory({ maxBytes: 512_000_000 });
  const turn = createTurns();
  const spread = createSpread(store);
  const commits = { count: 0, ticks: 0 };
  const counted: Pick<Store, 'updateQuietly'> = {
    updateQuietly: (list) => {
      commits.count++;
      commits.ticks += list.length;
      return store.updateQuietly(list);
    },
  };
  const quiet = createQuietCommits({ store: counted, log }, quietCommits);
  const providers = new Map([
    ['prom', { provider: createGuard(provider, { limits: { concurrency: 100, perSecond: null } }), settleMs: 1_000 }],
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
  await wait(rush * 1000);
  isMeasuring = true;
  const before = process.cpuUsage();
  const rssMb: number[] = [];
  const p99BySample: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const known = lags.length;
    await wait((seconds / samples) * 1000);
    rssMb.push(Math.round(process.memoryUsage.rss() / 1e6));
    p99BySample.push(summary(lags.slice(known), 3).p99);
  }
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
    lagP99BySample: p99BySample,
    nodeCpuShare: Number(((cpu.user + cpu.system) / 1e6 / seconds).toFixed(2)),
    nodeMsATick: Number(((cpu.user + cpu.system) / 1e3 / n).toFixed(3)),
    ticksACommit: Number((commits.ticks / Math.max(1, commits.count)).toFixed(1)),
    memoryMb: Math.round(memory.bytes() / 1e6),
    rssMb,
  };
}

const runs = {
  inProcess: () => run(answering, checkOf),
  counters: () => overHttp('joins/stand-in.ts', (provider) => run(provider, counterCheckOf)),
  expressions: () => overHttp('scale/server.ts', (provider) => run(provider, checkOf)),
  loops: () => overHttp('scale/server.ts', (provider) => watchByLoops(provider, { bakes, every, rush, seconds })),
};
const results: Record<string, Figures> = {};
for (const [name, each] of Object.entries(runs)) if ((values.only ?? name) === name) results[name] = await each();
const result = { bench: 'scale', bakes, checks: 3, everySeconds: every, seconds, rushSeconds: rush, ...results };
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
process.exit(0);
