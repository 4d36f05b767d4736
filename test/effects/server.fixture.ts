import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createProcesses } from '../../src/app/processes.ts';
import { sendEverything } from '../../src/core/notify/route.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { gaveUp, perform } from '../../src/effects/dispatch.ts';
import { NotOurs } from '../../src/effects/hook-attempt.ts';
import { command } from '../../src/hooks/command.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import { openStore } from '../../src/store/open-store.ts';
import { aDeploy, aRegistration, bakeIn, commitOf } from '../store/fixtures.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { createFakeNotifier } from '../support/fake-notifier.ts';

// A server that performs effects, to be killed by its own hook. It commits an order at its first start, and prints the result when the bake moves on, and
// every effect that it loses to another server. Without the URL of a database it runs its own.
const [, , dataDir = '', databaseUrl = null] = process.argv;
const id = 'd2';
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
const warn = ({ err }: { err?: unknown }) => err instanceof NotOurs && say({ lost: err.message });
const log = { error: () => {}, warn, info: () => {}, debug: () => {} };
const clock = { now: () => Date.now(), sleep: async () => {} };
const file = (name: string) => join(dataDir, name);
const { store, queue } = await openStore({ databaseUrl, dataDir, log, clock, path: process.env.PATH ?? '' });
const hook = command.bind({ rollback: [file('release'), '{version}'], current: [file('release'), '--show'], cwd: dataDir })({
  http: createHttp(),
  run: createRunProcess({ PATH: process.env.PATH }),
});
const channel = createFakeNotifier();
const deps: DispatchDeps = {
  store,
  hooks: new Map([['deployer', { hook, type: 'command' }]]),
  shiftHooks: new Map(),
  notifiers: new Map([['team', { notifier: channel.notifier, type: 'fake', rules: sendEverything }]]),
  processes: createProcesses(),
  clock,
  log,
  meter: silentMeter,
  publicUrl: null,
};
await queue.start({ perform: (effect, signal) => perform(deps, effect, signal), gaveUp: (effect) => gaveUp(deps, effect) });
if ((await store.find(id)) === null) {
  const deploy = aDeploy({ id, version: 'v2' });
  const order = { id: `${id}:d1`, target: { deployId: 'd1', version: 'v1' }, reasons: ['errors 9 %'] as const };
  const bake = { ...bakeIn(deploy, 'rolling_back'), state: 'rolling_back', since: 0, nextAt: 0, order } as const;
  const first = commitOf(bake, { effects: [{ id: `${id}:1:0`, bakeId: id, kind: 'roll_back', order }] });
  await store.register(aRegistration(deploy), () => ({ ok: true, first, superseded: [] }));
}
for (;;) {
  const bake = (await store.find(id))?.bake;
  const attempts = (await store.attempts(id)).map(({ outcome, output }) => ({ outcome, output }));
  // The hook waits until its output is saved.
  if (attempts[0]?.output.includes('switching') && !existsSync(file('kept'))) writeFileSync(file('kept'), '');
  // The hook may wait until another server waits for it.
  if (!existsSync(file('awaited')) && (await store.timeline(id)).some(({ kind }) => kind === 'hook_awaited'))
    writeFileSync(file('awaited'), '');
  const topics = channel.heard.map(({ topic }) => topic);
  if (bake?.state !== 'rolling_back' && topics.length > 0) {
    say({ state: bake?.state, attempts, topics });
    break;
  }
  await delay(50);
}
setInterval(() => {}, 1_000);
