import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Api, createApi, type DeployBody } from './api.ts';
import { listen, startBakewatch, startPrometheus, startShop } from './cast.ts';
import { type Customers, createCustomers, errorShare } from './customers.ts';
import { DemoError } from './demo-error.ts';
import { expectState, follow } from './follow.ts';
import { createProcesses, type Processes } from './processes.ts';
import { type DemoStage, findPrometheus, setStage } from './stage.ts';
import { createStory, type DemoStory, rollbackSummary, seconds, servedText } from './story.ts';
import { createTeam } from './team.ts';

/** `keep` leaves everything running until `signal` aborts. `env` is the environment: the PATH to find Prometheus on, above all. */
export type DemoOptions = {
  readonly keep: boolean;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
};

const longestMs = 170_000;
const longestKeptMs = 3_600_000;

/** What the acts of the demo need. */
type Play = {
  readonly stage: DemoStage;
  readonly story: DemoStory;
  readonly api: Api;
  readonly processes: Processes;
  readonly customers: Customers;
  readonly signal: AbortSignal;
};

/**
 * Plays the whole story on this machine with real programs: a good release, a bad one, the rollback. Returns the exit code: 0 when the bad release was
 * rolled back and the shop recovered, 1 when anything went differently, 130 when it was interrupted. Leaves nothing behind but the recording.
 */
export async function runDemo({ keep, print, signal, env }: DemoOptions): Promise<number> {
  const processes = createProcesses();
  const story = createStory(print);
  const closers: (() => Promise<void> | void)[] = [];
  try {
    const program = await findPrometheus(env.PATH ?? '');
    const stage = await setStage(env);
    closers.push(stage.strike);
    const stop = AbortSignal.any([signal, processes.trouble, AbortSignal.timeout(keep ? longestKeptMs : longestMs)]);
    const url = `http://127.0.0.1:${stage.ports.bakewatch}`;
    const play: Play = {
      stage,
      story,
      processes,
      customers: createCustomers(),
      signal: stop,
      api: createApi({ url, token: stage.token }, stop),
    };
    const team = createTeam({ secret: stage.teamSecret, onNotice: ({ title }) => story.tell('team', `is told: ${title}`) });
    closers.push(() => closeServer(team));
    await listen(team, stage.ports.team);
    await performAll(play, { program, url, keep });
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

async function performAll(play: Play, { program, url, keep }: { program: string; url: string; keep: boolean }): Promise<void> {
  await openShop(play, { program, url, keep });
  await goodRelease(play);
  const rolledBack = await badRelease(play);
  await saveRecording(play, rolledBack.deploy.id);
  for (const line of ending(rolledBack)) play.story.say(line);
  if (!keep) return;
  for (const line of invitation(play.stage, url)) play.story.say(line);
  await delay(longestKeptMs, undefined, { signal: play.signal });
}

async function openShop({ stage, story, api, processes, customers, signal }: Play, how: { program: string; url: string; keep: boolean }) {
  story.say('A small shop, its customers, a real Prometheus and Bakewatch, all on this machine. It takes about a minute.\n');
  story.tell('demo', `working in ${stage.folder}`);
  startShop(processes, stage, { customers, seconds: (how.keep ? longestKeptMs : 2 * longestMs) / 1000 });
  await Promise.all([
    startPrometheus(processes, stage, { program: how.program, signal }),
    startBakewatch(processes, stage, { api, signal }),
  ]);
  story.tell(
    'demo',
    `shop http://127.0.0.1:${stage.ports.shop}  Prometheus http://127.0.0.1:${stage.ports.prometheus}  Bakewatch ${how.url}`,
  );
}

async function goodRelease({ story, api, customers }: Play): Promise<void> {
  const at = Date.now();
  const deploy = await api.register('v1');
  story.tell('pipeline', `v1 runs; registered: ${deploy.url}`, at);
  const done = await follow(api, deploy, story);
  expectState(done, 'v1', 'passed');
  story.tell('customers', `${servedText(customers.last(10))} in the last 10 s`);
}

type RolledBack = { readonly deploy: DeployBody; readonly inServiceAt: number };

async function badRelease({ stage, story, api, customers, signal }: Play): Promise<RolledBack> {
  const inServiceAt = Date.now();
  await stage.switchShop('v2');
  const deploy = await api.register('v2');
  story.tell(
    'pipeline',
    `v2 is in service, and is bad: about a quarter of its answers will be errors; registered: ${deploy.url}`,
    inServiceAt,
  );
  const done = await follow(api, deploy, story);
  expectState(done, 'v2', 'rolled_back');
  await verify({ stage, customers, signal, story });
  return { deploy: done, inServiceAt };
}

/** Believes nothing that was said: asks the link, the shop itself and the customers. */
async function verify({ stage, customers, signal, story }: Pick<Play, 'stage' | 'customers' | 'signal' | 'story'>): Promise<void> {
  const linked = await stage.switchShop('--current');
  const runs = await (await fetch(`http://127.0.0.1:${stage.ports.shop}/version`, { signal })).text();
  if (linked !== 'v1' || runs !== 'v1') throw new DemoError(`the link says ${linked} and the shop says ${runs}; both should be v1`);
  const served = customers.last(3);
  if (!(errorShare(served) < 0.05)) throw new DemoError(`v1 runs again, and still ${servedText(served)} in the last 3 s`);
  story.tell('shop', `says that it runs ${runs}`);
  story.tell('customers', `${servedText(served)} in the last 3 s`);
}

async function saveRecording({ stage, story, api }: Play, id: string): Promise<void> {
  const file = `${stage.folder}.jsonl`;
  await writeFile(file, await api.recording(id));
  story.tell('demo', `what was measured is kept in ${file}; judge it again: script/bakewatch replay ${file}`);
}

function ending({ deploy, inServiceAt }: RolledBack): readonly string[] {
  const why = deploy.reasons.map((reason) => `  ${reason}`);
  return ['', 'v2 was rolled back. Why:', ...why, 'Seconds after v2 went into service:', ...rollbackSummary(deploy, inServiceAt), ''];
}

function invitation({ folder, token }: DemoStage, url: string): readonly string[] {
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
  // A wait that was cut short fails with "aborted"; what broke is the reason behind it.
  const reason: unknown = processes.trouble.aborted ? processes.trouble.reason : error;
  const isTimeout = reason instanceof Error && reason.name === 'TimeoutError';
  print('');
  print(
    `The demo failed: ${isTimeout ? `it did not end within ${seconds(longestMs)}` : reason instanceof Error ? reason.message : String(reason)}`,
  );
  const words = processes.lastWords(15).filter((line) => !line.startsWith('customers: {'));
  if (words.length > 0) print('What the programs said last:');
  for (const line of words) print(`  ${line.slice(0, 400)}`);
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
