/**
 * How long from the verdict to the hook? Fails bakes one after the other, and then many at once whose hooks last some seconds, with the real store, queue and embedded PostgreSQL,
 * and prints the time from the commit of the verdict to the start of the hook; beside it the same with the order handed over in the process itself,
 * without a queue, where a process that is killed in between forgets it.
 *
 *   node bench/reaction.ts [--bakes 200] [--at-once 200] [--hook-ms 5000]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/app/clock.ts';
import { perform } from '../src/effects/dispatch.ts';
import type { RollbackHook } from '../src/ports/hook.ts';
import type { OpenStore } from '../src/store/open-store.ts';
import { baking, condemn, log, meter, summary, withStorage } from './world.ts';

const { values } = parseArgs({
  options: {
    bakes: { type: 'string', default: '200' },
    'at-once': { type: 'string', default: '200' },
    'hook-ms': { type: 'string', default: '5000' },
  },
});
const [bakes, atOnce, hookMs] = [Number(values.bakes), Number(values['at-once']), Number(values['hook-ms'])];

async function run({ store, queue }: OpenStore): Promise<Record<string, unknown>> {
  const started = new Map<string, (at: number) => void>();
  const receipt = { summary: 'done', alreadyThere: false, fingerprint: 'v1', output: '' };
  // One after the other the hooks end at once. Many at once last as long as real ones do.
  let lastsMs = 0;
  const hook: RollbackHook = {
    timeoutMs: 30_000,
    current: async () => 'v1',
    rehearse: async () => ['v1 is running'],
    rollBack: async ({ id }) => {
      started.get(id.split(':')[0] ?? '')?.(performance.now());
      await sleep(lastsMs);
      return receipt;
    },
  };
  const deps = {
    store,
    hooks: new Map([['hook', { hook, type: 'bench' }]]),
    shiftHooks: new Map(),
    notifiers: new Map(),
    clock: systemClock,
    log,
    meter,
    publicUrl: null,
  };
  await queue.start({ perform: (effect, signal) => perform(deps, effect, signal), gaveUp: async () => {} });
  const react = async (id: string): Promise<number> => {
    const hookAt = new Promise<number>((resolve) => started.set(id, resolve));
    const committedAt = await condemn(store, id);
    return Math.max(0, (await hookAt) - committedAt);
  };
  const alone: number[] = [];
  for (let i = 0; i < bakes; i++) alone.push(await react(await baking(store)));
  const ids: string[] = [];
  for (let i = 0; i < atOnce; i++) ids.push(await baking(store));
  lastsMs = hookMs;
  const together = await Promise.all(ids.map(react));
  await queue.stop(hookMs + 5_000);
  lastsMs = 0;
  const direct: number[] = [];
  for (let i = 0; i < bakes; i++) {
    const id = await baking(store);
    const reacting = react(id);
    while ((await store.find(id))?.bake.state !== 'rolling_back') await new Promise(setImmediate);
    const record = await store.find(id);
    if (record?.bake.state !== 'rolling_back') throw new Error('nothing was ordered');
    await perform(deps, { id: `${id}:direct`, bakeId: id, kind: 'roll_back', order: record.bake.order }, new AbortController().signal);
    direct.push(await reacting);
  }
  return { alone: summary(alone, 1), together: summary(together, 1), direct: summary(direct, 1) };
}

process.stdout.write(`${JSON.stringify({ bench: 'reaction', unit: 'ms', ...(await withStorage(run)) }, null, 2)}\n`);
process.exit(0);
