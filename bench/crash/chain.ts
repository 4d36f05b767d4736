/**
 * Servers that are killed at one step after the other, and started again each time. Meanwhile bakes of known truth go on, two or three kills long. At the
 * end the truth is checked.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from './client.ts';
import { type CrashPoint, storiesFor } from './stories.ts';
import { type CheckedStory, checkStory, type StoryEnd } from './truth.ts';
import { crashConfig, createCrashWorld, type Shop } from './world.ts';

export type ChainOptions = {
  readonly folder: string;
  /** `null`: one bad and two good releases go undisturbed. */
  readonly points: AsyncIterable<CrashPoint> | null;
  /** One for each server. */
  readonly ports: readonly number[];
  /** Missing: the one server has an embedded database in the folder. */
  readonly databaseUrl?: string;
  /** A data directory with an empty database that is copied: to make one takes longer. */
  readonly dataDir?: string;
  /** The program of a server. */
  readonly program: string;
  /** A file that gets every step that a server comes to. */
  readonly record: string;
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
};

type Slot = { readonly url: string; child: ChildProcess | null; expected: boolean };

/** Half of the time of a start is for compiling. */
const cache = join(tmpdir(), 'bakewatch-compile-cache');
/** A digest that is due later does not count as waiting: this is longer than any is held back. */
export const digestMs = 7_000;
/** An attempt that ended without a trace is waited for until then, and 30 s more. */
const timeouts = { hookTimeoutSeconds: 10, trafficTimeoutSeconds: 10 };

/** Kills servers at all points, each during a bake of its own, and checks all bakes. */
export async function runChain(options: ChainOptions): Promise<ChainResult> {
  const { folder, points, ports, databaseUrl, dataDir, patienceMs } = options;
  const world = await createCrashWorld(folder);
  const file = (name: string) => join(folder, name);
  if (dataDir !== undefined) cpSync(dataDir, file('bakewatch-data'), { recursive: true });
  const deaths: string[] = [];
  let kills = 0;
  let isOver = false;

  const start = (slot: Slot, i: number) => {
    const env = {
      PATH: process.env.PATH,
      CRASH_ARMED: file('armed'),
      CRASH_RECORD: options.record,
      CRASH_DATABASE: databaseUrl ?? '',
      NODE_COMPILE_CACHE: cache,
    };
    const child = spawn(process.execPath, [options.program, `${i}.yaml`], { cwd: folder, stdio: ['pipe', 'ignore', 'pipe'], env });
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
    writeFileSync(file(`${i}.yaml`), crashConfig(folder, world.url, { port, ...timeouts }));
    return { url: `http://127.0.0.1:${port}`, child: null, expected: false };
  });
  slots.forEach(start);

  const { call, tell: register } = createClient(
    slots.map(({ url }) => url),
    patienceMs,
  );

  async function tell(shop: Shop): Promise<string> {
    const { service } = shop;
    world.open(shop);
    await call('PUT', '/v1/freeze', { frozen: true, why: 'somebody is at work', service: 'another' });
    // A freeze that is lifted already is not found; the answer to an earlier call may have been lost.
    await call('PUT', '/v1/freeze', { frozen: false, service: 'another' }).catch((error: unknown) => {
      if (!String(error).includes(': 404')) throw error;
    });
    const id = await register(service, () => world.install(service));
    // Later than the registration: what is ill before it does not speak against the release.
    world.release(service);
    return id;
  }

  async function stop(slot: Slot): Promise<void> {
    const { child } = slot;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    slot.expected = true;
    child.kill('SIGTERM');
    await new Promise((done) => child.once('exit', done));
  }

  const unreached: CrashPoint[] = [];
  /** Every release that was made: its deploy, and during which kill. */
  const made = new Map<Shop, { readonly id: string; readonly point: CrashPoint | null }>();
  const ends = new Map<string, StoryEnd>();
  try {
    for await (const { point, together, spares } of storiesFor(points)) {
      if (point !== null) arm(point);
      const make = (some: readonly Shop[]) => Promise.all(some.map(async (shop) => made.set(shop, { id: await tell(shop), point })));
      const making = make(together);
      // These steps come when a server stops or starts.
      if (point !== null && /releaseClaims|offerRuleBook/.test(point.step)) await Promise.all(slots.map(stop));
      await making;
      if (point === null) continue;
      for (const spare of spares) {
        if (await happens(isReached)) break;
        await Promise.all(slots.map(stop));
        await make([spare]);
      }
      if (!(await happens(isReached))) unreached.push(point);
    }
    world.slow(0);
    await happens(() => false);
  } finally {
    isOver = true;
    await Promise.all(slots.map(stop));
    await world.close();
  }
  return {
    ...{ kills, unreached, deaths },
    stories: [...made].flatMap(([shop, { id, point }]) => {
      const end = ends.get(id);
      return end === undefined ? [] : [checkStory({ shop, end, world, point })];
    }),
  };

  function arm({ step, count }: CrashPoint): void {
    writeFileSync(file('arming'), `${count} ${step}`);
    renameSync(file('arming'), file('armed'));
    // A lease is renewed only while a pass takes long.
    world.slow(step.includes('renewClaims') ? 4_000 : 0);
  }

  function isReached(): boolean {
    return !existsSync(file('armed'));
  }

  /** Waits until something happens. It will not once all bakes are over and nothing has waited for the time of a digest. */
  async function happens(isThere: () => boolean): Promise<boolean> {
    let idleSince = performance.now();
    let lookedAt = Number.NEGATIVE_INFINITY;
    for (const until = performance.now() + patienceMs; !isThere(); await wait(20)) {
      if (performance.now() - idleSince > digestMs || performance.now() > until) return false;
      if (performance.now() - lookedAt < 500) continue;
      for (const { id } of made.values()) if (!ends.get(id)?.final) ends.set(id, await call<StoryEnd>('GET', `/v1/deploys/${id}`));
      if (!((await idle()) && [...ends.values()].every(({ final }) => final))) idleSince = performance.now();
      lookedAt = performance.now();
    }
    return true;
  }

  /** Whether every effect that is due is performed. */
  async function idle(): Promise<boolean> {
    const metrics = await fetch(`${slots[0]?.url}/metrics`).then(
      (response) => response.text(),
      () => '',
    );
    return /^bakewatch_outbox_oldest_seconds 0$/m.test(metrics);
  }
}
