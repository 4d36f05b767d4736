/**
 * Is a bake lost, or a release rolled back twice, when the server is killed at the worst moment? Kills servers with SIGKILL at each step: before and after
 * every call that changes something, and before the commit of its transaction. Starts them again, and compares every bake with the truth.
 *
 *   node bench/crash/run.ts [--mode embedded|replicas] [--kills 300] [--seed 1] [--chains 3] [--length 30] [--scripts 0]
 *   node bench/crash/run.ts --every-step [--only roll_back] [--chains 3]
 *
 * --every-step: kills once at each step; with --only, at those whose name has this pattern. Otherwise the seed chooses the steps, and at the how-manieth time a server is killed there.
 * --mode replicas: three servers share a PostgreSQL, and the first of them that comes to the step is killed.
 * --chains: how many chains of kills run at a time. --length: the kills of one chain.
 * --scripts: before the servers, kills the script that a user would write instead: in this many bakes without a second try, and in as many with one.
 * Prints JSON.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/app/clock.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createRandom } from '../accuracy/random.ts';
import { log } from '../world.ts';
import { bundleServer } from './bundle.ts';
import { type ChainOptions, type ChainResult, runChain } from './chain.ts';
import { killScripts } from './instead.ts';
import { createPointQueue, distinct, surelyDistinct } from './points.ts';
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
    scripts: { type: 'string', default: '0' },
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
type Play = Pick<ChainOptions, 'points' | 'record'>;

async function play(one: Play): Promise<FinishedChain> {
  const folder = mkdtempSync(join(scratch, 'bakewatch-crash-'));
  const ports = await Promise.all(Array.from({ length: replicas }, freePort));
  const options = { ...one, folder, program, ports, patienceMs: Number(values.patience) * 1_000 };
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

/** Plays chains, one after the other, until there are no more points. */
async function work(): Promise<void> {
  for (let first = await queue.next(); first !== null; first = await queue.next())
    finished.push(await play({ points: pointsOfChain(first), record: recordOfKilled }));
}

async function* pointsOfChain(first: CrashPoint): AsyncGenerator<CrashPoint> {
  yield first;
  for (let i = 1; i < Number(values.length); i++) {
    const point = await queue.next();
    if (point === null) return;
    yield point;
  }
}

/** Plays the stories without a kill, and gives out the points: each step as soon as it is seen, or some of all steps that were seen. */
async function discover(): Promise<void> {
  const isWanted = (step: string) => new RegExp(values.only).test(step);
  const killAt = (steps: readonly string[]) => {
    const added = steps.filter((step) => isWanted(step) && !killed.has(step));
    for (const step of added) killed.add(step);
    if (values['every-step']) queue.add(added.map((step) => ({ step, count: 1 })));
  };
  const undisturbed = play({ points: null, record: recordOfFirst });
  let isOver = false;
  void undisturbed.finally(() => {
    isOver = true;
  });
  killAt(rareSteps);
  for (; !isOver && values['every-step']; await wait(100)) killAt(surelyDistinct(stepsIn(recordOfFirst)));
  finished.push(await undisturbed);
  killAt(distinct(stepsIn(recordOfFirst)));
  if (!values['every-step']) queue.add(Array.from({ length: Number(values.kills) }, () => pick([...killed])));
  queue.end();
}

function pick(steps: readonly string[]): CrashPoint {
  return { step: steps[Math.floor(random() * steps.length)] ?? '', count: 1 + Math.floor(random() * 4) };
}

function stepsIn(file: string): readonly string[] {
  return existsSync(file) ? [...new Set(readFileSync(file, 'utf8').split('\n').slice(0, -1))] : [];
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const startedAt = performance.now();
const shared = mkdtempSync(join(scratch, 'bakewatch-crash-shared-'));
const dataDir = join(shared, 'data');
/** The steps that the undisturbed stories come to, and those of all others. */
const recordOfFirst = join(shared, 'first');
const recordOfKilled = join(shared, 'killed');
const [program] = await Promise.all([bundleServer(), ...(replicas === 1 ? [makeDatabase(dataDir)] : [])]);
const killing = { kills: Number(values.scripts), scratch, random: createRandom(Number(values.seed)).uniform };
const scripts =
  killing.kills === 0 ? [] : [await killScripts({ ...killing, begins: 'once' }), await killScripts({ ...killing, begins: 'again' })];
const queue = createPointQueue();
const killed = new Set<string>();
const finished: FinishedChain[] = [];
await Promise.all([discover().then(work), ...Array.from({ length: chains - 1 }, work)]);
const stories = finished.flatMap((one) => one.stories);
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const known = stepsIn(recordOfFirst);
const seen = distinct([...new Set([...known, ...stepsIn(recordOfKilled)])]);
const result = {
  bench: 'crash',
  ...{ mode: values.mode, seed: Number(values.seed), everyStep: values['every-step'] },
  seconds: Math.round((performance.now() - startedAt) / 1_000),
  kills: sum(finished.map(({ kills }) => kills)),
  bakes: stories.length,
  scripts,
  wrong: stories.filter(({ problems }) => problems.length > 0),
  stuck: finished.flatMap(({ stuck }) => stuck),
  deaths: finished.flatMap(({ deaths }) => deaths),
  repeats: { hooks: sum(stories.map(({ repeats }) => repeats.hooks)), notices: sum(stories.map(({ repeats }) => repeats.notices)) },
  unreached: finished.flatMap(({ unreached }) => unreached),
  /** Steps at which nobody was killed, because only a kill led there. */
  steps: { killed: killed.size, onlyAfterKills: seen.filter((step) => !known.includes(step) && !rareSteps.includes(step)) },
  callsWithoutSteps: changingCalls.filter((call) => !seen.some((step) => step.includes(`: ${call}, `))),
};
rmSync(shared, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
process.exit(0);
