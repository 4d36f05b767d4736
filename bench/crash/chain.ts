/**
 * Servers that are killed at one step after the other, and started again each time. Meanwhile bakes of known truth go on, two or three kills long. At the
 * end the truth is checked.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from './client.ts';
import { type CheckedStory, checkStory, type StoryEnd } from './truth.ts';
import { crashConfig, crashRules, createCrashWorld, type Shop } from './world.ts';

/** A step, and at the how-manieth time the server is killed there. */
export type CrashPoint = { readonly step: string; readonly count: number };

export type ChainOptions = {
  readonly folder: string;
  readonly points: readonly CrashPoint[];
  /** One for each server. */
  readonly ports: readonly number[];
  /** Missing: the one server has an embedded database in the folder. */
  readonly databaseUrl?: string;
  /** How long to wait for a step, and for the end of all bakes. */
  readonly patienceMs: number;
};

export type ChainResult = {
  readonly kills: number;
  /** Steps that no server came to. */
  readonly unreached: readonly CrashPoint[];
  /** How servers ended that nobody killed. */
  readonly deaths: readonly string[];
  readonly stories: readonly CheckedStory[];
  /** Every step that a server came to. */
  readonly steps: readonly string[];
};

type Slot = { readonly url: string; child: ChildProcess | null; expected: boolean };

/** Half of the time of a start is for compiling. */
const cache = join(tmpdir(), 'bakewatch-compile-cache');
/** A digest that is due later does not count as waiting: this is longer than any is held back. */
export const digestMs = 7_000;
const fixture = join(import.meta.dirname, 'server.ts');

/** Kills servers at all points, each during a bake of its own, and checks all bakes. With no points, one good and one bad release go undisturbed. */
export async function runChain({ folder, points, ports, databaseUrl, patienceMs }: ChainOptions): Promise<ChainResult> {
  const shops = shopsFor(points);
  const world = await createCrashWorld(folder, shops);
  const file = (name: string) => join(folder, name);
  mkdirSync(file('rules'));
  for (const shop of shops) writeFileSync(file(`rules/${shop.service}.yaml`), crashRules(shop));
  const deaths: string[] = [];
  let kills = 0;
  let isOver = false;

  const start = (slot: Slot, i: number) => {
    const env = {
      PATH: process.env.PATH,
      CRASH_ARMED: file('armed'),
      CRASH_RECORD: file('steps'),
      CRASH_DATABASE: databaseUrl ?? '',
      NODE_COMPILE_CACHE: cache,
    };
    const child = spawn(process.execPath, [fixture, `${i}.yaml`], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env });
    slot.child = child;
    slot.expected = false;
    let said = '';
    createInterface({ input: child.stderr }).on('line', (line) => {
      said = `${said}${line}\n`.slice(-2_000);
    });
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') kills += 1;
      else if (!slot.expected) deaths.push(`${signal ?? code}: ${said}`);
      if (!isOver) start(slot, i);
    });
  };
  const slots: Slot[] = ports.map((port, i) => {
    writeFileSync(file(`${i}.yaml`), crashConfig(folder, world.url, port));
    return { url: `http://127.0.0.1:${port}`, child: null, expected: false };
  });
  slots.forEach(start);

  const { call, tell: register } = createClient(
    slots.map(({ url }) => url),
    patienceMs,
  );

  async function tell({ service }: Shop): Promise<string> {
    await call('PUT', '/v1/freeze', { frozen: true, why: 'somebody is at work', service: 'another' });
    // A freeze that is lifted already is not found; the answer to an earlier call may have been lost.
    await call('PUT', '/v1/freeze', { frozen: false, service: 'another' }).catch((error: unknown) => {
      if (!String(error).includes(': 404')) throw error;
    });
    const id = await register(service);
    world.release(service);
    return id;
  }

  const isReached = async (ms: number) => {
    for (const until = performance.now() + ms; existsSync(file('armed')); await wait(20)) if (performance.now() > until) return false;
    return true;
  };

  async function stop(slot: Slot): Promise<void> {
    const { child } = slot;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    slot.expected = true;
    child.kill('SIGTERM');
    await new Promise((done) => child.once('exit', done));
  }

  const unreached: CrashPoint[] = [];
  const ids: string[] = [];
  const ends: StoryEnd[] = [];
  try {
    for (const [i, shop] of shops.entries()) {
      const point = points[i];
      if (point !== undefined) {
        writeFileSync(file('arming'), `${point.count} ${point.step}`);
        renameSync(file('arming'), file('armed'));
        // A lease is renewed only while a pass takes long.
        world.slow(point.step.includes('renewClaims') ? 4_000 : 0);
      }
      const story = tell(shop);
      // These steps come when a server stops or starts.
      if (point?.step.includes('releaseClaims')) await Promise.all(slots.map(stop));
      if (point !== undefined && !(await isReached(patienceMs))) unreached.push(point);
      ids.push(await story);
    }
    world.slow(0);
    let idleSince = performance.now();
    for (const until = performance.now() + patienceMs; ; await wait(2_000)) {
      ends.splice(0, ends.length, ...(await Promise.all(ids.map((id) => call<StoryEnd>('GET', `/v1/deploys/${id}`)))));
      if (!((await idle()) && ends.every(({ final }) => final))) idleSince = performance.now();
      if (performance.now() - idleSince > digestMs || performance.now() > until) break;
    }
  } finally {
    isOver = true;
    await Promise.all(slots.map(stop));
    await world.close();
  }
  return {
    ...{ kills, unreached, deaths },
    stories: shops.flatMap((shop, i) => {
      const end = ends[i];
      return end === undefined ? [] : [checkStory({ shop, end, world, point: points[i] ?? null })];
    }),
    steps: [...new Set(readFileSync(file('steps'), 'utf8').trim().split('\n'))],
  };

  /** Whether every effect that is due is performed. */
  async function idle(): Promise<boolean> {
    const metrics = await fetch(`${slots[0]?.url}/metrics`).then(
      (response) => response.text(),
      () => '',
    );
    return /^bakewatch_outbox_oldest_seconds 0$/m.test(metrics);
  }
}

function shopsFor(points: readonly CrashPoint[]): readonly Shop[] {
  if (points.length === 0)
    return [
      { service: 's0', isBad: true },
      { service: 's1', isBad: false },
    ];
  return points.map(({ step }, i) => ({ service: `s${i}`, isBad: i % 2 === 0 || /^(?:roll_back|look_around):/.test(step) }));
}
