import { randomUUID } from 'node:crypto';
import type { Bake } from '../../src/core/bake/bake.ts';
import type { Deploy } from '../../src/core/bake/deploy.ts';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import type { Plan } from '../../src/core/bake/plan.ts';
import type { Measurement } from '../../src/core/judge/measurement.ts';
import type { RuleSet } from '../../src/core/rules/rule-set.ts';
import type { Commit, DeployRecord, Registration } from '../../src/ports/bake-store.ts';
import type { Store } from '../../src/ports/store.ts';

/** An instant with odd milliseconds. */
export const start = 1_790_000_000_123;

/** How a deploy for a test differs from the default. */
export type DeployOptions = Partial<Omit<Deploy, 'release'>> & {
  readonly version?: string;
  readonly metadata?: Deploy['release']['metadata'];
  /** Of an inconclusive bake: nothing was seen against the release. */
  readonly isClean?: boolean;
};

export function aDeploy({ version = 'v1', metadata = { team: 'checkout' }, isClean: _, ...rest }: DeployOptions = {}): Deploy {
  return {
    id: randomUUID(),
    service: 'shop',
    environment: 'production',
    release: { version, commit: 'abc', metadata },
    cause: { kind: 'release' },
    migrations: 'none',
    links: [{ title: 'build', url: 'https://ci.example.com/1' }],
    registeredAt: start,
    registeredBy: 'ci',
    adopted: false,
    ...rest,
  };
}

const traffic = {
  hook: 'splitter',
  stages: [
    { weight: 5, forMs: 60_000 },
    { weight: 25, forMs: 90_000 },
  ],
};

export const ruleSet: RuleSet = {
  service: 'shop',
  environment: 'production',
  bake: { forMs: 900_000, everyMs: 15_000, warmupMs: 30_000, extendMs: 900_000 },
  falseAlarms: 0.05,
  baseline: { historyMs: 604_800_000, like: [{ kind: 'before' }, { kind: 'days_ago', days: 7 }], timezone: 'UTC' },
  control: { canary: 'version="$version"', stable: 'version="$known_good"' },
  checks: [
    {
      name: 'errors',
      provider: 'prom',
      question: { kind: 'ratio', bad: { selector: 'bad' }, total: { query: 'total' } },
      direction: 'up',
      failWhen: [{ analyzer: 'threshold', params: { above: 0.1 }, damping: { k: 2, n: 3 } }],
      minSamples: 100,
      critical: true,
    },
  ],
  onFailure: 'rollback',
  traffic,
  rollback: { hook: 'deployer', verifyMs: 300_000 },
  notify: ['team'],
};

export const plan: Plan = {
  stepMs: 15_000,
  warmupMs: 30_000,
  forMs: 900_000,
  extendMs: 900_000,
  verifyMs: 300_000,
  settleMs: 5_000,
  onFailure: 'rollback',
  traffic,
  observeOnly: false,
  hook: 'deployer',
  knownGood: null,
  approvalMs: 3_600_000,
  finishMs: 3_600_000,
  rollbackMs: 600_000,
  blindAfterMs: 300_000,
  budget: { rollbacks: 1_000, withinMs: 3_600_000, cooldownMs: 0 },
  sharedCause: null,
  nextKnownGood: false,
};

const base = (deploy: Deploy) => ({
  id: deploy.id,
  cause: deploy.cause.kind,
  begunAt: deploy.registeredAt,
  deployedAt: deploy.registeredAt,
});

/** A bake that is due at `nextAt`. */
export function warming(deploy: Deploy, nextAt = deploy.registeredAt): Bake {
  return { ...base(deploy), state: 'warming', nextAt };
}

const order = (deploy: Deploy) => ({
  id: `${deploy.id}:order`,
  target: { deployId: 'd0', version: 'v0', fingerprint: 'rev-7' },
  reasons: ['errors 9 %'] as const,
});

/** The bake of the deploy in a state, with plausible values. */
export function bakeIn(deploy: Deploy, state: Bake['state']): Bake {
  const at = deploy.registeredAt + 60_000;
  switch (state) {
    case 'warming':
      return warming(deploy);
    case 'baking':
      return { ...base(deploy), state, from: at, endsAt: at, limitAt: at, nextAt: at, blind: { since: at, told: true }, reasons: [] };
    case 'shifting': {
      const leftOut = [{ from: at, to: at + 1 }];
      const after = { kind: 'stage', number: 2, judged: { from: at, until: at }, leftOut, extendMs: 7 } as const;
      return { ...base(deploy), weight: 5, state, since: at, shift: { id: `${deploy.id}:shift:25`, weight: 25 }, after, nextAt: at };
    }
    case 'awaiting_approval':
      return {
        ...base(deploy),
        state,
        since: at,
        target: order(deploy).target,
        reasons: ['bad'],
        passedOver: [{ deployId: 'd9', version: 'v9', commit: 'abc' }],
        nextAt: at,
      };
    case 'rolling_back':
      return { ...base(deploy), state, since: at, order: order(deploy), nextAt: at };
    case 'verifying':
      return { ...base(deploy), state, since: at, order: order(deploy), from: at, endsAt: at, nextAt: at, healthyTicks: 2 };
    case 'passed':
      return { ...base(deploy), state, at, by: null, confidence: 'full', reasons: ['all well'] };
    case 'rolled_back':
      return { ...base(deploy), state, at, order: order(deploy) };
    case 'inconclusive':
      return { ...base(deploy), state, at, reasons: ['too little traffic', 'still'] };
    case 'failed':
      return { ...base(deploy), state, at, rolledBack: 'no', reasons: ['bad'] };
    case 'canceled':
    case 'superseded':
      return { ...base(deploy), state, at, by: 'someone' };
  }
}

export function aRegistration(deploy: Deploy, key: string | null = null, bodyHash = 'hash'): Registration {
  return { deploy, idempotencyKey: key, bodyHash, ruleSet, plan };
}

/** A commit that moves to `next`, by default without effects and timeline. */
export function commitOf(next: Bake, rest: Partial<Commit> = {}): Commit {
  return { next, effects: [], timeline: [], ...rest };
}

function withCleanness(bake: Bake, { isClean = false }: DeployOptions): Bake {
  return isClean && bake.state === 'inconclusive' ? { ...bake, isClean } : bake;
}

/** Registers a deploy whose bake has this state from the start. */
export async function register(store: Store, options: DeployOptions = {}, state: Bake['state'] = 'warming'): Promise<DeployRecord> {
  const deploy = aDeploy(options);
  const result = await store.register(aRegistration(deploy), () => ({
    ok: true,
    first: commitOf(withCleanness(bakeIn(deploy, state), options)),
    superseded: [],
  }));
  if (result.kind !== 'created') throw new Error(`not created: ${result.kind}`);
  return result.record;
}

export function aNotice(bakeId: string, number = 0, notifier = 'team'): QueuedEffect {
  const notice = { kind: 'notify', topic: 'unhealthy', at: start, reasons: [`reason ${number}`] } as const;
  return { id: `${bakeId}:1:${number}:${notifier}`, bakeId, kind: 'notify', notifier, notice };
}

export function aRollback(record: DeployRecord): QueuedEffect {
  return { id: `${record.deploy.id}:1:0`, bakeId: record.deploy.id, kind: 'roll_back', order: order(record.deploy) };
}

/** The order of a bake that is `shifting`. */
export function aShift({ deploy }: DeployRecord, number = 0, place = deploy.service): QueuedEffect {
  return { id: `${deploy.id}:2:${number}`, bakeId: deploy.id, kind: 'shift', place, shift: { id: `${deploy.id}:shift:25`, weight: 25 } };
}

export function aMeasurement(rest: Partial<Measurement> = {}): Measurement {
  const window = { from: start, to: start + 15_000, stepMs: 15_000 };
  return {
    check: 'errors',
    phase: 'baking',
    at: start + 20_000,
    window,
    query: 'bad / total',
    result: { outcome: 'pass', reason: 'few errors' },
    ticks: { kind: 'ratio', bad: [1], total: [100] },
    control: null,
    ...rest,
  };
}
