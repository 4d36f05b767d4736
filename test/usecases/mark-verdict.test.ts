import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import { unhealthyOf } from '../../src/scheduler/history.ts';
import { type MarkRequest, markVerdict } from '../../src/usecases/mark-verdict.ts';
import { reasonsOf } from '../../src/usecases/view-deploy.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const bad = (version: string) => (version === 'v2' ? 60 : 1);

/** `v1` is known-good, and `v2` was rolled back. */
async function rolledBack(): Promise<{ readonly world: World; readonly record: DeployRecord }> {
  const world = createWorld(database.store, { bad });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(60_000);
  const { record } = await world.release('v2');
  expect((await world.run(record.deploy.id)).state).toBe('rolled_back');
  return { world, record: await world.recordOf(record.deploy.id) };
}

const asked = ({ world, record }: Awaited<ReturnType<typeof rolledBack>>, rest: Partial<MarkRequest> = {}): MarkRequest => ({
  id: record.deploy.id,
  by: 'ana',
  at: world.clock.now(),
  kind: 'false_alarm',
  why: 'the probe was wrong',
  undo: false,
  ...rest,
});

test('a mark is shown, and is in the timeline once, however often it is set', async () => {
  const shop = await rolledBack();
  for (let i = 0; i < 2; i++) await markVerdict(shop.world.store, asked(shop));
  const record = await shop.world.recordOf(shop.record.deploy.id);
  expect(record.bake).toEqual(shop.record.bake);
  expect(reasonsOf(record)[0]).toBe('marked as a false alarm by ana: the probe was wrong');
  expect((await shop.world.story(record.deploy.id)).filter((kind) => kind === 'false_alarm')).toHaveLength(1);
  await markVerdict(shop.world.store, asked(shop, { undo: true }));
  const after = await shop.world.recordOf(record.deploy.id);
  expect(after.marks).toBeUndefined();
  expect(await shop.world.story(record.deploy.id)).toContain('mark_taken_back');
});

test('a repeated mark, and a repeated undo, change nothing at all', async () => {
  const shop = await rolledBack();
  const snapshot = async () => [await shop.world.recordOf(shop.record.deploy.id), await shop.world.story(shop.record.deploy.id)];
  const untouched = await snapshot();
  await markVerdict(shop.world.store, asked(shop, { undo: true }));
  expect(await snapshot()).toEqual(untouched);
  await markVerdict(shop.world.store, asked(shop));
  const marked = await snapshot();
  expect(await markVerdict(shop.world.store, asked(shop, { why: 'another reason' }))).toEqual(marked[0]);
  expect(await snapshot()).toEqual(marked);
});

test('a false alarm is no change failure, and no past to exclude', async () => {
  const shop = await rolledBack();
  const place = { service: shop.world.service, environment: shop.record.deploy.environment };
  const outcomeOf = async () => (await shop.world.store.outcomes(place, 0)).find(({ state }) => state === 'rolled_back')?.mark;
  const next = { record: { ...shop.record, deploy: { ...shop.record.deploy, id: randomUUID() } }, now: shop.world.clock.now() };
  expect(await outcomeOf()).toBeNull();
  expect(await unhealthyOf(shop.world.store, next)).toHaveLength(1);
  await markVerdict(shop.world.store, asked(shop));
  expect(await outcomeOf()).toBe('false_alarm');
  expect(await unhealthyOf(shop.world.store, next)).toEqual([]);
});

test('a cause elsewhere is no change failure, but the time was bad nevertheless', async () => {
  const shop = await rolledBack();
  await markVerdict(shop.world.store, asked(shop, { kind: 'elsewhere' }));
  const next = { record: { ...shop.record, deploy: { ...shop.record.deploy, id: randomUUID() } }, now: shop.world.clock.now() };
  expect(await unhealthyOf(shop.world.store, next)).toHaveLength(1);
});

test('a false alarm does not condemn an older deploy of the same version, and does not become known-good itself', async () => {
  const world = createWorld(database.store, { bad: (_, at) => (at > broken.from && at < broken.to ? 60 : 1) });
  const broken = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const first = await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(60_000);
  const older = await world.release('v2');
  expect((await world.run(older.record.deploy.id)).state).toBe('passed');
  world.clock.advance(60_000);
  broken.from = world.clock.now();
  const again = await world.release('v2');
  const id = again.record.deploy.id;
  await world.run(id, ({ state }) => state === 'verifying');
  broken.to = world.clock.now();
  await world.run(id);
  const place = { service: world.service, environment: again.record.deploy.environment };
  const good = async () => (await world.store.knownGood(place, 5)).map(({ deployId }) => deployId);
  expect(await good()).toEqual([first.record.deploy.id]);
  await markVerdict(world.store, { id, by: 'ana', at: world.clock.now(), kind: 'false_alarm', why: 'an outage', undo: false });
  expect(await good()).toEqual([older.record.deploy.id, first.record.deploy.id]);
});

test.for([
  { name: 'a bake that passed', state: 'passed', message: /only a deploy that failed or was rolled back/ },
  { name: 'a bake under way', state: 'baking', message: /the bake is baking/ },
] as const)('$name cannot be marked', async ({ state, message }) => {
  const world = createWorld(database.store);
  const { record } = await world.release('v3');
  await world.run(record.deploy.id, (bake) => bake.state === state);
  const request = { id: record.deploy.id, by: 'ana', at: 1, kind: 'false_alarm', why: 'x', undo: false } as const;
  await expect(markVerdict(world.store, request)).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(message) });
});
