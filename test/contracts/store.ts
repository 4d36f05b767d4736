import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bake } from '../../src/core/bake/bake.ts';
import type { Facts } from '../../src/core/bake/facts.ts';
import type { Measurement } from '../../src/core/judge/measurement.ts';
import type { Store } from '../../src/ports/store.ts';
import {
  aDeploy,
  aMeasurement,
  aRegistration,
  bakeIn,
  commitOf,
  type DeployOptions,
  plan,
  register,
  ruleSet,
  start,
  warming,
} from '../store/fixtures.ts';
import { deliveries } from './store-deliveries.ts';
import { recentFacts } from './store-facts.ts';

/** A store under test, and a second one on the same data, as another replica has it. */
export type StoreUnderTest = { readonly store: Store; readonly rival: Store; readonly close: () => Promise<void> };

let services = 0;
/** A service that no other test touches. */
const fresh = () => {
  services += 1;
  return `service-${services}`;
};

/** What every `Store` must do. */
export function storeContract(open: () => Promise<StoreUnderTest>): void {
  let opened: StoreUnderTest;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());
  const both = () => opened;
  describe('registering', () => registering(both));
  describe('updating', () => updating(both));
  describe('claiming', () => claiming(both));
  describe('facts', () => facts(both));
  describe('recent facts', () => recentFacts(() => both().store));
  describe('known-good', () => knownGood(both));
  describe('story', () => story(both));
  describe('attempts', () => attempts(both));
  describe('deliveries', () => deliveries(both));
  describe('looking', () => looking(both));
}

type Both = () => StoreUnderTest;

function registering(both: Both) {
  test('keeps every value of a deploy, its bake, rules and plan, to the millisecond', async () => {
    const deploy = aDeploy({ service: fresh(), cause: { kind: 'rollback', of: 'd0' }, migrations: 'irreversible', buildId: '7' });
    const bake = warming(deploy, start + 1);
    await both().store.register(aRegistration(deploy), () => ({ ok: true, first: commitOf(bake), superseded: [] }));
    expect(await both().rival.find(deploy.id)).toEqual({ deploy, bake, version: 1, ruleSet, plan });
  });

  test.each<Bake['state']>([
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
  ])('keeps a %s bake as it is', async (state) => {
    const { deploy } = await register(both().store, { service: fresh() }, state);
    expect((await both().store.find(deploy.id))?.bake).toEqual(bakeIn(deploy, state));
  });

  test.each<Extract<Bake, { state: 'shifting' }>['after']>([
    { kind: 'stage', number: 1, judged: null, leftOut: [], extendMs: 1 },
    { kind: 'pass', by: 'ana', why: 'sure' },
    { kind: 'roll_back', target: { deployId: 'd0', version: 'v0', fingerprint: 'rev-7' }, reasons: ['bad'] },
    { kind: 'ask', target: { deployId: 'd0', version: 'v0' }, reasons: ['bad'] },
    { kind: 'failed', reasons: ['bad', 'held'] },
    { kind: 'inconclusive', reasons: ['refused'] },
  ])('keeps what follows a shift: $kind', async (after) => {
    const deploy = aDeploy({ service: fresh() });
    const bake: Bake = { ...warming(deploy), state: 'shifting', since: start, shift: { id: 's', weight: 0.25 }, after, nextAt: start };
    await both().store.register(aRegistration(deploy), () => ({ ok: true, first: commitOf(bake), superseded: [] }));
    expect((await both().store.find(deploy.id))?.bake).toMatchObject({ state: 'shifting', shift: { weight: 0.25 }, after });
  });

  test('keeps which stage a bake is in', async () => {
    const deploy = aDeploy({ service: fresh() });
    const stage = { number: 2, of: 3, weight: 25, leftOut: [{ from: start, to: start + 1 }] };
    const bake: Bake = { ...bakeIn(deploy, 'baking'), weight: 25, aloneFrom: start + 2, ...{ stage } };
    await both().store.register(aRegistration(deploy), () => ({ ok: true, first: commitOf(bake), superseded: [] }));
    expect((await both().store.find(deploy.id))?.bake).toMatchObject({ weight: 25, aloneFrom: start + 2, stage });
  });

  test('keeps why a first shift waits', async () => {
    const deploy = aDeploy({ service: fresh() });
    const bake: Bake = { ...warming(deploy), state: 'warming', nextAt: start, held: 'frozen' };
    await both().store.register(aRegistration(deploy), () => ({ ok: true, first: commitOf(bake), superseded: [] }));
    expect((await both().store.find(deploy.id))?.bake).toMatchObject({ held: 'frozen' });
  });

  test('finds the deploy of an earlier call with the same key and body', async () => {
    const deploy = aDeploy({ service: fresh() });
    const decide = () => ({ ok: true, first: commitOf(warming(deploy)), superseded: [] }) as const;
    const key = `key-${deploy.id}`;
    const again = { ...aDeploy({ service: deploy.service }), buildId: 'retry' };
    const answers = await Promise.all([
      both().store.register(aRegistration(deploy, key), decide),
      both().rival.register(aRegistration({ ...again, id: deploy.id }, key), decide),
    ]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['created', 'existing']);
    expect(await both().store.register(aRegistration(again, key, 'other hash'), decide)).toEqual({ kind: 'key_conflict', id: deploy.id });
  });

  test('writes nothing when refused', async () => {
    const deploy = aDeploy({ service: fresh() });
    const result = await both().store.register(aRegistration(deploy, `key-${deploy.id}`), () => ({ ok: false, refusal: 'no' }));
    expect(result).toEqual({ kind: 'refused', refusal: 'no' });
    expect(await both().store.find(deploy.id)).toBeNull();
  });

  test('ends older bakes in the same transaction, and only sees live ones of its place', async () => {
    const service = fresh();
    const old = await register(both().store, { service });
    await register(both().store, { service, environment: 'staging' });
    await register(both().store, { service, version: 'v0' }, 'passed');
    const deploy = aDeploy({ service, version: 'v2', registeredAt: start + 5 });
    const entry = { at: start, kind: 'superseded', by: 'ci', text: 'a newer deploy' };
    await both().store.register(aRegistration(deploy), ({ live }) => {
      expect(live.map((record) => record.deploy.id)).toEqual([old.deploy.id]);
      const commit = commitOf(bakeIn(old.deploy, 'superseded'), { timeline: [entry] });
      return { ok: true, first: commitOf(warming(deploy)), superseded: [{ id: old.deploy.id, commit }] };
    });
    expect(await both().store.find(old.deploy.id)).toMatchObject({ bake: { state: 'superseded' }, version: 2 });
    expect(await both().store.timeline(old.deploy.id)).toEqual([entry]);
  });

  test('a decision that throws leaves nothing behind', async () => {
    const service = fresh();
    const old = await register(both().store, { service });
    const deploy = aDeploy({ service });
    const failing = both().store.register(aRegistration(deploy), () => ({
      ok: true,
      first: commitOf(warming(deploy)),
      superseded: [{ id: 'unknown', commit: commitOf(bakeIn(old.deploy, 'superseded')) }],
    }));
    await expect(failing).rejects.toThrow('not a live bake');
    expect(await both().store.find(deploy.id)).toBeNull();
  });

  test('two registrations of one place never cross', async () => {
    const service = fresh();
    const seen = await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        const deploy = aDeploy({ service, version: `v${i}` });
        let live = -1;
        await (i % 2 === 0 ? both().store : both().rival).register(aRegistration(deploy), (context) => {
          live = context.live.length;
          return { ok: true, first: commitOf(warming(deploy)), superseded: [] };
        });
        return live;
      }),
    );
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('names are data: SQL, quotes, NUL and broken surrogates', async () => {
    const nasty = `'; drop table bakewatch.deploys; -- "$1" \\ % _ é 🎂`;
    const deploy = aDeploy({
      id: `${nasty}${fresh()}`,
      service: nasty,
      environment: nasty,
      version: `${nasty}\u0000\ud800`,
      registeredBy: nasty,
    });
    await both().store.register(aRegistration(deploy, `${nasty}\u0000`), () => ({
      ok: true,
      first: commitOf(warming(deploy)),
      superseded: [],
    }));
    expect((await both().store.find(deploy.id))?.deploy).toEqual({ ...deploy, release: { ...deploy.release, version: `${nasty}��` } });
    expect(await both().store.list({ service: nasty, environment: nasty, limit: 9 })).toHaveLength(1);
    expect(await both().store.find('no\u0000such')).toBeNull();
    expect(await both().store.list({ service: '\u0000', limit: 9, before: { registeredAt: start, id: '\u0000' } })).toEqual([]);
  });
}

function updating(both: Both) {
  test('commits state, version, timeline and measurements together', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const entries = [0, 1].map((i) => ({
      at: start + i,
      kind: 'moved',
      by: 'bakewatch',
      text: `line ${i}`,
      ...(i === 1 && { detail: 'more' }),
    }));
    const commit = commitOf(bakeIn(deploy, 'baking'), { timeline: entries, measurements: [aMeasurement()] });
    const result = await both().store.update(deploy.id, 1, () => ({ ok: true, ...commit }));
    expect(result).toMatchObject({ kind: 'committed', record: { version: 2, bake: { state: 'baking' } } });
    expect(await both().rival.find(deploy.id)).toEqual(result.kind === 'committed' && result.record);
    expect(await both().store.timeline(deploy.id)).toEqual(entries);
    expect(await both().store.measurements(deploy.id)).toEqual([aMeasurement()]);
  });

  test('reports a lost race, a refusal and an unknown id, and writes nothing', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const commit = { ok: true, ...commitOf(bakeIn(deploy, 'passed')) } as const;
    expect(await both().store.update(deploy.id, 7, () => commit)).toEqual({ kind: 'lost' });
    expect(await both().store.update(deploy.id, 1, () => ({ ok: false, refusal: 'not now' }))).toEqual({
      kind: 'refused',
      refusal: 'not now',
    });
    expect(await both().store.update('unknown', null, () => commit)).toEqual({ kind: 'not_found' });
    expect((await both().store.find(deploy.id))?.version).toBe(1);
  });

  test('of two rivals with one version, one commits and one has lost', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const commit = { ok: true, ...commitOf(bakeIn(deploy, 'baking')) } as const;
    const results = await Promise.all([both().store, both().rival].map((store) => store.update(deploy.id, 1, () => commit)));
    expect(results.map(({ kind }) => kind).sort()).toEqual(['committed', 'lost']);
  });

  test('without an expected version every rival commits, one after the other', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const stores = [both().store, both().rival, both().store, both().rival, both().store];
    await Promise.all(stores.map((store) => store.update(deploy.id, null, () => ({ ok: true, ...commitOf(bakeIn(deploy, 'baking')) }))));
    expect((await both().store.find(deploy.id))?.version).toBe(6);
  });
}

function claiming(both: Both) {
  // Earlier than every other test's bakes, so that nothing else is due.
  const past = 1_000;
  const claim = (worker: string, now: number, limit = 100) => ({ now, leaseMs: 500, limit, worker });

  test('gives a bake to one of two rivals, for the time of the lease', async () => {
    const ids = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, i) => (await register(both().store, { service: fresh(), registeredAt: past - 50 + i })).deploy.id,
      ),
    );
    const [mine, theirs] = await Promise.all([both().store.claimDue(claim('a', past, 12)), both().rival.claimDue(claim('b', past, 12))]);
    const taken = [...mine, ...theirs].map(({ deploy }) => deploy.id);
    expect(taken.sort()).toEqual(ids.sort());
    expect(await both().store.claimDue(claim('c', past + 499))).toEqual([]);
    expect(await both().store.nextDueAt()).toBe(past + 500);
    expect(await both().store.claimDue(claim('c', past + 500))).toHaveLength(20);
    await finish(both().store, ids);
  });

  test('takes the most overdue first, and nothing before its time', async () => {
    const late = await register(both().store, { service: fresh(), registeredAt: past - 9 });
    const later = await register(both().store, { service: fresh(), registeredAt: past - 8 });
    expect(await both().store.nextDueAt()).toBe(past - 9);
    expect(await both().store.claimDue(claim('a', past - 10))).toEqual([]);
    expect((await both().store.claimDue(claim('a', past, 1))).map(({ deploy }) => deploy.id)).toEqual([late.deploy.id]);
    expect(await both().store.claimDue(claim('a', past, 1))).toEqual([later]);
    await finish(both().store, [late.deploy.id, later.deploy.id]);
  });

  test('a commit and a release end the lease; a refusal does not', async () => {
    const { deploy } = await register(both().store, { service: fresh(), registeredAt: past });
    await both().store.claimDue(claim('a', past));
    await both().store.update(deploy.id, 1, () => ({ ok: false, refusal: 'no' }));
    expect(await both().rival.claimDue(claim('b', past))).toEqual([]);
    await both().store.releaseClaims('a');
    expect(await both().rival.claimDue(claim('b', past))).toHaveLength(1);
    await both().store.releaseClaims('a');
    expect(await both().store.claimDue(claim('a', past))).toEqual([]);
    await both().rival.update(deploy.id, 1, () => ({ ok: true, ...commitOf(warming(deploy, past)) }));
    expect(await both().store.claimDue(claim('a', past))).toHaveLength(1);
    await finish(both().store, [deploy.id]);
  });

  async function finish(store: Store, ids: readonly string[]) {
    for (const id of ids) await store.update(id, null, ({ deploy }) => ({ ok: true, ...commitOf(bakeIn(deploy, 'canceled')) }));
    expect(await store.claimDue(claim('z', past + 10_000))).toEqual([]);
  }
}

function facts(both: Both) {
  const freezeSeen = async (service: string) => {
    const { deploy } = await register(both().store, { service });
    let seen: unknown;
    await both().store.update(deploy.id, null, async (_, facts) => {
      seen = (await facts()).freeze;
      return { ok: false, refusal: 'only looking' };
    });
    return seen;
  };

  test('a freeze of the service or of everywhere is a fact; another service’s is not', async () => {
    const service = fresh();
    expect(await freezeSeen(service)).toBeNull();
    const own = { service, by: 'ann', why: 'sale', since: start };
    await both().store.setFreeze(own);
    expect(await freezeSeen(service)).toEqual(own);
    expect(await freezeSeen(fresh())).toBeNull();
    const all = { service: null, by: 'bob', why: 'holiday', since: start + 1 };
    await both().store.setFreeze({ ...all, why: 'replaced' });
    await both().rival.setFreeze(all);
    expect(await freezeSeen(fresh())).toEqual(all);
    expect(await both().store.freezes()).toEqual([all, own]);
    expect(await both().store.liftFreeze(null)).toBe(true);
    expect(await both().store.liftFreeze(null)).toBe(false);
    expect(await freezeSeen(service)).toEqual(own);
    expect(await both().store.liftFreeze(service)).toBe(true);
    expect(await freezeSeen(service)).toBeNull();
  });

  /** What took the place of the first of some deploys that were registered one second apart. */
  const replacing = async (later: readonly Bake['state'][], rolledBack: 'no' | 'yes' | 'unknown' = 'no') => {
    const service = fresh();
    const first = await register(both().store, { service }, 'passed');
    const other = await register(both().store, { service, environment: 'staging', registeredAt: start + 9_000 }, 'passed');
    for (const [i, state] of later.entries()) {
      const { deploy, bake } = await register(
        both().store,
        { service, version: `v${i + 2}`, registeredAt: start + (i + 1) * 1_000 },
        state,
      );
      if (bake.state !== 'failed') continue;
      const next: Bake = { ...bake, rolledBack };
      await both().store.update(deploy.id, null, () => ({ ok: true, ...commitOf(next) }));
    }
    let seen: Facts['replacedBy'] = null;
    await both().store.update(first.deploy.id, null, async (_, facts) => {
      seen = (await facts()).replacedBy;
      return { ok: false, refusal: 'only looking' };
    });
    expect(seen).not.toMatchObject({ deployId: other.deploy.id });
    return seen;
  };

  test.for(['warming', 'baking', 'awaiting_approval', 'rolling_back', 'verifying', 'passed', 'inconclusive', 'failed'] as const)(
    'a newer deploy that is %s took its place',
    async (state) => {
      expect(await replacing(['passed', state])).toEqual({ deployId: expect.any(String), version: 'v3' });
    },
  );
  test('a newer deploy that was taken back, or whose bake says nothing, did not', async () => {
    expect(await replacing([])).toBeNull();
    expect(await replacing(['superseded', 'canceled', 'rolled_back'])).toBeNull();
    expect(await replacing(['failed'], 'yes')).toBeNull();
    expect(await replacing(['failed'], 'unknown')).toBeNull();
  });
}

function knownGood(both: Both) {
  const targetOf = async (id: string) => {
    let seen: unknown;
    await both().store.update(id, null, async (_, facts) => {
      seen = (await facts()).knownGood;
      return { ok: false, refusal: 'only looking' };
    });
    return seen;
  };
  /** Registers deploys one second apart, and answers the target of the last one. */
  const targetAfter = async (story: readonly (readonly [version: string, state: Bake['state'], options?: DeployOptions])[]) => {
    const service = fresh();
    let id = '';
    for (const [i, [version, state, options]] of story.entries()) {
      id = (await register(both().store, { service, version, registeredAt: start + i * 1_000, ...options }, state)).deploy.id;
    }
    return await targetOf(id);
  };

  test('nothing passed: no target', async () => {
    expect(
      await targetAfter([
        ['v1', 'canceled'],
        ['v2', 'inconclusive'],
        ['v3', 'baking'],
      ]),
    ).toBeNull();
  });
  test('the newest that passed, never itself', async () => {
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v2', 'passed'],
        ['v3', 'passed'],
      ]),
    ).toMatchObject({ version: 'v2' });
  });
  test('two bad releases in a row still go back to the last verified one', async () => {
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v2', 'rolled_back'],
        ['v3', 'baking'],
      ]),
    ).toMatchObject({ version: 'v1' });
  });
  test('a version that was found bad later is no target; one that passed again is', async () => {
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v2', 'passed'],
        ['v2', 'rolled_back'],
        ['v3', 'baking'],
      ]),
    ).toMatchObject({ version: 'v1' });
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v2', 'passed'],
        ['v2', 'failed'],
        ['v3', 'baking'],
      ]),
    ).toMatchObject({ version: 'v1' });
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v2', 'failed'],
        ['v2', 'passed'],
        ['v3', 'baking'],
      ]),
    ).toMatchObject({ version: 'v2' });
  });
  test('what the asking deploy itself says of its version does not count', async () => {
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v1', 'failed'],
      ]),
    ).toMatchObject({ version: 'v1' });
  });
  test('an adopted release counts, unless it was found bad', async () => {
    expect(
      await targetAfter([
        ['v1', 'superseded', { adopted: true }],
        ['v2', 'baking'],
      ]),
    ).toMatchObject({ version: 'v1' });
    expect(
      await targetAfter([
        ['v1', 'rolled_back', { adopted: true }],
        ['v2', 'baking'],
      ]),
    ).toBeNull();
  });
  test('other services and environments do not count', async () => {
    expect(
      await targetAfter([
        ['v1', 'passed', { environment: 'staging' }],
        ['v2', 'baking'],
      ]),
    ).toBeNull();
  });
  test('brings the fingerprint that was saved with it, and the release’s own terms', async () => {
    const service = fresh();
    const good = await register(both().store, { service, version: 'v1' }, 'passed');
    await both().store.saveFingerprint(good.deploy.id, 'revision 41');
    const bad = await register(both().store, { service, version: 'v2', registeredAt: start + 1 });
    expect(await targetOf(bad.deploy.id)).toEqual({
      deployId: good.deploy.id,
      version: 'v1',
      commit: 'abc',
      image: undefined,
      fingerprint: 'revision 41',
    });
    const summary = (await both().store.services()).find((entry) => entry.service === service);
    expect(summary).toEqual({ service, environment: 'production', latest: bad, knownGood: good });
  });
}

function story(both: Both) {
  const measure = async (id: string, list: readonly Measurement[]) =>
    both().store.update(id, null, ({ bake }) => ({ ok: true, ...commitOf(bake, { measurements: list }) }));

  test('NaN and infinities survive; missing stays missing', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null, 0, 0.1 + 0.2, 1e-320, Number.MAX_SAFE_INTEGER];
    const le = [0.5, Number.POSITIVE_INFINITY];
    const list = [
      aMeasurement({ check: 'a', ticks: { kind: 'value', value: odd }, control: { kind: 'ratio', bad: odd, total: odd } }),
      aMeasurement({ check: 'b', ticks: { kind: 'latency', le, buckets: [[1, 2], null] }, control: { kind: 'rate', count: odd } }),
      aMeasurement({ check: 'c', ticks: { kind: 'rate', count: odd, exposure: odd } }),
      aMeasurement({
        check: 'd',
        result: { outcome: 'inconclusive', reason: 'NaN', evidence: { measured: Number.NaN, samples: 0 }, blocks: false },
      }),
      aMeasurement({
        check: 'e',
        query: 'Infinity',
        result: { outcome: 'fail', reason: 'x', evidence: { limit: Number.POSITIVE_INFINITY } },
      }),
    ];
    await measure(deploy.id, list);
    expect(await both().store.measurements(deploy.id)).toEqual(list);
  });

  test('the first answer for a window wins, also within one commit; a failed try never stands in its way', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const failed = aMeasurement({ result: { outcome: 'error', kind: 'timeout', reason: 'slow' }, ticks: null });
    const first = aMeasurement({ at: start + 30_000 });
    const second = aMeasurement({ at: start + 40_000, query: 'second' });
    const verifying = aMeasurement({ at: start + 50_000, phase: 'verifying' });
    await measure(deploy.id, [failed]);
    await measure(deploy.id, [first, second]);
    await measure(deploy.id, [second, verifying]);
    expect(await both().store.measurements(deploy.id)).toEqual([failed, first, verifying]);
  });

  test('NUL and broken surrogates anywhere cannot make a commit fail', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const nasty = 'a\u0000b\ud83d';
    const measurement = aMeasurement({ check: nasty, query: nasty, result: { outcome: 'pass', reason: nasty } });
    const entry = { at: start, kind: nasty, by: nasty, text: nasty, detail: nasty };
    await both().store.update(deploy.id, null, ({ bake }) => ({
      ok: true,
      ...commitOf(bake, { measurements: [measurement], timeline: [entry] }),
    }));
    await both().store.appendTimeline(deploy.id, entry);
    await both().store.saveHistory(deploy.id, [{ check: nasty, stretch: null, source: 'prom', calibrations: [{ method: nasty }] }]);
    await both().store.saveFingerprint(deploy.id, nasty);
    expect((await both().store.timeline(deploy.id)).map(({ text }) => text)).toEqual(['a�b�', 'a�b�']);
    expect((await both().store.measurements(deploy.id))[0]?.query).toBe('a�b�');
  });

  test('the newest history is that of the newest deploy of the place that asked the same', async () => {
    const service = fresh();
    const stretchAt = (startAt: number) => ({ startAt, stepMs: 15_000, ticks: { kind: 'value', value: [1] } }) as const;
    const newest = (source: string, check = 'a') => both().store.newestHistory({ service, environment: 'production' }, check, source);
    for (const [i, source] of ['same', 'same', 'other'].entries()) {
      const { deploy } = await register(both().store, { service, registeredAt: start + i });
      await both().store.saveHistory(deploy.id, [{ check: 'a', stretch: stretchAt(start + i), source, calibrations: [] }]);
    }
    expect(await newest('same')).toEqual(stretchAt(start + 1));
    expect(await newest('other')).toEqual(stretchAt(start + 2));
    expect([await newest('none'), await newest('same', 'b')]).toEqual([null, null]);
    expect(await both().store.newestHistory({ service: fresh(), environment: 'production' }, 'a', 'same')).toBeNull();
  });

  test('the first history of a check wins, and "nothing was there" is one', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const value = Array.from({ length: 5_000 }, (_, i) => (i % 7 === 0 ? null : i / 3));
    const stretch = { startAt: start, stepMs: 15_000, ticks: { kind: 'value', value } } as const;
    const calibrations = [null, { version: 1, arms: [{ law: 'counts', tolerated: 0.1 + 0.2 }] }];
    await both().store.saveHistory(deploy.id, [
      { check: 'a', stretch, source: 'prom', calibrations },
      { check: 'b', stretch: null, source: 'prom', calibrations: [] },
    ]);
    await both().rival.saveHistory(deploy.id, [
      { check: 'a', stretch: null, source: 'prom', calibrations: [] },
      { check: 'b', stretch, source: 'prom', calibrations: [null] },
    ]);
    expect(await both().store.histories(deploy.id)).toEqual([
      { check: 'a', stretch, source: 'prom', calibrations },
      { check: 'b', stretch: null, source: 'prom', calibrations: [] },
    ]);
  });
}

function attempts(both: Both) {
  test('are numbered, shown to the next, and ended', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const order = { orderId: `${deploy.id}:order`, effectId: `${deploy.id}:3:0`, bakeId: deploy.id };
    expect(await both().store.beginAttempt({ ...order, at: start })).toEqual({ number: 1, earlier: [] });
    const first = { ...order, number: 1, startedAt: start, endedAt: null, outcome: null, output: '' };
    expect(await both().rival.beginAttempt({ ...order, at: start + 1 })).toEqual({ number: 2, earlier: [first] });
    await both().store.endAttempt({ orderId: order.orderId, number: 2, at: start + 2, outcome: 'failed', output: 'no\u0000' });
    const second = { ...order, number: 2, startedAt: start + 1, endedAt: start + 2, outcome: 'failed', output: 'no�' };
    expect(await both().store.attempts(deploy.id)).toEqual([first, second]);
  });

  test('keep what is printed while they run, and what came last at their end', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const order = { orderId: `${deploy.id}:order`, effectId: `${deploy.id}:3:0`, bakeId: deploy.id, at: start };
    const outputs = async () => (await both().store.attempts(deploy.id)).map(({ output }) => output);
    for (const number of [1, 2]) {
      await both().store.beginAttempt(order);
      await both().store.saveAttemptOutput({ orderId: order.orderId, number, output: `working on ${number}\0` });
    }
    expect(await outputs()).toEqual(['working on 1�', 'working on 2�']);
    await both().store.endAttempt({ orderId: order.orderId, number: 2, at: start + 2, outcome: 'succeeded', output: 'done' });
    await both().rival.saveAttemptOutput({ orderId: order.orderId, number: 2, output: 'a late save' });
    expect(await outputs()).toEqual(['working on 1�', 'done']);
  });

  test('rivals never get the same number', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const order = { orderId: `${deploy.id}:order`, effectId: `${deploy.id}:3:0`, bakeId: deploy.id, at: start };
    const begun = await Promise.all([1, 2, 3, 4].map((i) => (i % 2 ? both().store : both().rival).beginAttempt(order)));
    expect(begun.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4]);
  });
}

function looking(both: Both) {
  test('lists newest first, page by page, by service, environment and state', async () => {
    const service = fresh();
    const records = [];
    for (let i = 0; i < 5; i += 1) {
      const registeredAt = start + Math.floor(i / 2);
      records.push(await register(both().store, { service, registeredAt, id: `${service}-${i}` }, i % 2 === 0 ? 'passed' : 'baking'));
    }
    const ids = (list: readonly { readonly deploy: { readonly id: string } }[]) => list.map(({ deploy }) => Number(deploy.id.at(-1)));
    const page = await both().store.list({ service, limit: 2 });
    expect(ids(page)).toEqual([4, 3]);
    const { registeredAt, id } = page[1]!.deploy;
    expect(ids(await both().store.list({ service, limit: 9, before: { registeredAt, id } }))).toEqual([2, 1, 0]);
    expect(ids(await both().store.list({ service, state: 'passed', limit: 9 }))).toEqual([4, 2, 0]);
    expect(await both().store.list({ service, environment: 'staging', limit: 9 })).toEqual([]);
    expect((await both().store.list({ limit: 1_000 })).length).toBeGreaterThan(5);
  });

  test('tells what became of the deploys of a place since an instant, oldest first', async () => {
    const { store } = both();
    const service = fresh();
    const metadata = { committed_at: '2026-09-20T10:00:00Z' };
    await register(store, { service, registeredAt: start - 1 }, 'passed');
    await register(store, { service, metadata, registeredAt: start, adopted: true }, 'passed');
    await register(store, { service, registeredAt: start + 1, cause: { kind: 'rollback' } }, 'baking');
    const late = await register(store, { service, registeredAt: start + 2 }, 'rolled_back');
    const soon = await register(store, { service, registeredAt: start + 3 }, 'rolled_back');
    await register(store, { service, environment: 'staging' }, 'passed');
    for (const [kind, id, at] of [
      ['passed', late, 1],
      ['rolling_back', late, 2],
      ['rolling_back', late, 3],
      ['rolling_back', soon, 4],
    ] as const)
      await store.appendTimeline(id.deploy.id, { kind, at: start + at, by: 'ana', text: '' });
    const expected = (after: number, rest: object) => ({
      registeredAt: start + after,
      deployedAt: start + after,
      endedAt: start + after + 60_000,
      cause: 'release',
      adopted: false,
      orderedAt: null,
      hadEnded: false,
      committedAt: null,
      ...rest,
    });
    expect(await both().rival.outcomes({ service, environment: 'production' }, start)).toEqual([
      expected(0, { state: 'passed', adopted: true, committedAt: metadata.committed_at }),
      expected(1, { state: 'baking', cause: 'rollback', endedAt: null }),
      expected(2, { state: 'rolled_back', orderedAt: start + 3, hadEnded: true }),
      expected(3, { state: 'rolled_back', orderedAt: start + 4 }),
    ]);
    expect(await store.outcomes({ service, environment: 'nowhere' }, 0)).toEqual([]);
    expect(await both().rival.environments(service)).toEqual(['production', 'staging']);
    expect(await store.environments('nothing')).toEqual([]);
  });

  test('counts live bakes by state', async () => {
    const before = (await both().store.countByState()).get('verifying') ?? 0;
    await register(both().store, { service: fresh() }, 'verifying');
    await register(both().store, { service: fresh() }, 'failed');
    const counts = await both().store.countByState();
    expect(counts.get('verifying')).toBe(before + 1);
    expect(counts.has('failed')).toBe(false);
  });

  test('answers a ping', async () => {
    await both().store.ping();
  });
}
