import { randomUUID } from 'node:crypto';
import type { Bake, StateName } from '../../src/core/bake/bake.ts';
import type { Verdict } from '../../src/core/judge/verdict.ts';
import type { Store } from '../../src/ports/store.ts';
import { aDeploy as aStoredDeploy, bakeIn, commitOf, plan, ruleSet } from '../store/fixtures.ts';
import { asBefore, early, healthy, leaning, slower, unproven } from './seeded-answers.ts';
import { passesOf, pastOf, questionOf } from './seeded-measurements.ts';

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
  /** What the checks say after its rollback. */
  readonly recovery?: Readonly<Record<string, Verdict>>;
};

type SeededPlace = {
  readonly service: string;
  readonly environment: string;
  /** The states of the deploys before the last ones, oldest first. */
  readonly before: readonly StateName[];
  readonly deploys: readonly SeededDeploy[];
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
          answers: { latency: slower, errors: healthy.errors, orders: healthy.orders },
          recovery: { latency: asBefore, errors: healthy.errors, orders: healthy.orders },
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
    let knownGood: string | null = null;
    for (const one of [...older, ...deploys]) {
      ids.set(`${service} ${environment}`, await seedDeploy(store, { place: { service, environment }, now, knownGood }, one));
      if (one.state === 'passed') knownGood = one.version;
    }
  }
  return ids;
}

type SeedContext = {
  readonly place: { readonly service: string; readonly environment: string };
  readonly now: number;
  readonly knownGood: string | null;
};

async function seedDeploy(
  store: Store,
  { place, now, knownGood }: SeedContext,
  { version, agoMs, state, by = 'ci', orderedAgoMs, bake = {}, answers = {}, recovery = {} }: SeededDeploy,
): Promise<string> {
  const registeredAt = now - agoMs;
  const base = aStoredDeploy({ id: randomUUID(), ...place, version, registeredAt, registeredBy: by });
  const deploy = { ...base, release: { ...base.release, commit: base.id.replaceAll('-', '') } };
  // A cast: the fields of the state are those of `bakeIn`, and a test overrides some.
  const next = { ...bakeIn(deploy, state), ...defaults[state], ...bake } as Bake;
  const names = Object.keys(answers).length === 0 ? ['errors'] : Object.keys(answers);
  const failWhen = [{ analyzer: 'regression', params: {}, damping: { k: 1, n: 1 } }];
  const checks = names.map((name) => ({ ...ruleSet.checks[0]!, name, question: questionOf(name), failWhen }));
  const registration = {
    deploy,
    idempotencyKey: null,
    bodyHash: version,
    ruleSet: { ...ruleSet, ...place, checks },
    plan: { ...plan, knownGood, traffic: null },
  };
  const first = orderedAgoMs === undefined ? next : bakeIn(deploy, 'verifying');
  await store.register(registration, () => ({ ok: true, first: commitOf(first), superseded: [] }));
  const note = (at: number, kind: string, text: string) => store.appendTimeline(deploy.id, { at, kind, by: 'bakewatch', text });
  await store.appendTimeline(deploy.id, { at: registeredAt, kind: 'registered', by, text: 'registered' });
  if (next.state === 'baking' || orderedAgoMs !== undefined) await note(registeredAt, 'baking', 'watching the checks');
  if (orderedAgoMs !== undefined) {
    const target = next.state === 'rolled_back' ? next.order.target.version : '';
    await note(now - orderedAgoMs, 'rolling_back', `rolling back to ${target}`);
    await note(now - orderedAgoMs + 12_000, 'verifying', `${target} runs again; watching whether the service recovers`);
    await store.update(deploy.id, null, () => ({ ok: true, ...commitOf(next) }));
    if (next.state === 'rolled_back') await note(next.at, 'rolled_back', `rolled back to ${target}; the service has recovered`);
    const attempt = { orderId: `${deploy.id}:o`, number: 1 };
    await store.beginAttempt({ ...attempt, effectId: 'e1', bakeId: deploy.id, at: now - orderedAgoMs });
    const output = `release ${target} linked on 12 of 12 hosts\nworkers reloaded on 12 of 12 hosts`;
    await store.endAttempt({ ...attempt, at: now - orderedAgoMs + 12_000, outcome: 'succeeded', output });
  }
  const until = orderedAgoMs === undefined ? Math.min(now, registeredAt + 15 * minute) : now - orderedAgoMs;
  const measurements = [
    ...Object.entries(answers).flatMap(([check, answer]) => passesOf({ check, answer, from: registeredAt, to: until })),
    ...Object.entries(recovery).flatMap(([check, answer]) =>
      passesOf({ check, answer, from: until + minute / 2, to: until + 5 * minute, phase: 'verifying' }),
    ),
  ];
  if (measurements.length === 0) return deploy.id;
  await store.update(deploy.id, null, ({ bake: current }) => ({ ok: true, ...commitOf(current, { measurements }) }));
  const pasts = Object.keys(answers).map((check) => ({ check, stretch: pastOf(check, registeredAt), source: check, calibrations: [] }));
  await store.saveHistory(deploy.id, pasts);
  return deploy.id;
}
