import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkWorld } from './truth.ts';
import { createCrashWorld } from './world.ts';

const program = join(import.meta.dirname, 'script.ts');
/** A bake of the script takes as long: two stages of three seconds, or three bad readings, the hook, and a look at the recovery. */
const lengthMs = 6_000;
/** How many run at a time. */
const workers = 10;

type Killing = { readonly kills: number; readonly begins: 'once' | 'again'; readonly scratch: string; readonly random: () => number };

/**
 * Kills the script that a user would write instead, once in each bake at a random moment, and counts the bakes whose end is not the truth. `once`: the
 * pipeline stays red, and nobody begins it again. `again`: it begins again from the start.
 */
export async function killScripts({ kills, begins, scratch, random }: Killing) {
  const folder = mkdtempSync(join(scratch, 'bakewatch-scripts-'));
  const world = await createCrashWorld(folder);
  const start = (service: string) =>
    spawn(process.execPath, [program, world.url, service, `${service} deploy`], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });

  async function play(i: number): Promise<readonly string[]> {
    const shop = { service: `script${i}-3`, isBad: i % 2 === 0 };
    world.open(shop);
    world.install(shop.service);
    const killed = start(shop.service);
    world.release(shop.service);
    await wait(random() * lengthMs);
    killed.kill('SIGKILL');
    if (killed.exitCode === null && killed.signalCode === null) await once(killed, 'exit');
    if (begins === 'again' && killed.signalCode === 'SIGKILL') await once(start(shop.service), 'exit');
    // A hook goes on without the script that began it.
    await wait(1_000);
    return checkWorld({ shop, deployId: `${shop.service} deploy`, world });
  }

  let next = 0;
  const ends: (readonly string[])[] = [];
  const work = async () => {
    while (next < kills) ends.push(await play(next++));
  };
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const wrong = ends.filter((problems) => problems.length > 0);
  const about = (what: string) => wrong.filter((problems) => problems.some((problem) => problem.startsWith(what))).length;
  return {
    ...{ begins, bakes: ends.length, wrong: wrong.length },
    releaseWrong: about('running'),
    shareWrong: about('share'),
    noticesWrong: about('different notices'),
  };
}
