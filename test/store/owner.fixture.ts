import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/store/open-store.ts';
import { aNotice, commitOf, register, warming } from './fixtures.ts';

// A process to be killed: it owns a data directory, opens the store, commits a bake with a notice, prints that, and waits.
const [, , dataDir = '', what = ''] = process.argv;
const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
const clock = { now: () => Date.now(), sleep: async () => {} };
try {
  const { store, queue } = await openStore({ databaseUrl: null, dataDir, log, clock, path: process.env.PATH ?? '' });
  let id = '';
  if (what !== 'idle') {
    const { deploy } = await register(store);
    id = deploy.id;
    // A handler that never ends: the process is killed between the commit and the end of the effect.
    if (what === 'performing') {
      await queue.start({
        perform: async () => {
          process.stdout.write('performing\n');
          await new Promise(() => {});
        },
        gaveUp: async () => {},
      });
    }
    await store.update(id, null, () => ({ ok: true, ...commitOf(warming(deploy, 7), { effects: [aNotice(id)] }) }));
  }
  const postgres = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  process.stdout.write(`${JSON.stringify({ postgres, id })}\n`);
  setInterval(() => {}, 1_000);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ refused: error instanceof Error ? error.message : String(error) })}\n`);
  process.exit(1);
}
