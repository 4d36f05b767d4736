import type { Bake, StateName } from '../../src/core/bake/bake.ts';
import type { Deploy, Target } from '../../src/core/bake/deploy.ts';
import type { BakeEvent } from '../../src/core/bake/event.ts';
import type { Facts } from '../../src/core/bake/facts.ts';
import type { Plan } from '../../src/core/bake/plan.ts';
import type { Judgement } from '../../src/core/judge/judgement.ts';
import type { CheckRule, Condition, RuleSet } from '../../src/core/rules/rule-set.ts';
import type { Stretch, Ticks } from '../../src/core/series/ticks.ts';

/** An instant on a multiple of the usual step: the usual deploy is registered, and finished, here. */
export const t0 = 1_790_000_010_000;
/** The usual step. */
export const step = 15_000;

export const v1: Target = { deployId: 'd1', version: 'v1' };

/** Two minutes of baking in ticks of 15 s, one more of extension, and nothing that holds a rollback. */
export function aPlan(rest: Partial<Plan> = {}): Plan {
  return {
    stepMs: step,
    warmupMs: 2 * step,
    forMs: 8 * step,
    extendMs: 4 * step,
    verifyMs: 4 * step,
    settleMs: 5_000,
    onFailure: 'rollback',
    observeOnly: false,
    hook: 'deployer',
    traffic: null,
    knownGood: 'v1',
    approvalMs: 3_600_000,
    finishMs: 1_800_000,
    rollbackMs: 600_000,
    blindAfterMs: 3 * step,
    budget: { rollbacks: 3, withinMs: 3_600_000, cooldownMs: 0 },
    sharedCause: { services: 3, withinMs: 600_000 },
    nextKnownGood: false,
    ...rest,
  };
}

export function aDeploy(rest: Partial<Deploy> = {}): Deploy {
  return {
    id: 'd2',
    service: 'shop',
    environment: 'production',
    release: { version: 'v2', metadata: {} },
    cause: { kind: 'release' },
    migrations: 'none',
    links: [],
    registeredAt: t0,
    registeredBy: 'ci',
    adopted: false,
    ...rest,
  };
}

export function someFacts(rest: Partial<Facts> = {}): Facts {
  return { freeze: null, knownGood: v1, replacedBy: null, irreversible: null, rollbacks: [], others: [], ...rest };
}

export const stateNames: readonly StateName[] = [
  'warming',
  'shifting',
  'baking',
  'awaiting_approval',
  'rolling_back',
  'verifying',
  'passed',
  'rolled_back',
  'inconclusive',
  'failed',
  'canceled',
  'superseded',
];

/** What a test may want to be different in a bake. Fields that the state does not have are left out. */
export type BakeOptions = { [K in BakeKeys]?: BakeField<Bake, K> };
type BakeField<B, K> = B extends unknown ? (K extends keyof B ? B[K] : never) : never;
type BakeKeys = Bake extends infer B ? (B extends Bake ? Exclude<keyof B, 'state'> : never) : never;

/** A bake in a state, as the usual deploy and plan would have brought it there. */
export function aBake(state: StateName, options: BakeOptions = {}): Bake {
  const base = { id: 'd2', cause: 'release', begunAt: t0, deployedAt: t0 } as const;
  const order = { id: 'd2:d1', target: v1, reasons: ['errors: 9 %'] } as const;
  const from = t0 + 2 * step;
  const bodies: { readonly [S in StateName]: object } = {
    warming: { nextAt: from },
    shifting: {
      since: t0,
      shift: { id: 'd2:shift:5', weight: 5 },
      after: { kind: 'stage', number: 1, judged: null, leftOut: [], extendMs: 4 * step },
      nextAt: t0 + 600_000,
    },
    baking: {
      from,
      endsAt: from + 8 * step,
      limitAt: from + 12 * step,
      nextAt: from + step + 5_000,
      blind: null,
      reasons: [],
    },
    awaiting_approval: { since: from, target: v1, reasons: ['errors: 9 %'], nextAt: from + 3_600_000 },
    rolling_back: { since: from, order, nextAt: from + 600_000 },
    verifying: { since: from, order, from, endsAt: from + 4 * step, nextAt: from + step + 5_000, healthyTicks: 0 },
    passed: { at: from, by: null, confidence: 'full', reasons: ['all well'] },
    rolled_back: { at: from, order },
    inconclusive: { at: from, reasons: ['too little traffic'] },
    failed: { at: from, rolledBack: 'no', reasons: ['errors: 9 %'] },
    canceled: { at: from, by: 'someone' },
    superseded: { at: from, by: 'd3' },
  };
  // The table above holds every state's own fields; the union cannot be told so through a lookup.
  return { ...base, state, ...bodies[state], ...options } as Bake;
}

/** When a live bake must be looked at again. A final one has no such instant, and asking for it is a mistake of the test. */
export function nextAtOf(bake: Bake): number {
  if (!('nextAt' in bake)) throw new Error(`the bake is ${bake.state}`);
  return bake.nextAt;
}

export const healthy: Extract<Judgement, { kind: 'healthy' }> = { kind: 'healthy', confidence: 'full', reasons: ['errors: 0.1 %'] };
export const unhealthy: Judgement = { kind: 'unhealthy', reasons: ['errors: 9 %'] };
/** Every critical check has ruled out harm. */
export const clear: Judgement = { ...healthy, clear: true };
/** Nothing blocks, but not every check passes. */
export const unmeasured: Judgement = { kind: 'healthy', confidence: 'low', reasons: ['errors: few'], unmeasured: ['errors: few'] };
/** The rules may end it. Nothing was seen against the release. */
export const quiet: Extract<Judgement, { kind: 'undecided' }> = {
  kind: 'undecided',
  couldNotAsk: false,
  reasons: ['errors: few'],
  endsByRule: true,
  isClean: true,
};
/** The rules may end it, and a check leans against the release. */
export const leaning: Extract<Judgement, { kind: 'undecided' }> = {
  kind: 'undecided',
  couldNotAsk: false,
  reasons: ['errors: 1 of 3'],
  endsByRule: true,
};
export const tooLittle: Judgement = { kind: 'undecided', couldNotAsk: false, reasons: ['errors: too little data'] };
export const notAsked: Judgement = { kind: 'undecided', couldNotAsk: true, reasons: ['errors: could not ask: down'] };

/** The pass that judged everything up to `until`, as soon as it could be asked. */
export function judged(
  judgement: Judgement,
  until: number,
  rest: { readonly at?: number; readonly facts?: Facts; readonly before?: string; readonly freeze?: Facts['freeze'] } = {},
): BakeEvent {
  const base = { type: 'judged', at: rest.at ?? until + 5_000, until } as const;
  if (judgement.kind !== 'unhealthy')
    return { ...base, judgement, ...(rest.freeze && { freeze: rest.freeze }), ...(rest.facts && { facts: rest.facts }) };
  return { ...base, judgement, facts: rest.facts ?? someFacts(), before: rest.before ?? null };
}

export function aCondition(analyzer: string, params: Condition['params'], damping: Condition['damping'] = { k: 1, n: 1 }): Condition {
  return { analyzer, params, damping };
}

/** A critical check: more than a tenth of the requests fail. Its sources are queries, so a provider answers with events a tick. */
export function aCheck(rest: Partial<CheckRule> = {}): CheckRule {
  return {
    name: 'errors',
    provider: 'prom',
    question: { kind: 'ratio', bad: { query: 'bad' }, total: { query: 'total' } },
    direction: 'up',
    failWhen: [aCondition('threshold', { above: 0.1 })],
    minSamples: 10,
    critical: true,
    ...rest,
  };
}

export function aRuleSet(rest: Partial<RuleSet> = {}): RuleSet {
  return {
    service: 'shop',
    environment: 'production',
    bake: { forMs: 8 * step, everyMs: step, warmupMs: 2 * step, extendMs: 4 * step },
    falseAlarms: 0.01,
    baseline: { historyMs: 86_400_000, like: [{ kind: 'before' }], timezone: 'UTC' },
    control: null,
    checks: [aCheck()],
    onFailure: 'rollback',
    traffic: null,
    rollback: { hook: 'deployer', verifyMs: 4 * step },
    notify: ['team'],
    ...rest,
  };
}

/** Ticks placed in time; the first starts where a usual bake does. */
export function aStretch(ticks: Ticks, rest: Partial<Stretch> = {}): Stretch {
  return { startAt: t0 + 2 * step, stepMs: step, ticks, ...rest };
}

/** Bad events of a total, tick by tick; one total stands for all. */
export function ratio(bad: readonly (number | null)[], total: number | readonly (number | null)[] = 100): Ticks {
  return { kind: 'ratio', bad, total: typeof total === 'number' ? bad.map((v) => (v === null ? null : total)) : total };
}

/** The same number again and again. */
export function times<T>(count: number, value: T): readonly T[] {
  return Array.from({ length: count }, () => value);
}

/** Freezes a value all the way down, so that whoever changes it throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
