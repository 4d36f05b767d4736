import { expect, test } from 'vitest';
import type { Bake } from '../../src/core/bake/bake.ts';
import { aDeploy, aMeasurement, aRegistration, bakeIn, commitOf, plan, register, ruleSet, start, warming } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `BakeStore.register` must do. */
export function registering(both: Both): void {
  test('a deploy, its bake, rules and plan are read as they were written, to the millisecond', async () => {
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
  ])('a %s bake is read as it was written', async (state) => {
    const { deploy } = await register(both().store, { service: fresh() }, state);
    expect((await both().store.find(deploy.id))?.bake).toEqual(bakeIn(deploy, state));
  });

  test.each<Extract<Bake, { state: 'shifting' }>['after']>([
    { kind: 'stage', number: 1, judged: null, leftOut: [], extendMs: 1 },
    { kind: 'stage', number: 2, judged: null, leftOut: [], extendMs: 0, byRule: 'the rules say so' },
    { kind: 'pass', by: 'ana', why: 'sure' },
    { kind: 'ask', target: { deployId: 'd0', version: 'v0', isUnverified: true }, reasons: ['bad'] },
    { kind: 'roll_back', target: { deployId: 'd0', version: 'v0', fingerprint: 'rev-7' }, reasons: ['bad'] },
    { kind: 'ask', target: { deployId: 'd0', version: 'v0' }, reasons: ['bad'] },
    { kind: 'failed', reasons: ['bad', 'held'] },
    { kind: 'inconclusive', reasons: ['refused'] },
  ])('what follows a shift is read as it was written: $kind', async (after) => {
    const deploy = aDeploy({ service: fresh() });
    const bake: Bake = { ...warming(deploy), state: 'shifting', since: start, shift: { id: 's', weight: 0.25 }, after, nextAt: start };
    await both().store.register(aRegistration(deploy), () => ({ ok: true, first: commitOf(bake), superseded: [] }));
    expect((await both().store.find(deploy.id))?.bake).toMatchObject({ state: 'shifting', shift: { weight: 0.25 }, after });
  });

  test('the stage of a bake is read as it was written', async () => {
    const deploy = aDeploy({ service: fresh() });
    const stage = { number: 2, of: 3, weight: 25, leftOut: [{ from: start, to: start + 1 }] };
    const bake: Bake = { ...bakeIn(deploy, 'baking'), weight: 25, aloneFrom: start + 2, ...{ stage } };
    await both().store.register(aRegistration(deploy), () => ({ ok: true, first: commitOf(bake), superseded: [] }));
    expect((await both().store.find(deploy.id))?.bake).toMatchObject({ weight: 25, aloneFrom: start + 2, stage });
  });

  test.each<readonly [Bake['state'], object]>([
    ['baking', { extendedSince: start + 1, clearAt: start }],
    ['passed', { clearAt: start }],
    ['inconclusive', { isClean: true }],
    ['rolled_back', { unconfirmed: ['errors: few', 'latency: few'], clearAt: start }],
  ])('what is only sometimes known of a %s bake is read as it was written', async (state, known) => {
    const deploy = aDeploy({ service: fresh() });
    // A cast: the table names fields of that state.
    const bake = { ...bakeIn(deploy, state), ...known } as Bake;
    await both().store.register(aRegistration(deploy), () => ({ ok: true, first: commitOf(bake), superseded: [] }));
    expect((await both().store.find(deploy.id))?.bake).toEqual(bake);
  });

  test('the reason why a first shift waits is read as it was written', async () => {
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
    expect(await both().store.register(aRegistration(again, key, 'other hash'), decide)).toEqual({
      kind: 'key_conflict',
      id: deploy.id,
      registeredBy: deploy.registeredBy,
    });
  });

  test('finds the deploy of an earlier call by the older form of its key, if the same caller made it', async () => {
    const deploy = aDeploy({ service: fresh() });
    const decide = () => ({ ok: true, first: commitOf(warming(deploy)), superseded: [] }) as const;
    const olderKey = `key:ci:a:${deploy.id}`;
    await both().store.register(aRegistration(deploy, olderKey), decide);
    const again = (registeredBy: string, id: string) => ({
      ...aRegistration({ ...deploy, id, registeredBy }, `call:${registeredBy}:${deploy.id}`),
      olderKey,
    });
    expect(await both().store.register(again('ci', `${deploy.id}-2`), decide)).toMatchObject({
      kind: 'existing',
      record: { deploy: { id: deploy.id } },
    });
    const foreign = aDeploy({ service: fresh(), registeredBy: 'other' });
    const first = { ok: true, first: commitOf(warming(foreign)), superseded: [] } as const;
    expect(await both().store.register({ ...again('other', foreign.id), deploy: foreign }, () => first)).toMatchObject({ kind: 'created' });
  });

  test('a refused registration writes nothing', async () => {
    const deploy = aDeploy({ service: fresh() });
    const result = await both().store.register(aRegistration(deploy, `key-${deploy.id}`), () => ({ ok: false, refusal: 'no' }));
    expect(result).toEqual({ kind: 'refused', refusal: 'no' });
    expect(await both().store.find(deploy.id)).toBeNull();
  });

  test('ends older bakes in the same transaction, and sees only live bakes of its place', async () => {
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

  test('a decision that throws writes nothing', async () => {
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

  test('registrations of one place run one after the other', async () => {
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

  test('names may contain SQL, quotes, NUL and lone surrogates', async () => {
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

/** What `BakeStore.update` must do. */
export function updating(both: Both): void {
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

  test('of two replicas with the same version, one commits and the other gets `lost`', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const commit = { ok: true, ...commitOf(bakeIn(deploy, 'baking')) } as const;
    const results = await Promise.all([both().store, both().rival].map((store) => store.update(deploy.id, 1, () => commit)));
    expect(results.map(({ kind }) => kind).sort()).toEqual(['committed', 'lost']);
  });

  test('without an expected version, all replicas commit, one after the other', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const stores = [both().store, both().rival, both().store, both().rival, both().store];
    await Promise.all(stores.map((store) => store.update(deploy.id, null, () => ({ ok: true, ...commitOf(bakeIn(deploy, 'baking')) }))));
    expect((await both().store.find(deploy.id))?.version).toBe(6);
  });
}
