import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { Window } from '../../src/core/base/window.ts';
import { markVerdict } from '../../src/usecases/mark-verdict.ts';
import { step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const minute = 60_000;

/** A shop whose requests fail from its deploy of `v2` on, until `healsAt` after it, and its neighbor. */
async function outage(options: {
  readonly causedBy?: string;
  readonly neighborIsBad?: boolean;
  readonly askPast?: WorldOptions['askPast'];
}) {
  const { causedBy, neighborIsBad = true } = options;
  const environment = `live-${randomUUID().slice(0, 8)}`;
  const since = { at: Number.POSITIVE_INFINITY };
  const isOut = (at: number) => at > since.at;
  const asked: string[] = [];
  const askPast: WorldOptions['askPast'] = async ({ deploy }, _rule, { from, to, stepMs }: Window) => {
    asked.push(deploy.service);
    const ends = Array.from({ length: (to - from) / stepMs }, (_, i) => from + (i + 1) * stepMs);
    return { kind: 'ratio', bad: ends.map((at) => (neighborIsBad && isOut(at) ? 50 : 1)), total: ends.map(() => 100) };
  };
  const shop = createWorld(database.store, {
    ruleSet: { environment },
    bad: (version, at) => (isOut(at) && version === (causedBy ?? version) ? 60 : 1),
    askPast: options.askPast ?? askPast,
  });
  const payments = createWorld(database.store, { ruleSet: { environment } });
  await payments.release('p1', { environment, adopted: true });
  await shop.release('v1', { environment, adopted: true });
  shop.clock.advance(minute);
  const { record } = await shop.release('v2', { environment });
  since.at = shop.clock.now();
  return { shop, payments: payments.service, asked, id: record.deploy.id };
}

const marksOf = async (world: World, id: string) => (await world.recordOf(id)).marks ?? [];

test('a neighbor that turned bad in the same minutes is a mark, a timeline entry and a notice, after the order of the rollback', async () => {
  const { shop, payments, id } = await outage({});
  await shop.run(id, ({ state }) => state === 'verifying');
  const [mark] = await marksOf(shop, id);
  expect(mark).toMatchObject({ kind: 'elsewhere', by: 'bakewatch', why: `${payments} turned bad in the same minutes` });
  expect(await shop.story(id)).toContain('elsewhere');
  expect(shop.told()).toContain('elsewhere');
  const kinds = shop.queued.map((effect) => effect.kind);
  expect(kinds.indexOf('roll_back')).toBeLessThan(kinds.indexOf('look_around'));
});

test('a rollback that changes nothing is one more sign, and is no change failure', async () => {
  const { shop, id } = await outage({ neighborIsBad: false });
  expect((await shop.run(id)).state).toBe('failed');
  await shop.work();
  const [mark] = await marksOf(shop, id);
  expect(mark?.why).toMatch(/^the rollback made no difference for \d/);
  const { service, environment } = (await shop.recordOf(id)).deploy;
  expect((await shop.store.outcomes({ service, environment }, 0)).find(({ state }) => state === 'failed')?.mark).toBe('elsewhere');
});

test('where the rollback helps at once, the failure counts against the deploy after all: the neighbor may depend on it', async () => {
  const { shop, id } = await outage({ causedBy: 'v2' });
  await shop.run(id, ({ state }) => state === 'verifying');
  expect(await marksOf(shop, id)).toHaveLength(1);
  expect((await shop.run(id)).state).toBe('rolled_back');
  await shop.work();
  expect(await marksOf(shop, id)).toEqual([]);
  expect(await shop.story(id)).toContain('mark_taken_back');
});

test('a healthy neighbor, and one that cannot be asked, say nothing', async () => {
  const healthy = await outage({ neighborIsBad: false });
  await healthy.shop.run(healthy.id, ({ state }) => state === 'verifying');
  expect(healthy.asked).toEqual([healthy.payments]);
  expect(await marksOf(healthy.shop, healthy.id)).toEqual([]);
  const away = await outage({ askPast: () => Promise.reject(new ProviderError('unavailable', 'away')) });
  await away.shop.run(away.id, ({ state }) => state === 'verifying');
  expect(await marksOf(away.shop, away.id)).toEqual([]);
});

test('a look that is made twice notifies once, and does not replace what a person said', async () => {
  const { shop, id } = await outage({});
  await shop.run(id, ({ state }) => state === 'verifying');
  const look = shop.queued.find(({ kind }) => kind === 'look_around');
  if (look === undefined) throw new Error('no look around was queued');
  await shop.deliver(look);
  await shop.work();
  expect(shop.told().filter((topic) => topic === 'elsewhere')).toHaveLength(1);
  await shop.run(id);
  await shop.work();
  const by = { id, by: 'ana', at: shop.clock.now(), kind: 'elsewhere', why: 'x' } as const;
  await markVerdict(shop.store, { ...by, undo: true });
  await markVerdict(shop.store, { ...by, why: 'the database was down', undo: false });
  await shop.deliver(look);
  expect(await marksOf(shop, id)).toMatchObject([{ by: 'ana', why: 'the database was down' }]);
});

test('a mark that a person took back is not set again, also where they take it back while the look is made', async () => {
  const { shop, id } = await outage({});
  await shop.run(id);
  const looks = shop.queued.filter(({ kind }) => kind === 'look_around');
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || first === last) throw new Error('two looks around were expected');
  await shop.work();
  expect(await marksOf(shop, id)).toHaveLength(1);
  await markVerdict(shop.store, { id, by: 'ana', at: shop.clock.now(), kind: 'elsewhere', why: 'the release', undo: true });
  await shop.deliver(first);
  await shop.deliver(last);
  expect(await marksOf(shop, id)).toEqual([]);
});

test('a mark that is taken back between the reading and the commit of a look stays away', async () => {
  const { shop, id } = await outage({});
  await shop.run(id);
  await shop.work();
  const look = shop.queued.findLast(({ kind }) => kind === 'look_around');
  if (look === undefined) throw new Error('no look around was queued');
  const undo = { id, by: 'ana', at: shop.clock.now(), kind: 'elsewhere', why: 'the release', undo: true } as const;
  let readings = 0;
  const { store } = shop;
  shop.restart({
    ...store,
    timeline: async (deployId) => {
      const read = await store.timeline(deployId);
      readings += 1;
      if (readings === 1) await markVerdict(store, undo);
      return read;
    },
  });
  await shop.deliver(look);
  expect(readings).toBe(2);
  expect(await marksOf(shop, id)).toEqual([]);
});

test('a failure that begins long after the deploy is a sentence in the timeline, and no mark', async () => {
  const late = 12 * minute;
  const world = createWorld(database.store, {
    bad: (version, at) => (version === 'v2' && at > start.at + late ? 60 : 1),
    plan: { forMs: 30 * minute },
  });
  const start = { at: Number.POSITIVE_INFINITY };
  await world.release('v1', { adopted: true });
  world.clock.advance(step);
  const { record } = await world.release('v2');
  start.at = world.clock.now();
  await world.run(record.deploy.id, ({ state }) => state === 'verifying');
  const entry = (await world.store.timeline(record.deploy.id)).find(({ kind }) => kind === 'looked_around');
  expect(entry?.text).toBe('the failure began 12m after the deploy');
  expect(await marksOf(world, record.deploy.id)).toEqual([]);
});
