import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/app/clock.ts';
import { AppError } from '../../src/core/base/errors.ts';
import type { Store } from '../../src/ports/store.ts';
import { createRetention } from '../../src/scheduler/retention.ts';
import { exportRecording } from '../../src/usecases/export-recording.ts';
import { rollBack } from '../../src/usecases/intervene.ts';
import { loadDetails, viewDeploy } from '../../src/usecases/view-deploy.ts';
import { deployPage } from '../../src/web/deploy-page.ts';
import { aCheck, aCondition, step } from '../support/builders.ts';
import { aDatabase, administer, anotherReplica, type TestDatabase } from '../support/database.ts';
import { createFakeLog, silentMeter } from '../support/fake-meter.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const day = 86_400_000;
const keepMs = 90 * day;
const keep = { pasts: 30 * day, measurements: keepMs, deploys: 730 * day, audit: 400 * day };

/** A service with a past: `v1.1` passed, and `v2` was rolled back to it. */
async function aWorld() {
  const relative = aCondition('relative', { to: { kind: 'before' }, more_than: 1 });
  const both = aCheck({ failWhen: [aCondition('threshold', { above: 0.1 }), relative] });
  const world = createWorld(database.store, { bad: (version) => (version === 'v2' ? 50 : 1), ruleSet: { checks: [both] } });
  await world.release('v1', { adopted: true });
  world.clock.advance(step);
  const good = (await world.release('v1.1')).record.deploy.id;
  await world.run(good);
  await world.work();
  const bad = (await world.release('v2')).record.deploy.id;
  await world.run(bad);
  await world.work();
  return { world, good, bad };
}

function retentionOf({ clock }: World, store: Store = database.store) {
  const { log, lines } = createFakeLog();
  const deleted: number[] = [];
  const meter = { ...silentMeter, pruned: (measurements: number) => deleted.push(measurements) };
  return {
    lines,
    deleted,
    sweep: createRetention({ store, clock, log, meter }, { keepMs: keep, sessions: () => ({ idleMs: day, maxMs: day }), everyMs: day })
      .sweep,
  };
}

/** What must stay when the ticks are deleted. */
async function lasting({ store }: World, id: string) {
  const { record, checks, timeline, attempts } = await viewDeploy(store, id);
  const said = checks.map(({ baking, verifying }) => [baking, verifying].map((one) => one && { at: one.at, result: one.result }));
  return { record, timeline, attempts, said };
}

test('old ticks are deleted; the deploy, its end, its timeline and the last answer of each check stay', async () => {
  const { world, good, bad } = await aWorld();
  const before = await Promise.all([good, bad].map((id) => lasting(world, id)));
  const count = (await Promise.all([good, bad].map((id) => world.store.measurements(id)))).flat().length;
  world.clock.advance(keepMs + day);
  const { sweep, deleted, lines } = retentionOf(world);
  await sweep();
  expect(await Promise.all([good, bad].map((id) => lasting(world, id)))).toEqual(before);
  for (const id of [good, bad]) expect(await world.store.histories(id)).toEqual([]);
  const left = (await Promise.all([good, bad].map((id) => world.store.measurements(id)))).flat();
  expect(left.map(({ phase, ticks, control }) => [phase, ticks, control])).toEqual([
    ['baking', null, null],
    ['baking', null, null],
    ['verifying', null, null],
  ]);
  expect(deleted.reduce((sum, one) => sum + one, 0)).toBe(count - left.length);
  const fields = { measurements: 3, pasts: 0, deploys: 0, rows: count - left.length };
  expect(lines).toEqual([{ level: 'info', message: 'old data deleted', fields }]);
  await sweep();
  expect(lines).toHaveLength(1);
});

test('an export of deleted ticks says that they were deleted', async () => {
  const { world, good } = await aWorld();
  expect((await exportRecording(world.store, good)).id).toBe(good);
  world.clock.advance(keepMs + day);
  await retentionOf(world).sweep();
  const error = await exportRecording(world.store, good).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AppError);
  const when = new Date(world.clock.now()).toISOString().slice(0, 10);
  expect(error).toMatchObject({
    code: 'not_found',
    message: `the measurements of this deploy were deleted on ${when}, as \`database.retention\` says; export recordings before that`,
  });
});

test('an old known-good release is still a target, and a bake that is live or ended recently keeps its ticks', async () => {
  const { world } = await aWorld();
  world.clock.advance(keepMs - day);
  const late = (await world.release('v1.2')).record.deploy.id;
  await world.run(late);
  world.clock.advance(2 * day);
  const live = (await world.release('v2')).record.deploy.id;
  await world.run(live, ({ state }) => state === 'baking');
  const kept = await world.store.measurements(late);
  await retentionOf(world).sweep();
  expect(await world.store.measurements(late)).toEqual(kept);
  for (const id of [late, live]) expect((await world.store.deletions(id)).measurements).toBeNull();
  await world.run(live);
  await world.run((await world.release('v1.2', { key: `${world.service} again` })).record.deploy.id);
  world.clock.advance(2 * keepMs);
  await retentionOf(world).sweep();
  await world.run((await world.release('v2', { key: `${world.service} at last` })).record.deploy.id);
  expect(world.platform.performed.at(-1)).toMatchObject({ target: { version: 'v1.2', fingerprint: 'v1.2' } });
});

test('measurements of a bake that a person reopened are deleted later too', async () => {
  const { world, good } = await aWorld();
  world.clock.advance(keepMs + day);
  await retentionOf(world).sweep();
  await rollBack(world.store, { id: good, by: 'ana', at: world.clock.now(), why: 'a wrong price' });
  expect(await world.run(good)).toMatchObject({ state: 'rolled_back' });
  await retentionOf(world).sweep();
  const recovery = async () => (await world.store.measurements(good)).filter(({ phase }) => phase === 'verifying');
  expect((await recovery()).length).toBeGreaterThan(1);
  world.clock.advance(keepMs + day);
  await retentionOf(world).sweep();
  expect(await recovery()).toMatchObject([{ ticks: null }]);
});

test('two replicas never prune the same bake', async () => {
  const { world } = await aWorld();
  await aWorld();
  world.clock.advance(keepMs + day);
  const other = await anotherReplica(database);
  const request = { what: 'measurements', endedBefore: world.clock.now() - keepMs, at: world.clock.now(), limit: 2 } as const;
  const stores = [database.store, other.store];
  const seen: string[] = [];
  for (let last = -1; seen.length > last; ) {
    last = seen.length;
    const pruned = await Promise.all(stores.flatMap((store) => [store.prune(request), store.prune(request)]));
    seen.push(...pruned.flatMap((one) => one?.bakeIds ?? []));
  }
  await other.close();
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBe(6);
});

test('while the database is away, the sweep ends, and the next one works', async () => {
  const { world } = await aWorld();
  const broken = { ...database.store, prune: () => Promise.reject(new AppError('unavailable', 'the database cannot be reached (prune)')) };
  const { sweep, lines } = retentionOf(world, broken);
  await sweep();
  expect(lines).toMatchObject([{ level: 'warn', message: 'old data could not be deleted' }]);
});

test('a server that stops before its first sweep deletes nothing', async () => {
  const asked: string[] = [];
  const store = { ...database.store, pruneAlerts: async () => asked.push('pruneAlerts') };
  const options = { keepMs: keep, sessions: () => ({ idleMs: day, maxMs: day }), everyMs: day };
  const retention = createRetention({ store, clock: systemClock, log: createFakeLog().log, meter: silentMeter }, options);
  retention.start();
  await retention.stop();
  expect(asked).toEqual([]);
});

test('the past of a bake is deleted before its measurements, and the page, the report and an export say so', async () => {
  const { world, good, bad } = await aWorld();
  const before = await world.store.measurements(good);
  expect(await world.store.histories(good)).toMatchObject([{ stretch: { ticks: { kind: 'ratio' } } }]);
  world.clock.advance(keep.pasts + day);
  const { sweep, lines } = retentionOf(world);
  const sweptAt = world.clock.now();
  await sweep();
  expect(lines).toMatchObject([{ fields: { measurements: 0, deploys: 0, rows: 0 } }]);
  expect(await world.store.histories(good)).toEqual([]);
  expect(await world.store.measurements(good)).toEqual(before);
  const view = await loadDetails(world.store, good);
  expect(view).toMatchObject({ prunedAt: null, pastPrunedAt: sweptAt });
  const page = String(await deployPage(view, { viewer: { caller: null, theme: null }, now: world.clock.now() }));
  expect(page).toContain('The past that the checks were compared with was deleted at');
  expect(await exportRecording(world.store, good).catch((error: unknown) => error)).toMatchObject({
    code: 'not_found',
    message: expect.stringMatching(/the past .* was deleted on .*`database.past_retention`/),
  });
  // The next deploy of the place goes on from the past of the newest one.
  expect(await world.store.histories(bad)).toMatchObject([{ stretch: { ticks: { kind: 'ratio' } } }]);
  expect((await world.store.deletions(bad)).pasts).toBeNull();
  expect(await exportRecording(world.store, bad)).toMatchObject({ id: bad });
  await sweep();
  expect(lines).toHaveLength(1);
});

test('what was delivered and held back about a bake is deleted with its measurements', async () => {
  const { world, good } = await aWorld();
  const rows = async () => {
    const counts = ['deliveries', 'held_notices'].map(
      (table) => `(select count(*)::int from bakewatch.${table} where bake_id = '${good}')`,
    );
    return await administer(database.url, `select ${counts.join(' + ')} as rows`);
  };
  await world.store.mute({ bakeId: good, notifier: 'team' });
  expect(await rows()).not.toEqual([{ rows: 0 }]);
  world.clock.advance(keepMs + day);
  await retentionOf(world).sweep();
  expect(await rows()).toEqual([{ rows: 0 }]);
});

/** Writes older deploys of the place by SQL: copies of a deploy, a minute apart, of which every `everyPassed`-th passed. */
async function addOlder(id: string, { count, everyPassed, before }: { count: number; everyPassed: number; before: number }): Promise<void> {
  await administer(
    database.url,
    `with older as (select i, gen_random_uuid()::text as id, ${before} - i * 60000 as at from generate_series(1, ${count}) i),
      placed as (
        insert into bakewatch.deploys (id, service, environment, version, registered_at, adopted, body_hash, body, rules, plan)
        select o.id, service, environment, 'old-' || o.i, o.at, false, '', body || jsonb_build_object('id', o.id, 'registeredAt', o.at), rules, plan
        from bakewatch.deploys, older o where deploys.id = '${id}' returning id)
      insert into bakewatch.bakes (deploy_id, service, environment, state, version, body)
      select o.id, service, environment, case when o.i % ${everyPassed} = 0 then 'passed' else 'canceled' end, 1,
        jsonb_build_object('id', o.id, 'cause', 'release', 'begunAt', o.at, 'deployedAt', o.at, 'at', o.at, 'by', 'ana',
          'state', case when o.i % ${everyPassed} = 0 then 'passed' else 'canceled' end, 'confidence', 'low', 'reasons', '["fine"]'::jsonb)
      from bakewatch.bakes, older o where deploy_id = '${id}'`,
  );
}

test('very old deploys are deleted whole; each place keeps its newest ones and those that passed last', async () => {
  const [{ world, good, bad }, few] = [await aWorld(), await aWorld()];
  const before = world.clock.now() - day;
  await addOlder(good, { count: 260, everyPassed: 25, before });
  await addOlder(few.good, { count: 210, everyPassed: 500, before });
  world.clock.advance(keep.deploys + 2 * day);
  await retentionOf(world).sweep();
  const left = async (service: string) => (await world.store.list({ service, limit: 500 })).map(({ deploy }) => deploy);
  // v2, v1.1 and v1 are newer. Of the older ones, every 25th passed, and two of the three newer ones did.
  const kept = await left(world.service);
  expect(kept.map(({ id }) => id)).toEqual(expect.arrayContaining([good, bad]));
  expect(kept).toHaveLength(203);
  expect(await world.store.outcomes({ service: world.service, environment: 'production' }, 0)).toHaveLength(203);
  expect(await world.store.knownGood({ service: world.service, environment: 'production' }, 20)).toHaveLength(10);
  // With too few passed deploys nothing is deleted: a rollback may need one of them.
  expect(await left(few.world.service)).toHaveLength(213);
});
