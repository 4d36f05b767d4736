import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import type { Store } from '../../src/ports/store.ts';
import { createRetention } from '../../src/scheduler/retention.ts';
import { exportRecording } from '../../src/usecases/export-recording.ts';
import { rollBack } from '../../src/usecases/intervene.ts';
import { viewDeploy } from '../../src/usecases/view-deploy.ts';
import { aCheck, aCondition, step } from '../support/builders.ts';
import { aDatabase, anotherReplica, type TestDatabase } from '../support/database.ts';
import { createFakeLog, silentMeter } from '../support/fake-meter.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const day = 86_400_000;
const keepMs = 90 * day;

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
  return { lines, deleted, sweep: createRetention({ store, clock, log, meter }, { keepMs, everyMs: day }).sweep };
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
  expect(lines).toEqual([{ level: 'info', message: 'old measurements deleted', fields: { bakes: 3, measurements: count - left.length } }]);
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
  expect([await world.store.prunedAt(late), await world.store.prunedAt(live)]).toEqual([null, null]);
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
  const request = { endedBefore: world.clock.now() - keepMs, at: world.clock.now() };
  const stores = [database.store, other.store];
  const seen: string[] = [];
  for (let last = -1; seen.length > last; ) {
    last = seen.length;
    const pruned = await Promise.all(stores.flatMap((store) => [store.prune(request), store.prune(request)]));
    seen.push(...pruned.flatMap((one) => (one === null ? [] : [one.bakeId])));
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
  expect(lines).toMatchObject([{ level: 'warn', message: 'old measurements could not be deleted' }]);
});
