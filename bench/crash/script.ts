/**
 * What a user would write instead: a step of a pipeline that watches one release, keeps nothing, and is ended by whoever kills it. It shifts the traffic in two
 * stages, asks each second, runs the hook when three questions in a row are bad, and tells the pager.
 *
 *   node bench/crash/script.ts WORLD SERVICE DEPLOY_ID      in the folder of the world
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { shiftScript } from './world.ts';

const Answer = z.object({ data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }) });

const [world = '', service = '', deployId = ''] = process.argv.slice(2);
const seconds = 3;

async function tell(topic: string): Promise<void> {
  const body = JSON.stringify({ id: `${process.pid}-${topic}`, topic, deploy_id: deployId });
  await fetch(`${world}/pager`, { method: 'POST', body });
}

/** The newest reading of a counter. */
async function ask(what: 'bad' | 'total'): Promise<number> {
  const now = Math.floor(Date.now() / 1_000);
  const query = new URLSearchParams({ query: `${what}{service="${service}"}`, start: String(now - 1), end: String(now), step: '1' });
  const answer = Answer.parse(await (await fetch(`${world}/query_range?${query}`)).json());
  return Number(answer.data.result[0]?.values.at(-1)?.[1] ?? 0);
}

const isBad = async () => (await ask('bad')) > 0.1 * (await ask('total'));
const shift = (weight: number) => execFileSync('sh', ['-c', shiftScript, 'split', service, String(weight)]);

let badInARow = 0;
await tell('started');
for (const weight of [50, 100]) {
  shift(weight);
  for (let i = 0; i < seconds || badInARow > 0; i++) {
    await wait(1_000);
    badInARow = (await isBad()) ? badInARow + 1 : 0;
    if (badInARow === 3) await rollBack();
  }
}
await tell('passed');

async function rollBack(): Promise<never> {
  await tell('unhealthy');
  execFileSync('sh', ['hook.sh', service, 'v1']);
  shift(0);
  await tell('rolled_back');
  while (await isBad()) await wait(1_000);
  await tell('recovered');
  process.exit();
}
