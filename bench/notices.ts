/**
 * Do people and rollbacks wait when many deploys fail at once? Fails them all within seconds, with the real store, queue and embedded PostgreSQL, each told
 * to three receivers and rolled back: a quick system, a chat that people read, and a system that never answers. Prints how late each was, and how many
 * messages the chat got.
 *
 *   node bench/notices.ts [--deploys 200] [--notifiers quick,chat,hung]
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/app/clock.ts';
import { EffectError } from '../src/core/base/errors.ts';
import { sendEverything } from '../src/core/notify/route.ts';
import type { DispatchDeps } from '../src/effects/deps.ts';
import { perform } from '../src/effects/dispatch.ts';
import type { RollbackHook } from '../src/ports/hook.ts';
import type { Notice, Notifier } from '../src/ports/notifier.ts';
import type { OpenStore } from '../src/store/open-store.ts';
import { baking, condemn, log, meter, nothing, summary, withStorage } from './world.ts';

const { values } = parseArgs({
  options: { deploys: { type: 'string', default: '200' }, notifiers: { type: 'string', default: 'quick,chat,hung' } },
});
const [deploys, notify] = [Number(values.deploys), values.notifiers.split(',')];

/** As long as a notifier waits for an answer by default. */
const hangMs = 10_000;
/** A chat answers about so fast. */
const chatMs = 150;
/** A digest comes at the end of its minute. */
const mostMs = 75_000;

/** Receivers, and when each deploy's rollback began. */
function receivers() {
  const unhealthy = new Map<string, number>();
  const messages: { readonly at: number; readonly notice: Notice }[] = [];
  const rolledBack = new Map<string, number>();
  const quick: Notifier = {
    notify: async ({ deployId, topic }) => {
      await delay(5);
      if (topic === 'unhealthy') unhealthy.set(deployId, performance.now());
      return null;
    },
  };
  const chat: Notifier = {
    notify: async (notice) => {
      await delay(chatMs);
      messages.push({ at: performance.now(), notice });
      return null;
    },
  };
  const hung: Notifier = {
    notify: async (_, { signal }) => {
      await delay(hangMs, undefined, { signal }).catch(nothing);
      throw new EffectError('timeout', 'no answer');
    },
  };
  const hook: RollbackHook = {
    timeoutMs: 30_000,
    current: async () => 'v1',
    rehearse: async () => [],
    rollBack: async ({ id }) => {
      rolledBack.set(id.split(':')[0] ?? '', performance.now());
      return { summary: 'done', alreadyThere: false, fingerprint: 'v1', output: '' };
    },
  };
  return { quick, chat, hung, hook, unhealthy, messages, rolledBack };
}

async function run({ store, queue }: OpenStore): Promise<Record<string, unknown>> {
  const { quick, chat, hung, hook, unhealthy, messages, rolledBack } = receivers();
  const deps: DispatchDeps = {
    store,
    hooks: new Map([['hook', { hook, type: 'bench' }]]),
    shiftHooks: new Map(),
    notifiers: new Map([
      ['quick', { notifier: quick, type: 'bench', rules: sendEverything }],
      ['chat', { notifier: chat, type: 'bench', rules: { ...sendEverything, digest: { above: 5, withinMs: 60_000 } } }],
      ['hung', { notifier: hung, type: 'bench', rules: sendEverything }],
    ]),
    clock: systemClock,
    log,
    meter,
    publicUrl: null,
  };
  const ids: string[] = [];
  for (let i = 0; i < deploys; i++) ids.push(await baking(store, { notify }));
  // What was said of the beginning is out of the way, and a minute begins.
  await queue.start({ perform: (effect, signal) => perform(deps, effect, signal), gaveUp: async () => {} });
  await delay(60_000 - (Date.now() % 60_000));
  messages.splice(0);
  const startedAt = performance.now();
  await Promise.all(ids.map((id) => condemn(store, id)));
  const condemnedMs = performance.now() - startedAt;
  const digestMs = notify.includes('chat') ? mostMs : 0;
  const isDone = () =>
    rolledBack.size === deploys && (!notify.includes('quick') || unhealthy.size === deploys) && performance.now() - startedAt > digestMs;
  while (!isDone() && performance.now() - startedAt < 4 * mostMs) await delay(100);
  await queue.stop(1_000);
  const since = (at: number) => at - startedAt;
  return {
    deploys,
    condemnedMs: Math.round(condemnedMs),
    rollbacks: summary([...rolledBack.values()].map(since), 0),
    quick: summary([...unhealthy.values()].map(since), 0),
    chat: {
      messages: messages.length,
      digests: messages.filter(({ notice }) => notice.isDigest).map(({ notice }) => notice.title),
      firstMs: Math.round(Math.min(...messages.map(({ at }) => since(at)))),
    },
  };
}

process.stdout.write(`${JSON.stringify({ bench: 'notices', unit: 'ms', ...(await withStorage(run)) }, null, 2)}\n`);
process.exit(0);
