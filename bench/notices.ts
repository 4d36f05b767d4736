/**
 * Do people and rollbacks wait when many deploys fail at once? Fails them all within seconds, with the real store, queue and embedded PostgreSQL, each told
 * to three receivers and rolled back: a quick system, a chat that people read, and a system that never answers. Prints how late each was, and how many
 * messages the chat got.
 *
 *   node bench/notices.ts [--deploys 200] [--notifiers quick,chat,hung]
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/clock.ts';
import { decide } from '../src/core/decide.ts';
import { EffectError } from '../src/core/errors.ts';
import type { Log } from '../src/core/log.ts';
import type { Meter } from '../src/core/meter.ts';
import { noRules } from '../src/core/route.ts';
import type { RuleSet } from '../src/core/rule-set.ts';
import { type DispatchDeps, perform } from '../src/effects/dispatch.ts';
import type { RollbackHook } from '../src/ports/hook.ts';
import type { Notice, Notifier } from '../src/ports/notifier.ts';
import type { Store } from '../src/ports/store.ts';
import { openStore } from '../src/store/open-store.ts';
import { planFor } from '../src/usecases/plan-for.ts';
import { registerDeploy } from '../src/usecases/register-deploy.ts';

const { values } = parseArgs({
  options: { deploys: { type: 'string', default: '200' }, notifiers: { type: 'string', default: 'quick,chat,hung' } },
});
const [deploys, notify] = [Number(values.deploys), values.notifiers.split(',')];

/** As long as a notifier waits for an answer by default. */
const hangMs = 10_000;
/** A chat answers about so fast. */
const chatMs = 150;
/** A digest comes at the end of its minute. */
const mostMs = 75_000;

const nothing = () => {};
const silent: Log = { error: nothing, warn: nothing, info: nothing, debug: nothing };
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
    notify,
  };
}

async function release(store: Store, service: string, version: string, adopted: boolean): Promise<string> {
  const deploy = {
    id: randomUUID(),
    service,
    environment: 'production',
    release: { version, metadata: {} },
    cause: { kind: 'release' as const },
    migrations: 'none' as const,
    links: [],
    registeredAt: Date.now(),
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

async function baking(store: Store): Promise<string> {
  const service = `service-${randomUUID().slice(0, 8)}`;
  await release(store, service, 'v1', true);
  const id = await release(store, service, 'v2', false);
  await store.update(id, null, (record) => decide(record, { type: 'elapsed', at: Date.now() + 1_000 }, 'bench'));
  return id;
}

async function condemn(store: Store, id: string): Promise<void> {
  const judgement = { kind: 'unhealthy', reasons: ['errors: 9 %'] } as const;
  const at = Date.now();
  await store.update(id, null, async (record, facts) =>
    decide(record, { type: 'judged', at, until: at, judgement, facts: await facts(), before: null }, 'bench'),
  );
}

/** Receivers, and when each deploy's rollback began. */
function receivers() {
  const unhealthy = new Map<string, number>();
  const messages: { readonly at: number; readonly notice: Notice }[] = [];
  const rolledBack = new Map<string, number>();
  const quick: Notifier = {
    notify: async ({ deployId, topic }) => {
      await delay(5);
      if (topic === 'unhealthy') unhealthy.set(deployId, performance.now());
      return null;
    },
  };
  const chat: Notifier = {
    notify: async (notice) => {
      await delay(chatMs);
      messages.push({ at: performance.now(), notice });
      return null;
    },
  };
  const hung: Notifier = {
    notify: async (_, { signal }) => {
      await delay(hangMs, undefined, { signal }).catch(nothing);
      throw new EffectError('timeout', 'no answer');
    },
  };
  const hook: RollbackHook = {
    current: async () => 'v1',
    rehearse: async () => [],
    rollBack: async ({ id }) => {
      rolledBack.set(id.split(':')[0] ?? '', performance.now());
      return { summary: 'done', alreadyThere: false, fingerprint: 'v1', output: '' };
    },
  };
  return { quick, chat, hung, hook, unhealthy, messages, rolledBack };
}

async function run(): Promise<Record<string, unknown>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bakewatch-notices-'));
  const storage = await openStore({ databaseUrl: null, dataDir, log: silent, clock: systemClock, path: process.env.PATH ?? '' });
  const { store, queue } = storage;
  const { quick, chat, hung, hook, unhealthy, messages, rolledBack } = receivers();
  const deps: DispatchDeps = {
    store,
    hooks: new Map([['hook', { hook, type: 'bench' }]]),
    shiftHooks: new Map(),
    notifiers: new Map([
      ['quick', { notifier: quick, type: 'bench', rules: noRules }],
      ['chat', { notifier: chat, type: 'bench', rules: { ...noRules, digest: { above: 5, withinMs: 60_000 } } }],
      ['hung', { notifier: hung, type: 'bench', rules: noRules }],
    ]),
    clock: systemClock,
    log: silent,
    meter,
    publicUrl: null,
  };
  try {
    const ids: string[] = [];
    for (let i = 0; i < deploys; i++) ids.push(await baking(store));
    // What was said of the beginning is out of the way, and a minute begins.
    await queue.start({ perform: (effect, signal) => perform(deps, effect, signal), gaveUp: async () => {} });
    await delay(60_000 - (Date.now() % 60_000));
    messages.splice(0);
    const startedAt = performance.now();
    await Promise.all(ids.map((id) => condemn(store, id)));
    const condemnedMs = performance.now() - startedAt;
    const digestMs = notify.includes('chat') ? mostMs : 0;
    const isDone = () =>
      rolledBack.size === deploys && (!notify.includes('quick') || unhealthy.size === deploys) && performance.now() - startedAt > digestMs;
    while (!isDone() && performance.now() - startedAt < 4 * mostMs) await delay(100);
    await queue.stop(1_000);
    const since = (at: number) => at - startedAt;
    return {
      deploys,
      condemnedMs: Math.round(condemnedMs),
      rollbacks: summary([...rolledBack.values()].map(since)),
      quick: summary([...unhealthy.values()].map(since)),
      chat: {
        messages: messages.length,
        digests: messages.filter(({ notice }) => notice.isDigest).map(({ notice }) => notice.title),
        firstMs: Math.round(Math.min(...messages.map(({ at }) => since(at)))),
      },
    };
  } finally {
    await storage.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function summary(ms: number[]): Record<string, number> {
  ms.sort((a, b) => a - b);
  const at = (share: number) => Math.round(ms[Math.min(ms.length - 1, Math.floor(share * ms.length))] ?? Number.NaN);
  return { n: ms.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

process.stdout.write(`${JSON.stringify({ bench: 'notices', ...(await run()) }, null, 2)}\n`);
process.exit(0);
