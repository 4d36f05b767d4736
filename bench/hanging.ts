/**
 * Does a site that hangs make others late? Probes sites that never answer beside sites and metrics that do, with the real scheduler, guards, store and
 * embedded PostgreSQL, and prints how late the ticks of each were, and how many of the healthy probes could not be made.
 *
 *   node bench/hanging.ts [--bakes 100] [--seconds 60]
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import { createGuard } from '../providers/guard.ts';
import { probe } from '../providers/probe.ts';
import { systemClock } from '../src/app/clock.ts';
import { quietCommits, scheduling } from '../src/app/start-engine.ts';
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
import { log, meter, release, ruleSetOf, summary, withStorage } from './world.ts';

const { values } = parseArgs({ options: { bakes: { type: 'string', default: '100' }, seconds: { type: 'string', default: '60' } } });
const [bakes, seconds] = [Number(values.bakes), Number(values.seconds)];
const kinds = ['hanging', 'probed', 'measured'] as const;
type Kind = (typeof kinds)[number];

const http = createHttp();

const answering: MetricsProvider = {
  async fetchSeries({ query, window }) {
    const samples: [number, number][] = [];
    for (let at = window.from + window.stepMs; at <= window.to; at += window.stepMs) samples.push([at, query === 'bad' ? 1 : 100]);
    return { shape: 'delta', series: [{ labels: {}, instance: 'a', samples }] };
  },
  async ping() {},
};

function checkOf(kind: Kind, service: string, url: string): CheckRule {
  const base = { name: 'check', direction: 'up', minSamples: 1, critical: true } as const;
  const failWhen = [{ analyzer: 'threshold', params: { above: 0.9 }, damping: { k: 2, n: 2 } }];
  if (kind === 'measured')
    return { ...base, failWhen, provider: 'prom', question: { kind: 'ratio', bad: { query: 'bad' }, total: { query: service } } };
  const site = `${url}/${kind === 'hanging' ? 'hang' : 'ok'}/${service}`;
  const target = { kind: 'http', method: 'GET', url: site, send: {}, status: [{ from: 200, to: 299 }], redirects: 0 } as const;
  const probing = {
    target: { ...target, contains: null, lacks: null, headers: {}, tlsDays: null },
    withinMs: 10_000,
    attempts: 1,
    apartMs: 0,
  };
  return { ...base, failWhen, provider: 'probe', question: { kind: 'ratio', probe: probing } };
}

async function registerAll(store: Store, url: string): Promise<void> {
  const rest = { onFailure: 'notify', rollback: null } as const;
  for (let i = 0; i < bakes; i++) {
    for (const kind of kinds) {
      const service = `${kind}-${i}`;
      // A bake whose check fails at once would end.
      await release(store, ruleSetOf(service, { ...rest, checks: [checkOf(kind, service, url)] }), { observeOnly: true });
    }
  }
}

async function watch(store: Store): Promise<Record<string, unknown>> {
  const lags: Record<Kind, number[]> = { hanging: [], probed: [], measured: [] };
  const outcomes: Record<string, number> = {};
  let isMeasuring = false;
  const prober = probe.bind({})({ http, run: createRunProcess({}) });
  const providers = new Map([
    ['prom', { provider: createGuard(answering, { limits: { concurrency: 20, perSecond: null } }), settleMs: 1_000 }],
    ['probe', { provider: createGuard(prober, { limits: probe.limits({}) }), settleMs: 0 }],
  ]);
  const deps = {
    store,
    providers,
    analyzers,
    log,
    meter,
    memory: createMemory({ maxBytes: 500_000_000 }),
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
        const kind = kinds.find((each) => deploy.service.startsWith(each)) ?? 'measured';
        if (isMeasuring && bake.state === 'baking') lags[kind].push((claim.now - bake.nextAt) / 1_000);
        await runPass(deps, claim, signal);
        const newest = kind === 'probed' && isMeasuring ? (await store.measurements(deploy.id)).at(-1) : undefined;
        if (newest) outcomes[newest.result.outcome] = (outcomes[newest.result.outcome] ?? 0) + 1;
      },
    },
    { ...scheduling, worker: 'bench' },
  );
  scheduler.start();
  await wait(30_000); // Everything has begun.
  isMeasuring = true;
  await wait(seconds * 1_000);
  isMeasuring = false;
  await scheduler.stop();
  return { lagSeconds: Object.fromEntries(kinds.map((kind) => [kind, summary(lags[kind], 2)])), probed: outcomes };
}

const site = createServer((request, response) => {
  if (!request.url?.startsWith('/hang')) response.end('ok');
});
await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
// A server that listens on TCP has an AddressInfo, never a pipe's name.
const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
const found = await withStorage(async ({ store }) => {
  await registerAll(store, url);
  return await watch(store);
});
process.stdout.write(`${JSON.stringify({ bench: 'hanging', bakes, seconds, ...found }, null, 2)}\n`);
process.exit(0);
