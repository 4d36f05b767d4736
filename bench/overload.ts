/**
 * What does an ailing metrics server cost? Half of the bakes ask a server that hangs, refuses or asks for a pause of ten minutes; the other half ask one
 * that is well. Real scheduler, guards, store and embedded PostgreSQL. Prints how many requests the ailing server got, how late the passes over the other
 * bakes were, and how long after its recovery the first bake had an answer.
 *
 *   node bench/overload.ts [--how hangs|down|pause] [--bakes 600] [--seconds 60]
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import { createGuard } from '../providers/guard.ts';
import { systemClock } from '../src/app/clock.ts';
import { quietCommits, scheduling } from '../src/app/start-engine.ts';
import { ProviderError } from '../src/core/base/errors.ts';
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
    how: { type: 'string', default: 'hangs' },
    bakes: { type: 'string', default: '600' },
    seconds: { type: 'string', default: '60' },
  },
});
const [bakes, seconds] = [Number(values.bakes), Number(values.seconds)];
const kinds = ['ailing', 'well'] as const;
type Kind = (typeof kinds)[number];

const server = { isIll: true, requests: 0, recoveredAt: 0, firstAnswerAt: 0 };

const well: MetricsProvider = {
  async fetchSeries({ query, window }) {
    const samples: [number, number][] = [];
    for (let at = window.from + window.stepMs; at <= window.to; at += window.stepMs) samples.push([at, query === 'bad' ? 1 : 100]);
    return { shape: 'delta', series: [{ labels: {}, instance: 'a', samples }] };
  },
  async ping() {},
};

const ailing: MetricsProvider = {
  async fetchSeries(query, signal) {
    await suffer(signal);
    if (server.firstAnswerAt === 0) server.firstAnswerAt = performance.now();
    return await well.fetchSeries(query, signal);
  },
  ping: suffer,
};

async function suffer(signal: AbortSignal): Promise<void> {
  if (server.isIll) server.requests += 1;
  if (!server.isIll) return;
  if (values.how === 'down') throw new ProviderError('unavailable', 'connection refused');
  if (values.how === 'pause') throw new ProviderError('rate_limited', 'too many requests', { retryAfterMs: 600_000 });
  await wait(10_000, undefined, { signal }).catch(() => {});
  throw new ProviderError('timeout', 'no answer in 10s');
}

function checkOf(kind: Kind, service: string, number: number): CheckRule {
  const failWhen = [{ analyzer: 'threshold', params: { above: 0.9 }, damping: { k: 2, n: 2 } }];
  const question = { kind: 'ratio', bad: { query: `bad ${service} ${number}` }, total: { query: `${service} ${number}` } } as const;
  return { name: `check-${number}`, direction: 'up', minSamples: 1, critical: number > 0, failWhen, provider: kind, question };
}

async function registerAll(store: Store): Promise<void> {
  for (let i = 0; i < bakes; i++) {
    for (const kind of kinds) {
      const service = `${kind}-${i}`;
      const checks = [0, 1, 2].map((number) => checkOf(kind, service, number));
      await release(store, ruleSetOf(service, { onFailure: 'notify', rollback: null, checks }), { observeOnly: true });
    }
  }
}

async function watch(store: Store): Promise<Record<string, unknown>> {
  const lags: Record<Kind, number[]> = { ailing: [], well: [] };
  const limits = { concurrency: 4, perSecond: null };
  const providers = new Map([
    ['ailing', { provider: createGuard(ailing, { limits, name: 'ailing' }), settleMs: 1_000 }],
    ['well', { provider: createGuard(well, { limits, name: 'well' }), settleMs: 1_000 }],
  ]);
  const deps = {
    ...{ store, providers, analyzers, log, meter },
    memory: createMemory({ maxBytes: 512_000_000 }),
    turn: createTurns(),
    spread: createSpread(store),
    quiet: createQuietCommits({ store, log }, quietCommits),
  };
  const scheduler = createScheduler(
    {
      store,
      clock: systemClock,
      log,
      meter,
      pass: async (claim, signal) => {
        const { bake, deploy } = claim.record;
        const kind = kinds.find((each) => deploy.service.startsWith(each)) ?? 'well';
        if (bake.state === 'baking') lags[kind].push((claim.now - bake.nextAt) / 1_000);
        await runPass(deps, claim, signal);
      },
    },
    { ...scheduling, worker: 'bench' },
  );
  scheduler.start();
  await wait(seconds * 1_000);
  const requests = server.requests;
  server.isIll = false;
  server.recoveredAt = performance.now();
  for (let waited = 0; server.firstAnswerAt === 0 && waited < 60_000; waited += 100) await wait(100);
  await scheduler.stop();
  const recoverySeconds = server.firstAnswerAt === 0 ? null : (server.firstAnswerAt - server.recoveredAt) / 1_000;
  return { requests, recoverySeconds, lagSeconds: Object.fromEntries(kinds.map((kind) => [kind, summary(lags[kind], 2)])) };
}

const found = await withStorage(async ({ store }) => {
  await registerAll(store);
  return await watch(store);
});
process.stdout.write(`${JSON.stringify({ bench: 'overload', how: values.how, bakes, seconds, ...found })}\n`);
process.exit(0);
