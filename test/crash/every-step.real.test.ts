import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const bench = fileURLToPath(new URL('../../bench/crash/run.ts', import.meta.url));

/** These change something as well, but no story comes to them in time. They have tests of their own. */
const elsewhere = [
  'store.mute', // A person presses a button of a chat.
  'store.press',
  'store.prune', // Only in a server that runs for a minute.
  'store.beat', // Only servers that share a PostgreSQL.
  'store.leave',
  'store.sawReplica',
  'effects.gaveUp', // Not before the tries of an effect are used up, minutes or hours later.
];

test('a server that is killed at any step loses no bake, rolls back once, and delivers every notice', { timeout: 900_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [bench, '--every-step', '--length', '100', '--chains', '10'], {
    maxBuffer: 2 ** 26,
  });
  const { wrong, stuck, deaths, unreached, callsWithoutSteps, kills, steps } = JSON.parse(stdout);
  expect({ wrong, stuck, deaths, unreached }).toEqual({ wrong: [], stuck: [], deaths: [], unreached: [] });
  expect(kills).toBeGreaterThanOrEqual(steps.killed);
  // A new call that changes something is found by itself, and must be part of the stories.
  expect(callsWithoutSteps.filter((call: string) => !elsewhere.includes(call))).toEqual([]);
});
