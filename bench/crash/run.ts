/**
 * Is a bake lost, or a release rolled back twice, when the server is killed at the worst moment? Kills servers with SIGKILL at each step: before and after
 * every call that changes something, and before the commit of its transaction. Starts them again, and compares every bake with the truth.
 *
 *   node bench/crash/run.ts [--mode embedded|replicas] [--kills 300] [--seed 1] [--chains 3] [--length 30]
 *   node bench/crash/run.ts --every-step [--only roll_back] [--chains 3]
 *
 * --every-step: kills once at each step; with --only, at those whose name has this pattern. Otherwise the seed chooses the steps, and at the how-manieth time a server is killed there.
 * --mode replicas: three servers share a PostgreSQL, and the first of them that comes to the step is killed.
 * --chains: how many of these run at a time. --length: the kills of one chain. Prints JSON.
 */
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/app/clock.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createRandom } from '../accuracy/random.ts';
import { log } from '../world.ts';
import { type ChainResult, runChain } from './chain.ts';
import { changingCalls } from './steps.ts';
import type { CrashPoint } from './stories.ts';
import { stuckRows } from './stuck-rows.ts';

const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'embedded' },
    kills: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    chains: { type: 'string', default: '3' },
    length: { type: 'string', default: '30' },
    'every-step': { type: 'boolean', default: false },
    patience: { type: 'string', default: '180' },
    only: { type: 'string', default: '' },
  },
});
const random = createRandom(Number(values.seed)).uniform;
const chains = Number(values.chains);
const replicas = values.mode === 'replicas' ? 3 : 1;
/** Only while a pass takes long. */
const rareSteps = ['server: store.renewClaims, before', 'server: store.renewClaims, after'];

/** In memory where there is room: a server that is killed loses nothing that the system keeps, and a slow disk takes longer than all the rest. */
const scratch = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();

function hasRoom(directory: string): boolean {
  if (!existsSync(directory)) return false;
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize > 4_000_000_000;
}

/** Makes an empty database that each chain copies. */
async function makeDatabase(dataDir: string): Promise<void> {
  const postgres = await startEmbeddedPostgres({ dataDir, log, path: process.env.PATH ?? '' });
  const opened = await openStore({ databaseUrl: postgres.url, isCompact: true, dataDir: '', log, clock: systemClock });
  await opened.close();
  await postgres.stop();
}

type FinishedChain = ChainResult & { readonly stuck: readonly string[] };

async function play(points: readonly CrashPoint[]): Promise<FinishedChain> {
  const folder = mkdtempSync(join(scratch, 'bakewatch-crash-'));
  const ports = await Promise.all(Array.from({ length: replicas }, freePort));
  const options = { folder, points, ports, patienceMs: Number(values.patience) * 1_000 };
  const own = { log, path: process.env.PATH ?? '' };
  try {
    if (replicas === 1) {
      const result = await runChain({ ...options, dataDir });
      const postgres = await startEmbeddedPostgres({ ...own, dataDir: join(folder, 'bakewatch-data') });
      const stuck = await stuckRows(postgres.url).finally(postgres.stop);
      return { ...result, stuck };
    }
    const postgres = await startEmbeddedPostgres({ ...own, dataDir: folder, settings: { max_connections: '200' } });
    try {
      const result = await runChain({ ...options, databaseUrl: postgres.url });
      return { ...result, stuck: await stuckRows(postgres.url) };
    } finally {
      await postgres.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Spreads points over chains and plays them, some chains at a time. */
async function playAll(points: readonly CrashPoint[]): Promise<readonly FinishedChain[]> {
  const count = Math.max(Math.min(chains, points.length), Math.ceil(points.length / Number(values.length)));
  // The waits that rollbacks and shifts need at the end go on during the other kills.
  const [late, rest] = [points.filter(isSlow), points.filter((point) => !isSlow(point))];
  const parts = Array.from({ length: count }, (_, i) => [...late, ...rest].filter((_, at) => at % count === i));
  const finished: FinishedChain[] = [];
  const work = async () => {
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) finished.push(await play(part));
  };
  await Promise.all(Array.from({ length: chains }, work));
  return finished;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function isSlow({ step }: CrashPoint): boolean {
  return /^(?:roll_back|shift):/.test(step);
}

/** A step before the call and one before the commit of its transaction are the same to the database: the later one is enough. */
function distinct(steps: readonly string[]): readonly string[] {
  return steps.filter((step) => !steps.includes(`${step} commit`));
}

const startedAt = performance.now();
const dataDir = mkdtempSync(join(scratch, 'bakewatch-crash-data-'));
if (replicas === 1) await makeDatabase(dataDir);
const undisturbed = await play([]);
const known = distinct([...new Set([...undisturbed.steps, ...rareSteps])]);
const steps = known.filter((step) => new RegExp(values.only).test(step));
const pick = (): CrashPoint => ({ step: steps[Math.floor(random() * steps.length)] ?? '', count: 1 + Math.floor(random() * 4) });
const points = values['every-step'] ? steps.map((step) => ({ step, count: 1 })) : Array.from({ length: Number(values.kills) }, pick);
const finished = [undisturbed, ...(await playAll(points))];
const stories = finished.flatMap((one) => one.stories);
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const seen = [...new Set(finished.flatMap((one) => distinct(one.steps)))];
const result = {
  bench: 'crash',
  ...{ mode: values.mode, seed: Number(values.seed), everyStep: values['every-step'] },
  seconds: Math.round((performance.now() - startedAt) / 1_000),
  kills: sum(finished.map(({ kills }) => kills)),
  bakes: stories.length,
  wrong: stories.filter(({ problems }) => problems.length > 0),
  stuck: finished.flatMap(({ stuck }) => stuck),
  deaths: finished.flatMap(({ deaths }) => deaths),
  repeats: { hooks: sum(stories.map(({ repeats }) => repeats.hooks)), notices: sum(stories.map(({ repeats }) => repeats.notices)) },
  unreached: finished.flatMap(({ unreached }) => unreached),
  /** Steps at which nobody was killed, because only a kill led there. */
  steps: { killed: steps.length, onlyAfterKills: seen.filter((step) => !known.includes(step) && !known.includes(`${step} commit`)) },
  callsWithoutSteps: changingCalls.filter((call) => !seen.some((step) => step.includes(`: ${call}, `))),
};
rmSync(dataDir, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
process.exit(0);
