import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SeriesQuery } from '../../src/ports/provider.ts';
import { approve, cancel } from '../../src/usecases/intervene.ts';
import { aCheck, aCondition, nextAtOf, step, t0 } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** A service that runs `v1`, which a person vouched for. `v2` and `v3` are bad. */
async function aWorld(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(database.store, { bad: (version) => (version === 'v2' || version === 'v3' ? 50 : 1), ...options });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  return world;
}

const relative = aCheck({ failWhen: [aCondition('relative', { to: { kind: 'before' }, more_than: 1 })] });

describe('a good release', () => {
  test('passes, is announced, and is the rollback target of the next one', async () => {
    const world = await aWorld();
    const { record } = await world.release('v1.1');
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'passed', by: null, confidence: 'full' });
    expect(await world.story(record.deploy.id)).toEqual(['registered', 'baking', 'clear', 'passed']);
    expect(world.told()).toEqual(['started', 'passed']);
    const { record: next } = await world.release('v2');
    await world.run(next.deploy.id);
    expect(world.platform.performed).toMatchObject([{ target: { version: 'v1.1', fingerprint: 'v1.1' } }]);
  });

  test('is asked about each tick once, in adjacent windows', async () => {
    const world = await aWorld();
    const { record } = await world.release('v1.1');
    await world.run(record.deploy.id);
    const windows = (await world.store.measurements(record.deploy.id)).map(({ window }) => [window.from, window.to]);
    const from = t0 + 3 * step;
    expect(windows).toEqual(Array.from({ length: 8 }, (_, i) => [from + i * step, from + (i + 1) * step]));
  });
});

describe('a bad release', () => {
  test('is rolled back, and the recovery is verified', async () => {
    const world = await aWorld();
    const { record } = await world.release('v2');
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'rolled_back', order: { target: { version: 'v1' } } });
    expect(world.told()).toEqual(['started', 'unhealthy', 'rolled_back', 'recovered']);
    expect(await world.story(record.deploy.id)).toEqual([
      'registered',
      'baking',
      'rolling_back',
      'hook_started',
      'hook_ended',
      'verifying',
      'rolled_back',
    ]);
  });

  test('is not rolled back where it was as bad before the deploy', async () => {
    const world = await aWorld({ bad: () => 50 });
    const { record } = await world.release('v2');
    const bake = await world.run(record.deploy.id);
    expect(bake).toMatchObject({ state: 'failed', rolledBack: 'no' });
    expect('reasons' in bake && bake.reasons[1]).toMatch(
      /^not rolled back: the service was already unhealthy before this deploy \(errors: 50 % of requests failed \(50 of 100\), allowed 10 %/,
    );
    expect(world.platform.performed).toEqual([]);
  });

  test('is rolled back although there was an incident before, which had ended', async () => {
    const world = await aWorld({ bad: (version, at) => (version === 'v2' || at < t0 - 10 * step ? 50 : 1) });
    const { record } = await world.release('v2');
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'rolled_back' });
  });

  test('is rolled back where the time before the deploy is unknown', async () => {
    const failing = ({ window }: SeriesQuery) => (window.to < t0 ? 'unavailable' : null);
    const world = await aWorld({ bad: () => 50, failing });
    const { record } = await world.release('v2');
    await world.run(record.deploy.id);
    expect(world.platform.performed).toHaveLength(1);
  });

  test('that does not recover needs a person', async () => {
    const world = await aWorld({ bad: (_, at) => (at > t0 + step ? 50 : 1) });
    const { record } = await world.release('v2');
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'failed', rolledBack: 'yes' });
    expect(world.told()).toEqual(['started', 'unhealthy', 'rolled_back', 'failed', 'elsewhere']);
  });

  test('whose last errors arrive after the rollback recovers too', async () => {
    const seen: { backAt?: number } = {};
    const world = await aWorld({
      bad: (version, at) => {
        if (version === 'v1' && at > t0 + 5 * step) seen.backAt ??= at;
        return version === 'v2' || at === seen.backAt ? 50 : 1;
      },
    });
    const { record } = await world.release('v2');
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'rolled_back' });
    const verifying = (await world.store.measurements(record.deploy.id)).filter(({ phase }) => phase === 'verifying');
    expect(verifying.map(({ result }) => result.outcome)).toEqual(['fail', 'pass', 'pass']);
  });

  test('after whose rollback the service has no traffic has not recovered', async () => {
    const world = await aWorld({ bad: (version) => (version === 'v2' ? 50 : null) });
    const { record } = await world.release('v2');
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'failed', rolledBack: 'yes' });
  });

  test('whose rollback is interrupted by a kill is rolled back, and what follows the switch is made up for', async () => {
    const world = await aWorld({ acts: ['dies after', 'works'] });
    const { record } = await world.release('v2');
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'rolled_back' });
    expect(world.platform.performed).toMatchObject([{ mustAct: false }, { mustAct: true }]);
    expect((await world.store.attempts(record.deploy.id)).map(({ outcome }) => outcome)).toEqual([null, 'succeeded']);
  });

  test('whose rollback is interrupted by a kill is not rolled back again by a replica with another clock', async () => {
    const world = await aWorld({ acts: ['dies after'], canAsk: false });
    const { id } = (await world.release('v2')).record.deploy;
    for (
      let bake = await world.run(id, ({ state }) => state === 'baking');
      bake.state === 'baking';
      bake = (await world.recordOf(id)).bake
    ) {
      world.clock.set(nextAtOf(bake));
      await world.look(await world.recordOf(id));
    }
    world.clock.advance(-1);
    await world.work();
    expect(world.platform.performed).toHaveLength(1);
    expect((await world.recordOf(id)).bake).toMatchObject({ state: 'failed', rolledBack: 'unknown' });
  });

  test('after another bad one returns to the last verified release', async () => {
    const world = await aWorld();
    for (const version of ['v2', 'v3']) await world.run((await world.release(version)).record.deploy.id);
    expect(world.platform.performed.map(({ from, target }) => `${from.version} → ${target.version}`)).toEqual(['v2 → v1', 'v3 → v1']);
  });

  test('of a service without a known-good release needs a person, until one adopts what runs', async () => {
    const world = createWorld(database.store, { bad: (version) => (version === 'v2' ? 50 : 1) });
    const first = await world.run((await world.release('v2')).record.deploy.id);
    expect(first).toMatchObject({
      state: 'failed',
      rolledBack: 'no',
      reasons: [expect.anything(), expect.stringContaining('no known-good release')],
    });
    await world.release('v1', { adopted: true });
    world.clock.advance(1);
    expect(await world.run((await world.release('v2', { key: 'again' })).record.deploy.id)).toMatchObject({ state: 'rolled_back' });
  });

  test('during a freeze keeps running, and people are notified', async () => {
    const world = await aWorld();
    await world.store.setFreeze({ service: world.service, by: 'ana', why: 'a migration', since: t0 });
    expect(await world.run((await world.release('v2')).record.deploy.id)).toMatchObject({ state: 'failed', rolledBack: 'no' });
    expect([world.platform.performed, world.told()]).toEqual([[], ['started', 'failed']]);
  });

  test('waits for a person where the rules say so', async () => {
    const world = await aWorld({ plan: { onFailure: 'approve' } });
    const { id } = (await world.release('v2')).record.deploy;
    await world.run(id, ({ state }) => state === 'awaiting_approval');
    await approve(world.store, { id, by: 'ana', at: world.clock.now() });
    expect(await world.run(id)).toMatchObject({ state: 'rolled_back' });
  });

  test('that is itself a rollback is never rolled back', async () => {
    const world = await aWorld();
    const { record } = await world.release('v2', { cause: { kind: 'rollback' } });
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'failed', rolledBack: 'no' });
    expect(world.platform.performed).toEqual([]);
  });
});

describe('a provider that cannot be asked', () => {
  test('makes a bake blind, extends it, and ends it inconclusive, never failed', async () => {
    const world = await aWorld({ failing: () => 'unavailable' });
    const { record } = await world.release('v2');
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'inconclusive' });
    expect(world.told()).toEqual(['started', 'blind', 'inconclusive']);
    expect(await world.story(record.deploy.id)).toEqual(['registered', 'baking', 'blind', 'extended', 'inconclusive']);
  });

  test.for([
    { name: 'what it answers afterwards is judged, and a good release passes', version: 'v1.1', expected: 'passed' },
    { name: 'what it answers afterwards is judged, and a bad release is rolled back', version: 'v2', expected: 'rolled_back' },
  ])('$name', async ({ version, expected }) => {
    const until = t0 + 9 * step;
    const world = await aWorld({ failing: (_, now) => (now < until ? 'timeout' : null) });
    const { record } = await world.release(version);
    expect((await world.run(record.deploy.id)).state).toBe(expected);
    const answered = (await world.store.measurements(record.deploy.id)).find(({ ticks }) => ticks !== null);
    expect(answered?.window.from).toBe(t0 + 3 * step);
  });

  test('people are notified once that the bake is blind, and once that it no longer is', async () => {
    const world = await aWorld({ failing: (_, now) => (now < t0 + 9 * step ? 'timeout' : null) });
    await world.run((await world.release('v1.1')).record.deploy.id);
    expect(world.told()).toEqual(['started', 'blind', 'sighted', 'passed']);
  });

  test('within the time of a pass is an error, and the pass is committed', async () => {
    const world = await aWorld({ failing: () => 'hangs' });
    const { id } = (await world.release('v2')).record.deploy;
    const bake = await world.run(id, ({ state }) => state === 'baking');
    world.clock.set(nextAtOf(bake));
    const passing = new AbortController();
    const pass = world.look(await world.recordOf(id), passing.signal);
    passing.abort();
    await pass;
    expect(await world.store.measurements(id)).toMatchObject([{ result: { outcome: 'error', kind: 'timeout' }, ticks: null }]);
    expect((await world.recordOf(id)).bake).toMatchObject({ state: 'baking', nextAt: nextAtOf(bake) + step });
  });

  test('about the past is an error, not a failure, and the next pass asks again', async () => {
    const isPast = (to: number) => to <= t0 + step;
    const world = await aWorld({
      ruleSet: { checks: [relative] },
      failing: ({ window }, now) => (isPast(window.to) && now < t0 + 8 * step ? 'rate_limited' : null),
    });
    const { record } = await world.release('v1.1');
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'passed', confidence: 'full' });
    const outcomes = (await world.store.measurements(record.deploy.id)).map(({ result }) => result.outcome);
    expect([outcomes[0], outcomes.at(-1), outcomes.includes('fail')]).toEqual(['error', 'pass', false]);
  });

  test('about the past does not hide the failure of another check', async () => {
    const both = aCheck({ failWhen: [...relative.failWhen, aCondition('threshold', { above: 0.1 })] });
    const world = await aWorld({
      ruleSet: { checks: [both] },
      failing: ({ window }, now) => (window.to <= t0 + step && now < t0 + 5 * step ? 'timeout' : null),
    });
    const { id } = (await world.release('v2')).record.deploy;
    expect(await world.run(id)).toMatchObject({ state: 'rolled_back' });
    expect((await world.store.measurements(id))[0]).toMatchObject({ result: { outcome: 'fail' } });
  });
});

describe('too little traffic', () => {
  test('is neither pass nor fail', async () => {
    const world = await aWorld({ bad: () => null });
    expect(await world.run((await world.release('v2')).record.deploy.id)).toMatchObject({ state: 'inconclusive' });
    expect(world.told()).toEqual(['started', 'inconclusive']);
  });

  test('without any history does not pass either', async () => {
    const world = createWorld(database.store, { bad: () => null, ruleSet: { checks: [relative] } });
    expect(await world.run((await world.release('v1')).record.deploy.id)).toMatchObject({ state: 'inconclusive' });
  });

  test('the first bake without history passes on its absolute checks, with low confidence', async () => {
    const both = aCheck({ failWhen: [...relative.failWhen, aCondition('threshold', { above: 0.1 })] });
    const world = createWorld(database.store, { bad: (_, at) => (at > t0 ? 1 : null), ruleSet: { checks: [both] } });
    expect(await world.run((await world.release('v1')).record.deploy.id)).toMatchObject({ state: 'passed', confidence: 'low' });
  });
});

describe('a pass', () => {
  test('that is an hour late judges everything up to the limit', async () => {
    const world = await aWorld({ bad: (version, at) => (version === 'v2' && at === t0 + 6 * step ? 50 : 1) });
    const { record } = await world.release('v2');
    const bake = await world.run(record.deploy.id, ({ state }) => state === 'baking');
    world.clock.advance(3_600_000);
    await world.look(await world.recordOf(record.deploy.id));
    const [only, ...more] = await world.store.measurements(record.deploy.id);
    expect([only?.window.to, only?.result.outcome, more]).toEqual([bake.state === 'baking' && bake.limitAt, 'fail', []]);
    expect((await world.recordOf(record.deploy.id)).bake.state).toBe('rolling_back');
  });

  test('in two replicas is committed once: nothing is measured, announced or rolled back twice', async () => {
    const world = await aWorld();
    const { record } = await world.release('v2');
    await world.work();
    await world.run(record.deploy.id, ({ state }) => state === 'baking');
    const claim = await world.recordOf(record.deploy.id);
    world.clock.set(nextAtOf(claim.bake));
    await Promise.all([world.look(claim), world.look(claim)]);
    expect(world.pending.map(({ kind }) => kind)).toEqual(['roll_back', 'notify', 'look_around']);
    expect(await world.store.measurements(record.deploy.id)).toHaveLength(1);
  });

  test('in two replicas over a good release is committed once too', async () => {
    const world = await aWorld();
    const { id } = (await world.release('v1.1')).record.deploy;
    await world.run(id, ({ state }) => state === 'baking');
    const claim = await world.recordOf(id);
    world.clock.set(nextAtOf(claim.bake));
    await Promise.all([world.look(claim), world.look(claim)]);
    expect((await world.recordOf(id)).version).toBe(claim.version + 1);
  });

  test('over a bake that was moved in the meantime changes nothing', async () => {
    const world = await aWorld();
    const { record } = await world.release('v2');
    await world.run(record.deploy.id, ({ state }) => state === 'baking');
    const claim = await world.recordOf(record.deploy.id);
    await cancel(world.store, { id: record.deploy.id, by: 'ana', at: world.clock.now() });
    world.clock.set(nextAtOf(claim.bake));
    await world.look(claim);
    expect(await world.recordOf(record.deploy.id)).toMatchObject({ bake: { state: 'canceled', by: 'ana' } });
    expect(await world.store.measurements(record.deploy.id)).toEqual([]);
  });
});
