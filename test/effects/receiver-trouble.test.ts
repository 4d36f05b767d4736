import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import { type DeliveryRules, sendEverything } from '../../src/core/notify/route.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { gaveUp, perform } from '../../src/effects/dispatch.ts';
import { createHttp } from '../../src/net/http.ts';
import { webhook } from '../../src/notifiers/webhook.ts';
import type { Store } from '../../src/ports/store.ts';
import { aNotice, commitOf, register } from '../store/fixtures.ts';
import { aDatabase, administer, silentLog, type TestDatabase } from '../support/database.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { hurryQueue } from '../support/hurry-queue.ts';
import { type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

const never = new AbortController().signal;
const http = createHttp();
/** In the middle of every window, far in the future, because the queue deletes jobs that have been due for weeks. */
const clock = { now: () => Date.parse('2096-06-04T01:30:30Z'), sleep: async () => {} };
let database: TestDatabase;
let receiver: StubServer;
let services = 0;

beforeAll(async () => {
  database = await aDatabase();
});
afterAll(async () => {
  await database.close();
  await http.close();
});
beforeEach(async () => {
  receiver = await startStubServer();
});
afterEach(() => receiver.close());

function dispatch(store: Store, rules: Partial<DeliveryRules> = {}): DispatchDeps {
  const notifier = webhook.bind({ url: receiver.url, secret: 'a-secret-of-at-least-16-characters', timeout: '500ms' })({ http });
  return {
    store,
    hooks: new Map(),
    shiftHooks: new Map(),
    notifiers: new Map([['team', { notifier, type: 'webhook', rules: { ...sendEverything, ...rules } }]]),
    clock,
    log: silentLog,
    meter: silentMeter,
    publicUrl: null,
  };
}

async function aDeploy(): Promise<string> {
  return (await register(database.store, { service: `trouble-${++services}` }, 'baking')).deploy.id;
}

const keysOf = ({ requests }: StubServer) => requests.map(({ headers }) => headers['idempotency-key']);

test('a receiver that is down for an hour gets its notices within ten minutes of its return, in order, once each', {
  timeout: 120_000,
}, async () => {
  const id = await aDeploy();
  const sent = [1, 2].map((number) => aNotice(id, number));
  const deps = dispatch(database.store);
  const given: string[] = [];
  let away = 0;
  const arrived: unknown[] = [];
  receiver.reply(({ headers }) => {
    if (away < 3_600) return { status: 503 };
    arrived.push(headers['idempotency-key']);
    return {};
  });
  await database.store.update(id, null, ({ bake }) => ({ ok: true, ...commitOf(bake, { effects: sent }) }));
  await database.queue.start({
    perform: (effect, signal) => perform(deps, effect, signal),
    gaveUp: async (effect) => {
      given.push(effect.id);
      await gaveUp(deps, effect);
    },
  });
  await vi.waitFor(
    async () => {
      away += await hurryQueue(database.url);
      expect(arrived).toHaveLength(2);
    },
    { timeout: 100_000, interval: 50 },
  );
  await database.queue.stop(1_000);
  expect([arrived, given]).toEqual([sent.map((one) => one.id), []]);
  expect(away).toBeLessThan(3_600 + 600);
});

test.for<{ name: string; replies: readonly StubReply[] }>([
  { name: 'asks for a pause', replies: [{ status: 429, headers: { 'retry-after': '7' } }] },
  { name: 'is broken, and then slow', replies: [{ status: 500 }, 'hang'] },
  { name: 'hangs up', replies: ['drop', 'drop'] },
  { name: 'answers with a very long body', replies: [{ body: 'x'.repeat(100_000) }] },
])('a receiver that $name gets the notice in the end, with the same key', async ({ replies }) => {
  const deps = dispatch(database.store);
  const effect = aNotice(await aDeploy());
  const left: StubReply[] = [...replies];
  receiver.reply(() => left.shift() ?? {});
  for (const _ of replies) await expect(perform(deps, effect, never)).rejects.toMatchObject({ name: 'EffectError' });
  await perform(deps, effect, never);
  await perform(deps, effect, never);
  expect(keysOf(receiver)).toEqual([...replies, {}].map(() => effect.id));
});

/** A store whose process dies, the first time, before it records that something arrived. */
function dying(store: Store): Store {
  let isAlive = false;
  const once = <Args extends readonly unknown[]>(work: (...args: Args) => Promise<void>) => {
    return async (...args: Args) => {
      if (isAlive) return await work(...args);
      isAlive = true;
      throw new Error('killed');
    };
  };
  return { ...store, endDelivery: once(store.endDelivery), endDigest: once(store.endDigest) };
}

test('a process that is killed between sending a notice and recording that sends it once more, with the same key', async () => {
  const deps = dispatch(dying(database.store));
  const effect = aNotice(await aDeploy());
  await expect(perform(deps, effect, never)).rejects.toThrow('killed');
  await perform(deps, effect, never);
  await perform(deps, effect, never);
  expect(keysOf(receiver)).toEqual([effect.id, effect.id]);
});

test('… and a digest too, with the same content', async () => {
  const rules = { digest: { above: 1, withinMs: 3_600_000 } };
  const working = dispatch(database.store, rules);
  await administer(database.url, 'delete from bakewatch.deliveries');
  const ids = await Promise.all([aDeploy(), aDeploy(), aDeploy()]);
  for (const id of ids) await perform(working, aNotice(id), never);
  const [row] = await administer(database.url, `select data->'effect' as effect from bakewatch_queue.job where name = 'digest'`);
  const digest = row?.effect as QueuedEffect;
  const deps = dispatch(dying(database.store), rules);
  await expect(perform(deps, digest, never)).rejects.toThrow('killed');
  await perform(deps, digest, never);
  await perform(deps, digest, never);
  expect(keysOf(receiver).slice(1)).toEqual([digest.id, digest.id]);
  const titles = receiver.requests.slice(1).map(({ body }) => (JSON.parse(body) as { title: string }).title);
  expect(titles).toEqual(['2 deploys: 2 unhealthy', '2 deploys: 2 unhealthy']);
});
