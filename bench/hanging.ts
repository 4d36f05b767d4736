/**
 * Does a site that hangs make others late? Probes sites that never answer beside sites and metrics that do, with the real scheduler, guards, store and
 * embedded PostgreSQL, and prints how late the ticks of each were, and how many of the healthy probes could not be made.
 *
 *   node bench/hanging.ts [--bakes 100] [--seconds 60]
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import { createGuard } from '../providers/guard.ts';
import { probe } from '../providers/probe.ts';
import { scheduling } from '../src/app.ts';
import { systemClock } from '../src/clock.ts';
import type { Log } from '../src/core/log.ts';
import type { Meter } from '../src/core/meter.ts';
import type { CheckRule, RuleSet } from '../src/core/rule-set.ts';
import { createHttp } from '../src/net/http.ts';
import { createRunProcess } from '../src/net/process.ts';
import type { MetricsProvider } from '../src/ports/provider.ts';
import type { Store } from '../src/ports/store.ts';
import { createScheduler } from '../src/scheduler/loop.ts';
import { createMemory } from '../src/scheduler/memory.ts';
import { tick } from '../src/scheduler/tick.ts';
import { createTurns } from '../src/scheduler/turns.ts';
import { openStore } from '../src/store/open-store.ts';
import { planFor } from '../src/usecases/plan-for.ts';
import { registerDeploy } from '../src/usecases/register-deploy.ts';

const { values } = parseArgs({ options: { bakes: { type: 'string', default: '100' }, seconds: { type: 'string', default: '60' } } });
const [bakes, seconds] = [Number(values.bakes), Number(values.seconds)];
const kinds = ['hanging', 'probed', 'measured'] as const;
type Kind = (typeof kinds)[number];

const nothing = () => {};
const silent: Log = { error: nothing, warn: nothing, info: nothing, debug: nothing };
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

function ruleSetOf(kind: Kind, service: string, url: string): RuleSet {
  return {
    service,
    environment: 'production',
    bake: { forMs: 3_600_000, everyMs: 15_000, warmupMs: 0, extendMs: 0 },
    falseAlarms: 0.01,
    baseline: { historyMs: 0, like: [], timezone: 'UTC' },
    control: null,
    checks: [checkOf(kind, service, url)],
    onFailure: 'notify',
    traffic: null,
    rollback: null,
    notify: [],
  };
}

async function registerAll(store: Store, url: string): Promise<void> {
  const budget = { rollbacks: 1_000, withinMs: 3_600_000, cooldownMs: 0 };
  const times = { approvalMs: 3_600_000, finishMs: 3_600_000, rollbackMs: 900_000, blindAfterMs: 60_000 };
  const policy = { observeOnly: false, ...times, budget, sharedCause: null, nextKnownGood: false };
  for (let i = 0; i < bakes; i++) {
    for (const kind of kinds) {
      const service = `${kind}-${i}`;
      const about = { id: randomUUID(), service, environment: 'production', release: { version: 'v1', metadata: {} }, links: [] };
      const rest = {
        cause: { kind: 'release' },
        migrations: 'none',
        registeredAt: Date.now(),
        registeredBy: 'bench',
        adopted: false,
      } as const;
      const wanted = { deploy: { ...about, ...rest }, phase: 'finished', force: false, idempotencyKey: null, bodyHash: '' } as const;
      const deps = {
        store,
        ruleSetFor: () => ruleSetOf(kind, service, url),
        planFor: (rules: RuleSet, now: { knownGood: string | null; liveBakes: number }) => {
          // A bake whose check fails at once would end.
          return { ...planFor(rules, now, { policy, providers: new Map() }), observeOnly: true };
        },
      };
      await registerDeploy(deps, wanted);
    }
  }
}

async function watch(store: Store): Promise<Record<string, unknown>> {
  const lags: Record<Kind, number[]> = { hanging: [], probed: [], measured: [] };
  const outcomes: Record<string, number> = {};
  let isMeasuring = false;
  const quiet = { asked: nothing, attempted: nothing, gaveUp: nothing, pruned: nothing, moved: nothing, decided: nothing };
  const meter: Meter = { ...quiet, measured: nothing, rolledBack: nothing, drilled: nothing, ticked: nothing };
  const prober = probe.bind({})({ http, run: createRunProcess({}) });
  const providers = new Map([
    ['prom', { provider: createGuard(answering, { limits: { concurrency: 20, perSecond: null } }), settleMs: 1_000 }],
    ['probe', { provider: createGuard(prober, { limits: probe.limits({}) }), settleMs: 0 }],
  ]);
  const deps = { store, providers, analyzers, log: silent, meter, memory: createMemory(10_000), turn: createTurns() };
  const scheduler = createScheduler(
    {
      store,
      clock: systemClock,
      log: silent,
      meter,
      tick: async (claim, signal) => {
        const { bake, deploy } = claim.record;
        const kind = kinds.find((each) => deploy.service.startsWith(each)) ?? 'measured';
        if (isMeasuring && bake.state === 'baking') lags[kind].push((claim.now - bake.nextAt) / 1_000);
        await tick(deps, claim, signal);
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
  return { lagSeconds: Object.fromEntries(kinds.map((kind) => [kind, summary(lags[kind])])), probed: outcomes };
}

function summary(list: number[]): Record<string, number> {
  list.sort((a, b) => a - b);
  const at = (share: number) => Number((list[Math.min(list.length - 1, Math.floor(share * list.length))] ?? Number.NaN).toFixed(2));
  return { ticks: list.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

const site = createServer((request, response) => {
  if (!request.url?.startsWith('/hang')) response.end('ok');
});
await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
// A server that listens on TCP has an AddressInfo, never a pipe's name.
const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
const dataDir = mkdtempSync(join(tmpdir(), 'bakewatch-hanging-'));
const storage = await openStore({ databaseUrl: null, dataDir, log: silent, clock: systemClock, path: process.env.PATH ?? '' });
try {
  await registerAll(storage.store, url);
  process.stdout.write(`${JSON.stringify({ bench: 'hanging', bakes, seconds, ...(await watch(storage.store)) }, null, 2)}\n`);
} finally {
  await storage.close();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);
