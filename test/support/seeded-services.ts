import { randomUUID } from 'node:crypto';
import type { Bake, StateName } from '../../src/core/bake/bake.ts';
import { explain } from '../../src/core/judge/explanation.ts';
import type { Verdict } from '../../src/core/judge/verdict.ts';
import type { Store } from '../../src/ports/store.ts';
import { aMeasurement, aDeploy as aStoredDeploy, bakeIn, commitOf, plan, ruleSet } from '../store/fixtures.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A deploy to seed: how long ago it was made, and how it stands. `bake`: what differs from the default of its state. */
type SeededDeploy = {
  readonly version: string;
  readonly agoMs: number;
  readonly state: StateName;
  readonly by?: string;
  /** How long ago its rollback was ordered. */
  readonly orderedAgoMs?: number;
  readonly bake?: object;
  readonly answers?: Readonly<Record<string, Verdict>>;
};

type SeededPlace = {
  readonly service: string;
  readonly environment: string;
  /** The states of the deploys before the last ones, oldest first. */
  readonly before: readonly StateName[];
  readonly deploys: readonly SeededDeploy[];
};

const pass = (headline: string, strength = 0.01): Verdict => ({ outcome: 'pass', ...explain(headline), evidence: { strength } });
const healthy = {
  errors: pass('0.42 % of requests failed, was 0.51 %', 0.02),
  latency: pass('64 % of requests slower than 50 ms, was 65 %', 0.09),
  memory: pass('1.2 GB, was 1.2 GB'),
  orders: pass('402 orders a minute, was 398', 0.03),
};
const leaning: Verdict = {
  outcome: 'inconclusive',
  leans: true,
  ...explain('0.91 % of requests failed, was 0.54 %'),
  evidence: { strength: 0.58 },
};
const early: Verdict = { outcome: 'inconclusive', ...explain('2 of 12 requests failed so far, usual is 0 to 3') };
const unproven: Verdict = {
  outcome: 'pass',
  ...explain('0 of 31,250 requests failed'),
  unproven: 'unproven: no series has ever matched status="500"; the label status_class has 2xx, 4xx and 5xx',
};
const passed = (count: number): readonly StateName[] => Array.from({ length: count }, () => 'passed');
const since = (agoMs: number, until: number) => ({ from: agoMs, until });

/** The services of the pictures: three bakes, three that went wrong lately, one unproven check, and the rest in order. */
export function seededPlaces(now: number): readonly SeededPlace[] {
  const baking = ({ from, until }: ReturnType<typeof since>) => ({
    from: now - from,
    endsAt: now + until,
    limitAt: now + 2 * until,
    nextAt: now + minute,
    blind: null,
    reasons: [],
  });
  const target = (version: string) => ({ deployId: 'd0', version });
  const memory = 'Memory: 1.9 GB and growing, was 1.2 GB';
  const slow = 'Latency: 77 % of requests slower than 50 ms, was 65 %';
  const production = (service: string, version: string, agoMs: number, checks = healthy): SeededPlace => ({
    service,
    environment: 'production',
    before: passed(11),
    deploys: [{ version, agoMs, state: 'passed', answers: checks }],
  });
  return [
    {
      service: 'billing',
      environment: 'production',
      before: [...passed(4), 'inconclusive', ...passed(5)],
      deploys: [
        { version: 'v5.8.2', agoMs: 30 * hour, state: 'passed' },
        {
          version: 'v5.9.0',
          agoMs: hour + 4 * minute,
          state: 'failed',
          bake: { at: now - 45 * minute, reasons: [memory, 'not rolled back: frozen by R. Okafor: settlement run'] },
        },
      ],
    },
    {
      service: 'checkout',
      environment: 'production',
      before: [...passed(3), 'rolled_back', ...passed(6)],
      deploys: [
        { version: 'v2.40.3', agoMs: 26 * hour, state: 'passed' },
        {
          version: 'v2.41.0',
          agoMs: 9 * minute,
          state: 'baking',
          by: 'ana',
          bake: baking(since(9 * minute, 6 * minute + 12_000)),
          answers: { ...healthy, errors: leaning },
        },
      ],
    },
    {
      service: 'parcel',
      environment: 'production',
      before: [...passed(6), 'canceled', ...passed(3)],
      deploys: [
        { version: 'v2.17.4', agoMs: 50 * hour, state: 'passed' },
        {
          version: 'v2.18.0',
          agoMs: 23 * minute,
          state: 'rolled_back',
          orderedAgoMs: 17 * minute + 10_000,
          bake: { at: now - 12 * minute, order: { id: 'o', target: target('v2.17.4'), reasons: [slow] } },
        },
      ],
    },
    {
      service: 'invoices',
      environment: 'production',
      before: [...passed(4), 'inconclusive', ...passed(4)],
      deploys: [
        { version: 'v1.12.0', agoMs: 70 * hour, state: 'passed' },
        {
          version: 'v1.12.1',
          agoMs: 3 * hour,
          state: 'inconclusive',
          bake: { at: now - 2 * hour, reasons: ['Errors: no data since 40 s after the deploy, nothing could be judged'] },
        },
      ],
    },
    {
      service: 'search',
      environment: 'production',
      before: passed(10),
      deploys: [
        { version: 'v7.2.9', agoMs: 90 * hour, state: 'passed' },
        {
          version: 'v7.3.0',
          agoMs: 12 * minute,
          state: 'baking',
          by: 'GitHub Actions',
          bake: baking(since(11 * minute, 3 * minute + 18_000)),
          answers: healthy,
        },
      ],
    },
    {
      service: 'notify',
      environment: 'staging',
      before: ['passed', 'passed', 'inconclusive', 'passed', 'passed', 'rolled_back', 'passed', 'passed'],
      deploys: [
        { version: 'b81d04e', agoMs: 20 * hour, state: 'passed' },
        {
          version: '9f3c2a1',
          agoMs: 3 * minute,
          state: 'baking',
          by: 'GitLab',
          bake: baking(since(3 * minute, 11 * minute + 40_000)),
          answers: { ...healthy, errors: early },
        },
      ],
    },
    {
      service: 'labels',
      environment: 'production',
      before: passed(11),
      deploys: [
        { version: 'v0.88.0', agoMs: 25 * hour, state: 'passed', bake: { confidence: 'low' }, answers: { ...healthy, errors: unproven } },
      ],
    },
    { ...production('checkout', 'v2.41.0', hour), environment: 'staging', before: [...passed(2), 'rolled_back', ...passed(8)] },
    production('accounts', 'v3.0.7', 5 * hour),
    {
      ...production('accounts', 'v3.1.0-rc.2', 5 * hour),
      environment: 'staging',
      before: [...passed(4), 'rolled_back', ...passed(3), 'failed', ...passed(2)],
    },
    production('gateway', 'v11.4.2', 28 * hour),
  ];
}

const usual = ['Errors: 0.42 % of requests failed, was 0.51 %', 'Latency: 64 % of requests slower than 50 ms, was 65 %'];
const order = { id: 'o', target: { deployId: 'd0', version: 'v0.1.0' }, reasons: ['Errors: 4.1 % of requests failed, was 0.51 %'] };
/** What differs from `bakeIn` in a state: words as they are in real bakes. */
const defaults: Partial<Record<StateName, object>> = {
  passed: { reasons: usual },
  rolled_back: { order },
  failed: { reasons: [...order.reasons, 'not rolled back: the rules say on_failure: notify, so a person must act'] },
  inconclusive: { reasons: ['Errors: too few requests to tell (14, one of them failed)'] },
};

/** Registers the deploys of places, and returns the ids of the newest ones, by "service environment". */
export async function seedPlaces(store: Store, places: readonly SeededPlace[], now: number): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const { service, environment, before, deploys } of places) {
    const first = deploys[0]?.agoMs ?? 0;
    const older = before.map((state, i) => ({ version: `v0.${i}.0`, agoMs: first + (before.length - i) * 26 * hour, state }));
    for (const one of [...older, ...deploys])
      ids.set(`${service} ${environment}`, await seedDeploy(store, { service, environment }, one, now));
  }
  return ids;
}

async function seedDeploy(
  store: Store,
  place: { readonly service: string; readonly environment: string },
  { version, agoMs, state, by = 'ci', orderedAgoMs, bake = {}, answers = {} }: SeededDeploy,
  now: number,
): Promise<string> {
  const registeredAt = now - agoMs;
  const base = aStoredDeploy({ id: randomUUID(), ...place, version, registeredAt, registeredBy: by });
  const deploy = { ...base, release: { ...base.release, commit: base.id.replaceAll('-', '') } };
  // A cast: the fields of the state are those of `bakeIn`, and a test overrides some.
  const next = { ...bakeIn(deploy, state), ...defaults[state], ...bake } as Bake;
  const names = Object.keys(answers).length === 0 ? ['errors'] : Object.keys(answers);
  const checks = names.map((name) => ({ ...ruleSet.checks[0]!, name }));
  const registration = { deploy, idempotencyKey: null, bodyHash: version, ruleSet: { ...ruleSet, ...place, checks }, plan };
  const first = orderedAgoMs === undefined ? next : bakeIn(deploy, 'verifying');
  await store.register(registration, () => ({ ok: true, first: commitOf(first), superseded: [] }));
  if (orderedAgoMs !== undefined) {
    await store.appendTimeline(deploy.id, { at: now - orderedAgoMs, kind: 'rolling_back', by: 'bakewatch', text: 'rolling back' });
    await store.update(deploy.id, null, () => ({ ok: true, ...commitOf(next) }));
  }
  const at = Math.min(now, registeredAt + 10 * minute);
  const measurements = Object.entries(answers).map(([check, result]) =>
    aMeasurement({ check, at, window: { from: at - 15_000, to: at, stepMs: 15_000 }, result }),
  );
  if (measurements.length > 0)
    await store.update(deploy.id, null, ({ bake: current }) => ({ ok: true, ...commitOf(current, { measurements }) }));
  return deploy.id;
}
