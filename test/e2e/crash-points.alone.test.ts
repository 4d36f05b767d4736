import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const bench = fileURLToPath(new URL('../../bench/crash/run.ts', import.meta.url));

/** Calls that change something and to which a good and a bad release need not come. A new one belongs into the stories of `bench/crash`, or here with a reason. */
const elsewhere = [
  // Only now and then: old data is deleted a minute after a start, and then once an hour.
  'store.prune',
  'store.pruneAlerts',
  'store.cutAudit',
  'store.pruneSessions',
  // Only a person mutes a bake or presses a button.
  'store.mute',
  'store.press',
  // Only a notice about a freeze in a quiet time waits for its end.
  'store.postpone',
  // Only a person runs a drill, tests a notifier or is refused. What a person orders writes its audit row in the transaction of the order.
  'store.recordAudit',
  // Only replicas that share a database.
  'store.beat',
  'store.leave',
  'store.sawReplica',
  // Only where another system sends its alerts.
  'store.takeAlerts',
  // Only a person or a pipeline manages tokens, and the stories call without one.
  'store.createToken',
  'store.rotateToken',
  'store.revokeToken',
  'store.noteSecretUse',
  // Only where people sign in.
  'store.addSession',
  'store.sawSession',
  'store.renewSession',
  'store.endSession',
  'store.addSignInLink',
  'store.useSignInLink',
  // Only where notices have links that act.
  'store.addActLinks',
  'store.useActLink',
  // Only after an hour and a half in which a receiver refuses.
  'effects.gaveUp',
];

type CrashResult = {
  readonly kills: number;
  readonly steps: { readonly killed: number };
  readonly wrong: readonly unknown[];
  readonly stuck: readonly string[];
  readonly deaths: readonly string[];
  readonly unreached: readonly unknown[];
  readonly callsWithoutSteps: readonly string[];
};

test('a server that is killed at any step loses no bake, rolls nothing back twice, and leaves nothing that waits', async () => {
  const child = spawn(process.execPath, [bench, '--every-step', '--chains', '10', '--length', '100', '--patience', '600'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const { kills, steps, wrong, stuck, deaths, unreached, callsWithoutSteps }: CrashResult = JSON.parse(printed);
  expect({ wrong, stuck, deaths }).toEqual({ wrong: [], stuck: [], deaths: [] });
  expect(elsewhere).toEqual(expect.arrayContaining([...callsWithoutSteps]));
  // Some steps are a matter of milliseconds: a machine that is busy may not come to all of them.
  expect(unreached.length, JSON.stringify(unreached)).toBeLessThanOrEqual(3);
  expect(steps.killed).toBeGreaterThan(60);
  expect(kills).toBeGreaterThanOrEqual(steps.killed);
}, 1_200_000);
