import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startApp } from '../../src/app/app.ts';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { aDatabase, administer, silentLog } from '../support/database.ts';
import { startPrometheus, writeBlocks } from '../support/prometheus.ts';
import { call } from '../support/server.ts';
import { createSteppedClock, type SteppedClock } from '../support/stepped-clock.ts';
import { startStubServer } from '../support/stub-server.ts';
import { type Forecast, openTown, type Town } from './open-town.ts';
import { parcelRules, stampsRules } from './parcel-rules.ts';
import { deployedAt, simulatePast, type TownPast, type TownSize, toOpenMetrics } from './town.ts';

/** Of a story that hangs. It is shorter than the time limit of a test, so that everything is closed. */
const maxMs = 110_000;
const entry = join(import.meta.dirname, '../../src/main.ts');

/** A past that many stories share: making it takes longer than a story. */
export type StoryPast = TownPast & { readonly size: TownSize; readonly blocks: string };

/** Simulates a past and writes it down for Prometheus. The caller removes the folder `blocks`. */
export function writeStoryPast(options: { readonly days: number; readonly size: TownSize; readonly seed: number }): StoryPast {
  const past = simulatePast(options);
  return { ...past, size: options.size, blocks: writeBlocks(toOpenMetrics(past.scrapes)) };
}

export type StoryOptions = {
  readonly past: StoryPast;
  readonly seed: number;
  readonly weather: Forecast;
  readonly rules?: string;
  /** What the server asks instead of Prometheus, such as a proxy. Closed at the end. */
  readonly between?: (url: string) => Promise<{ readonly url: string; close(): Promise<void> }>;
};

/** How a story ended, as its people see it. */
export type StoryEnd = {
  /** The exit code of `bakewatch deploy --wait`, and what it printed. */
  readonly code: number | null;
  readonly log: readonly string[];
  readonly printed: readonly string[];
  /** The answer of the API. */
  readonly deploy: StoryDeploy;
  /** The first line of why: what an engineer reads at night. */
  readonly headline: string;
  readonly notices: readonly StoryNotice[];
  /** The version that runs in the end. */
  readonly running: string;
  /** How long the bake took, and when it was judged bad (`null`: never), in milliseconds since the deploy. */
  readonly tookMs: number | null;
  readonly judgedBadMs: number | null;
  /** The report in Markdown, and the deploy's page. */
  readonly report: string;
  readonly page: string;
};

type Defer = (close: () => unknown) => void;
export type StoryNotice = { readonly topic: string; readonly title: string; readonly reasons: readonly string[] };
export type StoryDeploy = {
  readonly id: string;
  readonly state: string;
  readonly summary: string;
  readonly reasons: readonly string[];
  readonly confidence: string | null;
  readonly ended_at: string | null;
  readonly checks: readonly { readonly name: string; readonly outcome: string; readonly reason: string }[];
  readonly timeline: readonly { readonly at: string; readonly kind: string; readonly text: string }[];
};

/**
 * Plays one deploy of the parcel service from its registration by `bakewatch deploy --wait` to its end: a real Prometheus, a whole server and the command
 * line, and a clock that moves from one due pass to the next as soon as everything is done. So a bake of 15 minutes takes seconds, and the same story
 * always ends in the same way.
 */
export async function playStory(options: StoryOptions): Promise<StoryEnd> {
  const closers: (() => unknown)[] = [];
  try {
    return await play(options, (close) => {
      closers.unshift(close);
    });
  } finally {
    for (const close of closers) await close();
  }
}

async function play({ past, seed, weather, rules = parcelRules(), between }: StoryOptions, defer: Defer): Promise<StoryEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-story-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  const [prometheus, team, database] = await Promise.all([
    startPrometheus({ blocks: past.blocks, receives: true }),
    startStubServer(),
    aDatabase(),
  ]);
  defer(() => Promise.all([prometheus.stop(), team.close(), database.close()]));
  const proxy = await between?.(prometheus.url);
  if (proxy) defer(() => proxy.close());
  const town = openTown({ past, seed, weather, url: prometheus.url, folder });
  writeFiles(folder, { provider: proxy?.url ?? prometheus.url, team: team.url, rules });
  const clock = createSteppedClock(deployedAt - 3_600_000);
  const app = await startApp({
    ...loadFiles(folder),
    databaseUrl: database.url,
    log: silentLog,
    environment: { PATH: process.env.PATH },
    clock,
  });
  defer(() => app.stop());
  await call(app, 'POST', '/v1/adopt', { service: 'parcel', environment: 'production', version: 'v1' });
  await call(app, 'POST', '/v1/adopt', { service: 'stamps', environment: 'production', version: 'v1' });
  town.deploy('v2');
  await town.liveUntil(deployedAt);
  clock.set(deployedAt);
  const cli = runCli(folder, ['deploy', '-s', 'parcel', '-e', 'production', '-v', 'v2', '--wait'], app.url);
  defer(cli.stop);
  const giveUpAt = performance.now() + maxMs;
  while (!cli.hasEnded()) {
    if (performance.now() > giveUpAt) throw new Error(`the story has not ended at ${new Date(clock.now()).toISOString()}`);
    await takeStep({ database: database.url, clock, town });
  }
  const { code, out, err } = await cli.ended;
  return {
    ...(await readEnd(app)),
    code,
    log: err,
    printed: out,
    running: town.running(),
    notices: team.requests.map(({ body }) => JSON.parse(body)),
  };
}

async function readEnd(app: { readonly url: string }) {
  const { body } = await call<{ deploys: { id: string }[] }>(app, 'GET', '/v1/deploys?limit=1');
  const id = body.deploys[0]?.id ?? '';
  const deploy = (await call<StoryDeploy>(app, 'GET', `/v1/deploys/${id}`)).body;
  const judgedBad = deploy.timeline.find(({ kind }) => /^(?:rolling_back|failed|awaiting_approval)$/.test(kind))?.at;
  const since = (at: string | null | undefined) => (at ? Date.parse(at) - deployedAt : null);
  return {
    deploy,
    headline: deploy.reasons[0] ?? '',
    tookMs: since(deploy.ended_at),
    judgedBadMs: since(judgedBad),
    report: await (await fetch(`${app.url}/v1/deploys/${id}/report?format=md`)).text(),
    page: await (await fetch(`${app.url}/deploys/${id}`)).text(),
  };
}

type Stepping = { readonly database: string; readonly clock: SteppedClock; readonly town: Town };

/** Waits until nothing is under way, and then lets time pass until the next pass is due. */
async function takeStep({ database, clock, town }: Stepping): Promise<void> {
  const [row] = await administer(
    database,
    `select (select min(next_at)::float8 from bakewatch.bakes) as due,
      (select count(*)::int from bakewatch.bakes where next_at is not null and lease_until > ${clock.now()}) as leased,
      (select count(*)::int from bakewatch_queue.job where state < 'completed') as queued`,
  );
  if (Number(row?.leased) > 0 || Number(row?.queued) > 0) return await pause();
  const due = row?.due == null ? null : Number(row.due);
  // Without a live bake the command is about to register one, or to see its end.
  if (due === null || due <= clock.now()) {
    clock.wake();
    return await pause();
  }
  await town.liveUntil(due);
  clock.set(due);
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** Runs a command line in a folder, as a process of its own. */
export function runCli(folder: string, args: readonly string[], url = 'http://127.0.0.1:1') {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', BAKEWATCH_URL: url },
  });
  let hasEnded = false;
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(([out, err]) => {
    hasEnded = true;
    return { code: child.exitCode, out: linesOf(out), err: linesOf(err) };
  });
  return { ended, hasEnded: () => hasEnded, stop: () => child.kill() };
}

function linesOf(output: string): readonly string[] {
  return output.split('\n').filter(Boolean);
}

function loadFiles(folder: string) {
  return loadConfig({
    file: join(folder, 'bakewatch.yaml'),
    env: {},
    readFile: (path) => readFileSync(path, 'utf8'),
    listFiles: (path) => readdirSync(path),
    plugins,
  });
}

/** Writes a config and its rule files. */
export function writeFiles(folder: string, { provider, team, rules }: { provider: string; team: string; rules: string }): void {
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  mkdirSync(join(folder, 'rules'), { recursive: true });
  write('rules/parcel.yaml', rules);
  write('rules/stamps.yaml', stampsRules);
  write(
    'bakewatch.yaml',
    `config: 1
server: { listen: "127.0.0.1:0" }
providers:
  prom: { type: prometheus, url: "${provider}" }
hooks:
  parcel: { type: command, cwd: "${folder}", rollback: [sh, -c, 'echo "$1" > running', hook, "{version}"], current: [cat, running] }
notifiers:
  team: { type: webhook, url: "${team}", secret: "a secret of the test" }
rules: [rules/*.yaml]
`,
  );
}
