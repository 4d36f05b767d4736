import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { QueuedEffect, Topic } from '../../src/core/bake/effect.ts';
import { EffectError } from '../../src/core/base/errors.ts';
import { type DeliveryRules, sendEverything } from '../../src/core/notify/route.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { gaveUp, perform } from '../../src/effects/dispatch.ts';
import type { Store } from '../../src/ports/store.ts';
import { aNotice, register } from '../store/fixtures.ts';
import { aDatabase, administer, anotherReplica, type TestDatabase } from '../support/database.ts';
import { createFakeLog, silentMeter } from '../support/fake-meter.ts';
import { createFakeNotifier } from '../support/fake-notifier.ts';
import { createManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;
/** The start of a minute, at night in Istanbul. Far in the future, because the queue deletes jobs that have been due for weeks. */
const now = Date.parse('2096-06-04T01:00:00Z');
const night = { fromMs: 79_200_000, toMs: 25_200_000, timezone: 'Europe/Istanbul', except: 'bad' } as const;
const quiet = [{ ...night, days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] }] as const;
const morning = Date.parse('2096-06-04T04:00:00Z');

let database: TestDatabase;
let count = 0;
const store = (): Store => database.store;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await administer(database.url, 'delete from bakewatch_queue.job');
  await administer(database.url, 'delete from bakewatch.held_notices');
  await administer(database.url, 'delete from bakewatch.deliveries');
});

type Fails = Parameters<typeof createFakeNotifier>[0];

/** A channel with rules, and a function that notifies it about a deploy. Each deploy is of its own service. */
function channel(rules: Partial<DeliveryRules>, fails: Fails = []) {
  const { notifier, heard, tries } = createFakeNotifier(fails);
  const clock = createManualClock(now);
  const { log, lines } = createFakeLog();
  const deps: DispatchDeps = {
    store: store(),
    hooks: new Map(),
    shiftHooks: new Map(),
    notifiers: new Map([['team', { notifier, type: 'fake', rules: { ...sendEverything, ...rules } }]]),
    clock,
    log,
    meter: silentMeter,
    publicUrl: 'https://bake.example.com',
  };
  const deploys = async (many: number) => {
    const records = await Promise.all(Array.from({ length: many }, () => register(store(), { service: `digest-${++count}` }, 'baking')));
    return records.map(({ deploy }) => deploy.id);
  };
  const notify = async (id: string, topic: Topic, number = ++count) => await perform(deps, notice(id, topic, number), never);
  return { deps, clock, lines, heard, tries, deploys, notify };
}

function notice(id: string, topic: Topic, number: number): QueuedEffect {
  const sent = aNotice(id, number);
  if (sent.kind !== 'notify') throw new Error('not a notice');
  return { ...sent, notice: { ...sent.notice, topic } };
}

/** The digests that wait in the queue. */
async function digests(): Promise<readonly Extract<QueuedEffect, { kind: 'digest' }>[]> {
  const rows = await administer(
    database.url,
    `select data->'effect' as effect from bakewatch_queue.job where name = 'digest' order by start_after, created_on`,
  );
  return rows.map(({ effect }) => effect as Extract<QueuedEffect, { kind: 'digest' }>);
}

async function theDigest() {
  const [digest, ...others] = await digests();
  if (digest === undefined || others.length > 0) throw new Error(`${others.length + 1} digests`);
  return digest;
}

describe('many deploys at once', () => {
  const rules = { digest: { above: 5, withinMs: 60_000 } };

  test('get a message each, and beyond the limit one message together', async () => {
    const { deps, heard, deploys, notify } = channel(rules);
    const ids = await deploys(30);
    for (const id of ids) await notify(id, 'unhealthy');
    expect(heard.map(({ deployId, isDigest }) => [deployId, isDigest])).toEqual(ids.slice(0, 5).map((id) => [id, false]));
    const digest = await theDigest();
    expect(digest.at).toBe(now + 60_000);
    await perform(deps, digest, never);
    expect(heard).toHaveLength(6);
    expect(heard[5]).toMatchObject({
      id: digest.id,
      isDigest: true,
      topic: 'unhealthy',
      title: '25 deploys: 25 unhealthy',
      service: '25 deploys',
      environment: 'production',
      url: 'https://bake.example.com',
    });
    await perform(deps, digest, never);
    expect(heard).toHaveLength(6);
  });

  test('are in the digest with the newest notice each, in the order of the notices', async () => {
    const { deps, heard, deploys, notify } = channel(rules);
    for (const id of await deploys(5)) await notify(id, 'unhealthy');
    const [a = '', b = ''] = await deploys(2);
    await notify(a, 'unhealthy');
    await notify(b, 'unhealthy');
    await notify(a, 'rolled_back');
    await perform(deps, await theDigest(), never);
    expect(heard[5]?.title).toBe('2 deploys: 1 unhealthy, 1 rolled back');
    expect(heard[5]?.links.map(({ url }) => url)).toEqual([b, a].map((id) => `https://bake.example.com/deploys/${id}`));
  });

  test('a deploy that gets its own message is not in the digest', async () => {
    const { deps, clock, heard, deploys, notify } = channel(rules);
    for (const id of await deploys(5)) await notify(id, 'unhealthy');
    const [a = '', b = '', c = ''] = await deploys(3);
    for (const id of [a, b, c]) await notify(id, 'unhealthy');
    const digest = await theDigest();
    clock.advance(60_000);
    await notify(a, 'failed');
    await perform(deps, digest, never);
    expect(heard.slice(5).map(({ title }) => title)).toEqual([expect.stringContaining('needs a person now'), '2 deploys: 2 unhealthy']);
  });

  test('of the next window get a message each again', async () => {
    const { clock, heard, deploys, notify } = channel(rules);
    for (const id of await deploys(7)) await notify(id, 'unhealthy');
    clock.advance(60_000);
    for (const id of await deploys(7)) await notify(id, 'unhealthy');
    expect(heard).toHaveLength(10);
    expect((await digests()).map(({ at }) => at - now)).toEqual([60_000, 120_000]);
  });

  test('a notice that is performed again stays in its digest', async () => {
    const { deps, heard, deploys } = channel(rules);
    const ids = await deploys(7);
    const sent = ids.map((id, i) => notice(id, 'unhealthy', i));
    for (const one of [...sent, ...sent]) await perform(deps, one, never);
    expect(heard).toHaveLength(5);
    await perform(deps, await theDigest(), never);
    for (const one of sent) await perform(deps, one, never);
    expect(heard.map(({ title }) => title).slice(5)).toEqual(['2 deploys: 2 unhealthy']);
    expect(await digests()).toHaveLength(1);
  });

  test('a digest that may have arrived is repeated with the same content, marked as a repeat', async () => {
    const { deps, heard, tries, deploys, notify } = channel(rules, [null, null, null, null, null, 'timeout']);
    for (const id of await deploys(8)) await notify(id, 'unhealthy');
    const digest = await theDigest();
    await expect(perform(deps, digest, never)).rejects.toBeInstanceOf(EffectError);
    // A notice that is held back meanwhile goes to the next digest.
    const [late = ''] = await deploys(1);
    await notify(late, 'unhealthy');
    await perform(deps, digest, never);
    expect(tries.slice(5)).toEqual([
      { memory: null, isRepeat: false },
      { memory: null, isRepeat: true },
    ]);
    expect(heard[5]?.title).toBe('3 deploys: 3 unhealthy');
    for (const one of await digests()) await perform(deps, one, never);
    expect(heard.slice(6).map(({ deployId }) => deployId)).toEqual([late]);
  });

  test('a digest of one deploy is an ordinary message, and its memory is kept', async () => {
    const { deps, clock, heard, tries, deploys, notify } = channel(rules);
    for (const id of await deploys(5)) await notify(id, 'unhealthy');
    const [alone = ''] = await deploys(1);
    await notify(alone, 'unhealthy');
    await perform(deps, await theDigest(), never);
    expect(heard[5]).toMatchObject({ isDigest: false, deployId: alone, title: expect.stringContaining('is unhealthy') });
    clock.advance(60_000);
    await notify(alone, 'failed');
    expect(tries[6]).toEqual({ memory: { heard: 6 }, isRepeat: false });
  });

  test.for<{ name: string; fails: Fails; end: 'perform' | 'gaveUp' }>([
    { name: 'refused for good', fails: [null, null, null, null, null, 'refused'], end: 'perform' },
    { name: 'out of tries', fails: [], end: 'gaveUp' },
  ])('a digest that is $name is given up with an error, in the timeline of every deploy', async ({ fails, end }) => {
    const { deps, lines, deploys, notify } = channel(rules, fails);
    const ids = await deploys(7);
    for (const id of ids) await notify(id, 'unhealthy');
    const digest = await theDigest();
    await (end === 'perform' ? perform(deps, digest, never) : gaveUp(deps, digest));
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([{ message: 'digest given up', fields: { deploys: 2 } }]);
    const stories = await Promise.all(ids.map(async (id) => (await store().timeline(id)).map(({ kind }) => kind)));
    expect(stories).toEqual([[], [], [], [], [], ['notice_given_up'], ['notice_given_up']]);
    expect(await administer(database.url, 'select * from bakewatch.held_notices')).toEqual([]);
  });

  test('many that fail at once: nothing is lost or repeated, and few messages are sent', async () => {
    const { deps, heard, deploys } = channel(rules);
    const ids = await deploys(200);
    await Promise.all(ids.map((id, i) => perform(deps, notice(id, 'unhealthy', i), never)));
    await Promise.all((await digests()).map((digest) => perform(deps, digest, never)));
    const single = heard.filter(({ isDigest }) => !isDigest).map(({ deployId }) => deployId);
    expect(single).toHaveLength(5);
    expect(heard.filter(({ isDigest }) => isDigest).map(({ title }) => title)).toEqual([
      `${ids.length - 5} deploys: ${ids.length - 5} unhealthy`,
    ]);
    const sent = await administer(database.url, `select bake_id from bakewatch.deliveries where arrived`);
    expect(sent.map(({ bake_id: id }) => id).toSorted()).toEqual(ids.toSorted());
  }, 90_000);
});

describe('in quiet time', () => {
  test('notices that need nobody now arrive in the morning, with the state of then', async () => {
    const { deps, heard, deploys, notify } = channel({ quiet });
    const [a = '', b = '', c = '', d = '', e = ''] = await deploys(5);
    await notify(a, 'started');
    await notify(a, 'unhealthy');
    await notify(a, 'rolled_back');
    await notify(a, 'recovered');
    await notify(b, 'passed');
    await notify(c, 'blind');
    await notify(c, 'sighted');
    await notify(d, 'blind');
    await notify(d, 'inconclusive');
    await notify(e, 'drill_failed');
    expect(heard.map(({ deployId, topic }) => [deployId, topic])).toEqual([
      [a, 'unhealthy'],
      [a, 'rolled_back'],
      [a, 'recovered'],
    ]);
    for (const digest of await digests()) {
      expect(digest.at).toBe(morning);
      await perform(deps, digest, never);
    }
    expect(heard.slice(3).map(({ title }) => title)).toEqual(['2 deploys: 1 could not be judged, 1 with a failed rollback drill']);
  });

  test('many alarms at once do not wait for the morning, and neither do their ends', async () => {
    const { deps, heard, deploys, notify } = channel({ quiet, digest: { above: 1, withinMs: 60_000 } });
    const ids = await deploys(4);
    for (const topic of ['unhealthy', 'rolled_back', 'recovered'] as const) for (const id of ids) await notify(id, topic);
    for (const digest of await digests()) if (digest.at === now + 60_000) await perform(deps, digest, never);
    expect(heard.filter(({ isDigest }) => isDigest).map(({ title }) => title)).toEqual(['3 deploys: 3 rolled back and recovered']);
  });

  test('an alarm whose digest has begun counts as sent: its end does not wait for the morning', async () => {
    const { deps, heard, deploys, notify } = channel({ quiet, digest: { above: 1, withinMs: 60_000 } }, [null, 'failed']);
    const [first = '', a = '', b = ''] = await deploys(3);
    for (const id of [first, a, b]) await notify(id, 'unhealthy');
    const digest = await theDigest();
    await expect(perform(deps, digest, never)).rejects.toBeInstanceOf(EffectError);
    await notify(a, 'rolled_back');
    const [, next] = await digests();
    expect(next?.at).toBe(now + 60_000);
    for (const one of await digests()) await perform(deps, one, never);
    expect(heard.map(({ deployId, topic }) => [deployId, topic])).toEqual([
      [first, 'unhealthy'],
      [b, 'unhealthy'],
      [a, 'rolled_back'],
    ]);
  });

  test('without exceptions, everything waits for the morning and arrives with the state of then', async () => {
    const { heard, deps, deploys, notify } = channel({ quiet: [{ ...quiet[0], except: null }] });
    const [a = ''] = await deploys(1);
    for (const topic of ['unhealthy', 'rolled_back', 'recovered'] as const) await notify(a, topic);
    expect(heard).toEqual([]);
    await perform(deps, await theDigest(), never);
    expect(heard.map(({ topic }) => topic)).toEqual(['recovered']);
  });
});

test('the next process delivers a digest of an earlier one when it is due', async () => {
  const { deps, heard, deploys } = channel({ digest: { above: 1, withinMs: 2_000 } });
  const systemClock = { now: () => Date.now(), sleep: async () => {} };
  const real = { ...deps, clock: systemClock };
  for (const [i, id] of (await deploys(6)).entries()) await perform(real, notice(id, 'unhealthy', i), never);
  expect(heard.length).toBeLessThan(6);
  const next = await anotherReplica(database);
  const taking = { ...real, store: next.store };
  await next.queue.start({ perform: (effect, signal) => perform(taking, effect, signal), gaveUp: async () => {} });
  const sent = () => heard.reduce((sum, { isDigest, reasons }) => sum + (isDigest ? reasons.length : 1), 0);
  await vi.waitFor(() => expect(sent()).toBe(6), { timeout: 15_000, interval: 50 });
  await vi.waitFor(async () => expect(await next.queue.oldestAgeMs(0)).toBe(0), { timeout: 5_000, interval: 50 });
  await next.queue.stop(1_000);
  await next.close();
});
