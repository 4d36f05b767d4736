import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type QueuedEffect, topics } from '../../src/core/bake/effect.ts';
import { EffectError } from '../../src/core/base/errors.ts';
import type { EffectHandler } from '../../src/ports/effect-queue.ts';
import type { Store } from '../../src/ports/store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { aDatabase, administer, anEmptyDatabase, anotherReplica, silentLog, type TestDatabase } from '../support/database.ts';
import { hurryQueue } from '../support/hurry-queue.ts';
import { aDeploy, aNotice, aRegistration, aRollback, aShift, bakeIn, commitOf, register, warming } from './fixtures.ts';

const opened: TestDatabase[] = [];
// The first database of a run starts the server, which takes longer than a test may.
beforeAll(() => anEmptyDatabase());
afterEach(async () => {
  for (const database of opened.splice(0).reverse()) await database.close();
});

async function open(): Promise<TestDatabase> {
  const database = await aDatabase();
  opened.push(database);
  return database;
}

async function queue(store: Store, id: string, effects: readonly QueuedEffect[]) {
  await store.update(id, null, ({ bake }) => ({ ok: true, ...commitOf(bake, { effects }) }));
}

/** Handlers that record their calls. */
function recorder(perform: EffectHandler = async () => {}) {
  const performed: string[] = [];
  const gaveUp: string[] = [];
  return {
    performed,
    gaveUp,
    handlers: {
      perform: async (effect: QueuedEffect, signal: AbortSignal) => {
        performed.push(effect.id);
        await perform(effect, signal);
      },
      gaveUp: async (effect: QueuedEffect) => {
        gaveUp.push(effect.id);
      },
    },
  };
}

const soon = { timeout: 8_000, interval: 20 };

/** Waits until something holds, without the pauses between the tries of a job. */
async function hurried(url: string, holds: () => void): Promise<void> {
  const look = async () => {
    await hurryQueue(url);
    holds();
  };
  await vi.waitFor(look, { timeout: 18_000, interval: 50 });
}

test('every kind of effect reaches the handler once, unchanged', async () => {
  const { store, queue: effects } = await open();
  const record = await register(store);
  const seen: QueuedEffect[] = [];
  const { handlers, performed } = recorder(async (effect) => void seen.push(effect));
  await effects.start(handlers);
  const remember: QueuedEffect = { id: 'r:1', bakeId: record.deploy.id, kind: 'remember_running' };
  const sent = [aNotice(record.deploy.id), aRollback(record), aShift(record), remember];
  await queue(store, record.deploy.id, sent);
  await vi.waitFor(() => expect(performed).toHaveLength(4), soon);
  expect(seen.toSorted((a, b) => a.kind.localeCompare(b.kind))).toEqual(sent.toSorted((a, b) => a.kind.localeCompare(b.kind)));
  await vi.waitFor(async () => expect(await effects.oldestAgeMs(0)).toBe(0), soon);
});

test('a queue that pauses leaves effects to others, also if it pauses before its start, and takes them again after it resumes', async () => {
  const database = await open();
  const replica = await anotherReplica(database);
  opened.push(replica);
  const record = await register(database.store);
  const [ours, theirs] = [recorder(), recorder()];
  await replica.queue.pause();
  await database.queue.start(ours.handlers);
  await replica.queue.start(theirs.handlers);
  await database.queue.pause();
  await database.queue.pause();
  await replica.queue.resume();
  // A look for work that was under way at the pause may still find some. The ones before the last take care of that.
  const notices = Array.from({ length: 6 }, (_, number) => aNotice(record.deploy.id, number));
  const both = () => [...ours.performed, ...theirs.performed];
  const last = notices.at(-1)?.id;
  for (const notice of notices) {
    await queue(database.store, record.deploy.id, [notice]);
    await vi.waitFor(() => expect(both()).toContain(notice.id), soon);
  }
  expect(theirs.performed.at(-1)).toBe(last);
  await Promise.all([replica.queue.pause(), replica.queue.resume(), replica.queue.pause(), database.queue.resume()]);
  const back = Array.from({ length: 6 }, (_, number) => aNotice(record.deploy.id, 6 + number));
  for (const notice of back) {
    await queue(database.store, record.deploy.id, [notice]);
    await vi.waitFor(() => expect(both()).toContain(notice.id), soon);
  }
  expect(ours.performed.at(-1)).toBe(back.at(-1)?.id);
});

test('an effect that an ended process was performing can be freed, and is performed again at once', async () => {
  const database = await open();
  const record = await register(database.store);
  const ended = recorder(() => new Promise(() => {}));
  await database.queue.start(ended.handlers);
  await queue(database.store, record.deploy.id, [aRollback(record), aShift(record)]);
  await vi.waitFor(() => expect(ended.performed).toHaveLength(2), soon);
  await database.queue.pause();
  const next = await anotherReplica(database);
  opened.push(next);
  const { handlers, performed } = recorder();
  await next.queue.freeTaken();
  await next.queue.start(handlers);
  // The heartbeat of the first process, which goes on here, would never be missed.
  await vi.waitFor(() => expect(performed.toSorted()).toEqual(ended.performed.toSorted()), soon);
});

test('queues an effect if and only if its transaction commits', async () => {
  const { store, queue: effects, url } = await open();
  const old = await register(store);
  const deploy = aDeploy({ version: 'v2' });
  const failing = store.register(aRegistration(deploy), () => ({
    ok: true,
    first: commitOf(warming(deploy), { effects: [aNotice(deploy.id, 1)] }),
    superseded: [
      { id: old.deploy.id, commit: commitOf(bakeIn(old.deploy, 'superseded'), { effects: [aNotice(old.deploy.id, 2)] }) },
      { id: 'unknown', commit: commitOf(bakeIn(old.deploy, 'superseded')) },
    ],
  }));
  await expect(failing).rejects.toThrow('not a live bake');
  expect(await administer(url, 'select id from bakewatch_queue.job')).toEqual([]);
  const { handlers, performed } = recorder();
  await effects.start(handlers);
  const committed = aNotice(deploy.id, 3);
  await store.register(aRegistration(deploy), () => ({
    ok: true,
    first: commitOf(warming(deploy), { effects: [committed] }),
    superseded: [],
  }));
  await vi.waitFor(() => expect(performed).toEqual([committed.id]), soon);
});

test('notices of one deploy to one notifier keep their order, even when one is retried', async () => {
  const { store, queue: effects, url } = await open();
  const { deploy } = await register(store);
  const sent = [1, 2, 3, 4, 5].map((number) => aNotice(deploy.id, number));
  await queue(store, deploy.id, [...sent, aNotice(deploy.id, 9, 'grafana')]);
  let hasFailed = false;
  const done: string[] = [];
  const { handlers } = recorder(async (effect) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    if (effect.id === sent[1]!.id && !hasFailed) {
      hasFailed = true;
      throw new Error('the receiver is busy');
    }
    done.push(effect.id);
  });
  await effects.start(handlers);
  await hurried(url, () => expect(done).toHaveLength(6));
  expect(hasFailed).toBe(true);
  expect(done.filter((id) => id.endsWith(':team'))).toEqual(sent.map(({ id }) => id));
  // The notice to another notifier did not wait for those to the team.
  expect(done.indexOf(aNotice(deploy.id, 9, 'grafana').id)).toBeLessThan(5);
});

test('a retry is logged with its notifier and its deploy', async () => {
  const logged: unknown[] = [];
  const database = await open();
  const replica = await anotherReplica(database, { ...silentLog, warn: (fields) => void logged.push(fields) });
  opened.push(replica);
  const { deploy } = await register(replica.store);
  await queue(replica.store, deploy.id, [aNotice(deploy.id, 1)]);
  const { handlers } = recorder(async () => {
    throw new EffectError('failed', 'the receiver is busy');
  });
  await replica.queue.start(handlers);
  await vi.waitFor(() => expect(logged).toHaveLength(1), soon);
  expect(logged[0]).toMatchObject({ kind: 'notify', notifier: 'team', deploy: deploy.id, retry: 0 });
});

test('shifts of one place are performed one after the other, even of different deploys', async () => {
  const { store, queue: effects, url } = await open();
  const [old, newer] = [await register(store), await register(store, { version: 'v2' })];
  const sent = [aShift(old, 0, 'shop'), aShift(newer, 1, 'shop'), aShift(newer, 2, 'shop')];
  for (const effect of sent) await queue(store, 'bakeId' in effect ? effect.bakeId : '', [effect]);
  const running = { now: 0, most: 0 };
  let hasFailed = false;
  const done: string[] = [];
  const { handlers } = recorder(async (effect) => {
    running.most = Math.max(running.most, ++running.now);
    await new Promise((resolve) => setTimeout(resolve, 20));
    running.now--;
    if (!hasFailed) {
      hasFailed = true;
      throw new Error('the splitter is busy');
    }
    done.push(effect.id);
  });
  await effects.start(handlers);
  await hurried(url, () => expect(done).toEqual(sent.map(({ id }) => id)));
  expect([hasFailed, running.most]).toEqual([true, 1]);
});

test('calls gaveUp once when the tries are used up, and performs the next notice', async () => {
  const { store, queue: effects, url } = await open();
  const { deploy } = await register(store);
  const [bad, next] = [aNotice(deploy.id, 1), aNotice(deploy.id, 2)];
  await queue(store, deploy.id, [bad, next]);
  await administer(url, `update bakewatch_queue.job set retry_limit = 0 where data->'effect'->>'id' = '${bad.id}'`);
  const { handlers, gaveUp, performed } = recorder(async (effect) => {
    if (effect.id === bad.id) throw new Error('refused');
  });
  await effects.start(handlers);
  await hurried(url, () => expect(performed).toEqual([bad.id, next.id]));
  expect(gaveUp).toEqual([bad.id]);
});

test.for([
  { name: 'longer than the pause of the queue', askedMs: 90_500, tries: 0, expected: { retry_delay: 91, retry_backoff: false } },
  { name: 'longer than the maximum', askedMs: 7_200_000, tries: 0, expected: { retry_delay: 600, retry_backoff: false } },
  { name: 'shorter than the pause of the queue by now', askedMs: 90_500, tries: 8, expected: { retry_delay: 5, retry_backoff: true } },
  { name: 'none', askedMs: undefined, tries: 0, expected: { retry_delay: 5, retry_backoff: true } },
])('the pause that a receiver asks for: $name', async ({ askedMs, tries, expected }) => {
  const { store, queue: effects, url } = await open();
  const { deploy } = await register(store);
  await queue(store, deploy.id, [aNotice(deploy.id, 1)]);
  // As an earlier attempt can leave it.
  await administer(url, `update bakewatch_queue.job set retry_count = ${tries}, retry_delay = 77, retry_backoff = false`);
  const { handlers, performed } = recorder(async () => {
    throw new EffectError('failed', 'too many requests', { retryAfterMs: askedMs });
  });
  await effects.start(handlers);
  const [job] = await vi.waitFor(async () => {
    const waiting = await administer(
      url,
      `select retry_delay, retry_backoff, extract(epoch from start_after - now()) as s from bakewatch_queue.job where state = 'retry'`,
    );
    expect(waiting).toHaveLength(1);
    return waiting;
  }, soon);
  expect(job).toMatchObject(expected);
  expect(Number(job!.s)).toBeGreaterThan(expected.retry_backoff ? 3 : expected.retry_delay - 30);
  expect(performed).toHaveLength(1);
});

test('notices with every topic pass through', async () => {
  const { store, queue: effects } = await open();
  const seen: unknown[] = [];
  const { handlers } = recorder(async (effect) => void seen.push(effect.kind === 'notify' && effect.notice.topic));
  await effects.start(handlers);
  for (const topic of topics) {
    const { deploy } = await register(store);
    const sent = aNotice(deploy.id);
    if (sent.kind !== 'notify') throw new Error('not a notice');
    await queue(store, deploy.id, [{ ...sent, notice: { ...sent.notice, topic } }]);
  }
  await vi.waitFor(() => expect(seen.toSorted()).toEqual(topics.toSorted()), soon);
});

test('a slow receiver does not delay notices to others, even with many notices of its own', async () => {
  const { store, queue: effects } = await open();
  let release = () => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const done: string[] = [];
  const { handlers } = recorder(async (effect) => {
    if (effect.id.endsWith(':slow')) await slow;
    else done.push(effect.id);
  });
  const records = await Promise.all(Array.from({ length: 40 }, () => register(store)));
  for (const { deploy } of records) await queue(store, deploy.id, [aNotice(deploy.id, 0, 'slow'), aNotice(deploy.id, 0, 'team')]);
  await effects.start(handlers);
  await vi.waitFor(() => expect(new Set(done).size).toBe(records.length), soon);
  release();
});

test('a slow notifier does not delay a rollback', async () => {
  const { store, queue: effects } = await open();
  const record = await register(store);
  let release = () => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const done: string[] = [];
  const { handlers } = recorder(async (effect) => {
    if (effect.kind === 'notify') await slow;
    done.push(effect.kind);
  });
  await effects.start(handlers);
  const notices = Array.from({ length: 12 }, (_, i) => aNotice(record.deploy.id, i, `notifier-${i}`));
  await queue(store, record.deploy.id, notices);
  await queue(store, record.deploy.id, [aRollback(record)]);
  await vi.waitFor(() => expect(done).toEqual(['roll_back']), soon);
  release();
});

test('stop waits for running handlers, then leaves the rest to another process', async () => {
  const database = await open();
  const { store } = database;
  const replica = await anotherReplica(database);
  opened.push(replica);
  const record = await register(store);
  const first = recorder((_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
  await database.queue.start(first.handlers);
  await queue(store, record.deploy.id, [aRollback(record)]);
  await vi.waitFor(() => expect(first.performed).toHaveLength(1), soon);
  expect(await database.queue.oldestAgeMs(0)).toBeGreaterThan(0);
  await database.queue.stop(50);
  const second = recorder();
  await replica.queue.start(second.handlers);
  await hurried(database.url, () => expect(second.performed).toEqual(first.performed));
});

test('texts with NUL, SQL and lone surrogates pass through the queue', async () => {
  const { store, queue: effects } = await open();
  const { deploy } = await register(store);
  const nasty = aNotice(deploy.id, 1, `'; drop schema bakewatch; -- "$1`);
  if (nasty.kind !== 'notify') throw new Error('not a notice');
  const { handlers, performed } = recorder();
  await effects.start(handlers);
  await queue(store, deploy.id, [{ ...nasty, notice: { ...nasty.notice, reasons: ['a\u0000b\ud800 $1 $2'] } }]);
  await vi.waitFor(() => expect(performed).toEqual([nasty.id]), soon);
});

test('a clock of the machine that is set back does not stop the retries', async () => {
  const { url, store } = await open();
  const started = Date.now() - performance.now();
  const clock = { now: () => started + performance.now(), sleep: async () => {} };
  const other = await openStore({ databaseUrl: url, dataDir: '', log: silentLog, clock });
  const { performed, handlers } = recorder(async () => {
    if (performed.length > 1) return;
    vi.setSystemTime(Date.now() - 3_600_000);
    throw new EffectError('failed', 'not yet');
  });
  try {
    await other.queue.start(handlers);
    const { deploy } = await register(store);
    // This kind of effect has one worker.
    await queue(store, deploy.id, [{ id: `${deploy.id}:1:0`, bakeId: deploy.id, kind: 'remember_running' }]);
    const look = async () => {
      await administer(url, `update bakewatch_queue.job set start_after = now() where state = 'retry'`);
      // Nobody wakes the worker: it must look again by itself.
      expect(performed).toHaveLength(2);
    };
    await vi.waitFor(look, { timeout: 18_000, interval: 50 });
  } finally {
    vi.useRealTimers();
    await other.queue.stop(1_000);
    await other.close();
  }
});
