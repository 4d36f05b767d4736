import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Api, createApi, type DeployBody } from './api.ts';
import { type Customers, createCustomers, errorShare } from './customers.ts';
import { DemoError } from './demo-error.ts';
import { type DemoOptions, type DemoSetup, findPrometheus, setUpDemo } from './demo-setup.ts';
import { expectState, follow } from './follow.ts';
import { createProcesses, type Processes } from './processes.ts';
import { listen, startBakewatch, startPrometheus, startShop } from './start-programs.ts';
import { createStory, type DemoStory, rollbackSummary, seconds, servedText } from './story.ts';
import { createTeam } from './team.ts';

const maxMs = 170_000;
const maxKeptMs = 3_600_000;

/** What every part of the demo needs. */
type DemoRun = {
  readonly setup: DemoSetup;
  readonly story: DemoStory;
  readonly api: Api;
  readonly processes: Processes;
  readonly customers: Customers;
  readonly signal: AbortSignal;
};

/**
 * Plays the whole story on this machine with real programs: a good release, a bad one, the rollback. Returns the exit code: 0 when the bad release was
 * rolled back and the shop recovered, 130 when it was interrupted, else 1. Leaves nothing behind except the recording.
 */
export async function runDemo({ keep, program: bakewatch, print, signal, env }: DemoOptions): Promise<number> {
  const processes = createProcesses();
  const story = createStory(print);
  const closers: (() => Promise<void> | void)[] = [];
  try {
    const program = await findPrometheus(env.PATH ?? '');
    const setup = await setUpDemo({ env, program: bakewatch });
    closers.push(setup.remove);
    const stop = AbortSignal.any([signal, processes.trouble, AbortSignal.timeout(keep ? maxKeptMs : maxMs)]);
    const url = `http://127.0.0.1:${setup.ports.bakewatch}`;
    const run: DemoRun = {
      setup,
      story,
      processes,
      customers: createCustomers(),
      signal: stop,
      api: createApi({ url, token: setup.token }, stop),
    };
    const team = createTeam({ secret: setup.teamSecret, onNotice: ({ title }) => story.event('team', `receives: ${title}`) });
    closers.push(() => closeServer(team));
    await listen(team, setup.ports.team);
    await runAll(run, { program, url, keep });
    return 0;
  } catch (error) {
    story.end();
    if (signal.aborted) {
      print(keep ? 'Stopping.' : 'Interrupted; stopping what was started.');
      return keep ? 0 : 130;
    }
    reportFailure({ error, print, processes });
    return 1;
  } finally {
    story.end();
    await processes.stop();
    for (const close of closers.toReversed()) await close();
  }
}

async function runAll(run: DemoRun, { program, url, keep }: { program: string; url: string; keep: boolean }): Promise<void> {
  await openShop(run, { program, url, keep });
  await goodRelease(run);
  const rolledBack = await badRelease(run);
  await saveRecording(run, rolledBack.deploy.id);
  for (const line of summaryOf(rolledBack)) run.story.line(line);
  if (!keep) return;
  for (const line of nextSteps(run.setup, url)) run.story.line(line);
  await delay(maxKeptMs, undefined, { signal: run.signal });
}

async function openShop(
  { setup, story, api, processes, customers, signal }: DemoRun,
  options: { program: string; url: string; keep: boolean },
) {
  story.line('A small shop, its customers, a real Prometheus and Bakewatch, all on this machine. It takes about a minute.\n');
  story.event('demo', `working in ${setup.folder}`);
  startShop(processes, setup, { customers, seconds: (options.keep ? maxKeptMs : 2 * maxMs) / 1000 });
  await Promise.all([
    startPrometheus(processes, setup, { program: options.program, signal }),
    startBakewatch(processes, setup, { api, signal }),
  ]);
  story.event(
    'demo',
    `shop http://127.0.0.1:${setup.ports.shop}  Prometheus http://127.0.0.1:${setup.ports.prometheus}  Bakewatch ${options.url}`,
  );
}

async function goodRelease({ story, api, customers }: DemoRun): Promise<void> {
  const at = Date.now();
  const deploy = await api.register('v1');
  story.event('pipeline', `v1 is in service; registered: ${deploy.url}`, at);
  const done = await follow(api, deploy, story);
  expectState(done, 'v1', 'passed');
  story.event('customers', `${servedText(customers.last(10))} in the last 10 s`);
}

type BadRelease = { readonly deploy: DeployBody; readonly inServiceAt: number };

async function badRelease({ setup, story, api, customers, signal }: DemoRun): Promise<BadRelease> {
  const inServiceAt = Date.now();
  await setup.switchShop('v2');
  const deploy = await api.register('v2');
  story.event(
    'pipeline',
    `v2 is in service, and it is bad: about a quarter of its answers are errors; registered: ${deploy.url}`,
    inServiceAt,
  );
  const done = await follow(api, deploy, story);
  expectState(done, 'v2', 'rolled_back');
  await verify({ setup, customers, signal, story });
  return { deploy: done, inServiceAt };
}

/** Verifies the rollback independently of Bakewatch: with the link of the release, the shop itself and its customers. */
async function verify({ setup, customers, signal, story }: Pick<DemoRun, 'setup' | 'customers' | 'signal' | 'story'>): Promise<void> {
  const linked = await setup.switchShop('--current');
  const runs = await (await fetch(`http://127.0.0.1:${setup.ports.shop}/version`, { signal })).text();
  if (linked !== 'v1' || runs !== 'v1')
    throw new DemoError(`the link names ${linked} and the shop says that it runs ${runs}; both should be v1`);
  const served = customers.last(3);
  if (!(errorShare(served) < 0.05)) throw new DemoError(`v1 runs again, but ${servedText(served)} in the last 3 s`);
  story.event('shop', `says that it runs ${runs}`);
  story.event('customers', `${servedText(served)} in the last 3 s`);
}

async function saveRecording({ setup, story, api }: DemoRun, id: string): Promise<void> {
  const file = `${setup.folder}.jsonl`;
  await writeFile(file, await api.recording(id));
  story.event('demo', `the measurements are saved in ${file}; judge them again: script/bakewatch replay ${file}`);
}

function summaryOf({ deploy, inServiceAt }: BadRelease): readonly string[] {
  const why = deploy.reasons.map((reason) => `  ${reason}`);
  return ['', 'v2 was rolled back. Why:', ...why, 'Seconds after v2 went into service:', ...rollbackSummary(deploy, inServiceAt), ''];
}

function nextSteps({ folder, token }: DemoSetup, url: string): readonly string[] {
  return [
    `Everything keeps running until Ctrl-C (an hour at most). Bakewatch: ${url}`,
    '  In another terminal:',
    `  export BAKEWATCH_URL=${url} BAKEWATCH_TOKEN=${token}`,
    '  script/bakewatch status',
    `  ${folder}/switch.sh v2 && script/bakewatch deploy --service shop --environment production --version v2 --build-id again --wait`,
    `  Its rules: ${folder}/rules/shop.yaml`,
    '',
  ];
}

function reportFailure({ error, print, processes }: { error: unknown; print: (line: string) => void; processes: Processes }): void {
  // An aborted wait fails with "aborted"; the program that ended unexpectedly is the cause.
  const reason: unknown = processes.trouble.aborted ? processes.trouble.reason : error;
  const isTimeout = reason instanceof Error && reason.name === 'TimeoutError';
  print('');
  print(
    `The demo failed: ${isTimeout ? `it did not end within ${seconds(maxMs)}` : reason instanceof Error ? reason.message : String(reason)}`,
  );
  const lines = processes.lastLines(15).filter((line) => !line.startsWith('customers: {'));
  if (lines.length > 0) print('The last output of the programs:');
  for (const line of lines) print(`  ${line.slice(0, 400)}`);
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
