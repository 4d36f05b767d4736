import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/app/clock.ts';
import { decide } from '../src/core/bake/decide.ts';
import type { Log } from '../src/core/base/log.ts';
import type { Meter } from '../src/core/base/meter.ts';
import type { RuleSet } from '../src/core/rules/rule-set.ts';
import type { Store } from '../src/ports/store.ts';
import { type OpenStore, openStore } from '../src/store/open-store.ts';
import { planFor } from '../src/usecases/plan-for.ts';
import { registerDeploy } from '../src/usecases/register-deploy.ts';

export const nothing = () => {};

/** Says only what should not happen in a benchmark. */
export const log: Log = {
  error: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
  warn: nothing,
  info: nothing,
  debug: nothing,
};

export const meter: Meter = {
  measured: nothing,
  providerAsked: nothing,
  questionSkipped: nothing,
  attempted: nothing,
  gaveUp: nothing,
  alertsDropped: nothing,
  requestAnswered: nothing,
  pruned: nothing,
  stateEntered: nothing,
  decided: nothing,
  rolledBack: nothing,
  drilled: nothing,
  passFinished: nothing,
};

const policy = {
  approvalMs: 3_600_000,
  finishMs: 3_600_000,
  rollbackMs: 900_000,
  blindAfterMs: 60_000,
  budget: { rollbacks: 1_000_000, withinMs: 3_600_000, cooldownMs: 0 },
  sharedCause: null,
  nextKnownGood: false,
};

/** Without checks and without a past; a failure is rolled back by the hook `hook`. */
export function ruleSetOf(service: string, rest: Partial<RuleSet> = {}): RuleSet {
  return {
    service,
    environment: 'production',
    bake: { forMs: 3_600_000, everyMs: 15_000, warmupMs: 0, extendMs: 0 },
    falseAlarms: 0.01,
    baseline: { historyMs: 0, like: [], timezone: 'UTC' },
    control: null,
    checks: [],
    onFailure: 'rollback',
    traffic: null,
    rollback: { hook: 'hook', verifyMs: 60_000 },
    notify: [],
    ...rest,
  };
}

type Wanted = {
  readonly version?: string;
  readonly adopted?: boolean;
  readonly registeredAt?: number;
  /** Nothing is ever done: a bake whose check fails goes on. */
  readonly observeOnly?: boolean;
};

/** Registers a deploy that is finished, and answers its id. */
export async function release(store: Store, ruleSet: RuleSet, wanted: Wanted = {}): Promise<string> {
  const { version = 'v1', adopted = false, registeredAt = Date.now(), observeOnly = false } = wanted;
  const { service, environment } = ruleSet;
  const id = randomUUID();
  const about = { id, service, environment, release: { version, metadata: {} }, links: [], registeredAt, registeredBy: 'bench', adopted };
  const deploy = { ...about, cause: { kind: 'release' }, migrations: 'none' } as const;
  const plan = (rules: RuleSet, now: Parameters<typeof planFor>[1]) =>
    planFor(rules, now, { policy: { ...policy, observeOnly }, providers: new Map() });
  const deps = { store, ruleSetFor: () => ruleSet, planFor: plan };
  await registerDeploy(deps, { deploy, phase: 'finished', force: false, idempotencyKey: null, bodyHash: '' });
  return id;
}

/** A bake with a known-good release behind it, in the state in which it is judged. */
export async function baking(store: Store, rest: Partial<RuleSet> = {}): Promise<string> {
  const ruleSet = ruleSetOf(`service-${randomUUID()}`, rest);
  await release(store, ruleSet, { version: 'v1', adopted: true });
  const id = await release(store, ruleSet, { version: 'v2' });
  await store.update(id, null, (record) => decide(record, { type: 'elapsed', at: Date.now() + 1_000 }, 'bench'));
  return id;
}

/** The pass that finds it bad: commits verdict, order and facts, and answers when it had. */
export async function condemn(store: Store, id: string): Promise<number> {
  const judgement = { kind: 'unhealthy', reasons: ['errors: 9 %'] } as const;
  const at = Date.now();
  const result = await store.update(id, null, async (record, facts) =>
    decide(record, { type: 'judged', at, until: at, judgement, facts: await facts(), before: null }, 'bench'),
  );
  if (result.kind !== 'committed' || result.record.bake.state !== 'rolling_back') throw new Error(JSON.stringify(result));
  return performance.now();
}

/** Works on an embedded PostgreSQL that is gone afterwards. */
export async function withStorage<T>(work: (storage: OpenStore) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bakewatch-bench-'));
  const storage = await openStore({ databaseUrl: null, dataDir, log, clock: systemClock, path: process.env.PATH ?? '' });
  try {
    return await work(storage);
  } finally {
    await storage.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** How many there are, and how large they are. */
export function summary(values: readonly number[], digits: number) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(digits));
  return { n: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
