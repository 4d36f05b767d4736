import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import type { Plan } from '../../src/core/bake/plan.ts';
import { readRecording } from '../../src/core/recording/read-recording.ts';
import { replay } from '../../src/core/recording/replay.ts';
import type { Probe } from '../../src/core/rules/probe.ts';
import type { CheckRule } from '../../src/core/rules/rule-set.ts';
import { createHttp } from '../../src/net/http.ts';
import { exportRecording } from '../../src/usecases/export-recording.ts';
import { aCheck, aCondition, step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aProber, aSite } from '../support/probing.ts';
import { type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
const http = createHttp();
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(async () => {
  await http.close();
  await database.close();
});

let site: StubServer;
beforeEach(async () => {
  site = await startStubServer();
});
afterEach(() => site.close());

const everyAttempt = aCondition('threshold', { above: 0.9 }, { k: 2, n: 2 });

/** A service whose site shows the running version, as `answers` says. The probe expects the version that should run. */
async function aWorld(
  answers: (running: string, count: number) => StubReply,
  rest: Partial<CheckRule> = {},
  plan: Partial<Plan> = {},
): Promise<World> {
  const probe: Probe = { target: aSite(`${site.url}/`, { contains: 'running $version' }), withinMs: 5_000, attempts: 2, apartMs: 0 };
  const home = aCheck({
    name: 'home',
    provider: 'probe',
    question: { kind: 'ratio', probe },
    failWhen: [everyAttempt],
    minSamples: 1,
    ...rest,
  });
  const world = createWorld(database.store, { ruleSet: { checks: [home] }, more: { probe: aProber(http) }, plan });
  site.reply(() => answers(world.platform.running(), site.requests.length));
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  return world;
}

const says = (running: string): StubReply => ({ body: `running ${running}` });

describe('a release that is probed', () => {
  test('passes when its site answers', async () => {
    const world = await aWorld(says);
    const { id } = (await world.release('v1.1')).record.deploy;
    expect(await world.run(id)).toMatchObject({ state: 'passed', confidence: 'full' });
    const [first] = await world.store.measurements(id);
    expect(first).toMatchObject({
      query: `GET ${site.url}/`,
      ticks: { kind: 'ratio', bad: [0], total: [2] },
      result: {
        outcome: 'pass',
        reason: expect.stringMatching(/^2 of 2 attempts passed: HTTP 200 in \d+ ms; within the limit$/),
      },
    });
  });

  test('is rolled back with what the probe saw, and the site of the old release is probed again', async () => {
    const world = await aWorld((running) => (running === 'v2' ? { status: 502 } : says(running)));
    const { id } = (await world.release('v2')).record.deploy;
    const bake = await world.run(id);
    expect(bake).toMatchObject({
      state: 'rolled_back',
      order: {
        target: { version: 'v1' },
        reasons: ['Home: 2 of 2 attempts failed: HTTP 502, expected 200 to 299'],
      },
    });
    const verifying = (await world.store.measurements(id)).filter(({ phase }) => phase === 'verifying');
    expect(verifying.map(({ result }) => result.outcome)).toContain('pass');
  });

  test('passes although single attempts fail', async () => {
    const world = await aWorld((running, count) => (count % 2 === 0 ? { status: 503 } : says(running)));
    expect(await world.run((await world.release('v1.1')).record.deploy.id)).toMatchObject({ state: 'passed' });
  });

  test('without damping fails in the first pass', async () => {
    const world = await aWorld((running, count) => (count === 2 ? { status: 503 } : says(running)), {
      failWhen: [aCondition('threshold', { above: 0.4 })],
    });
    const { id } = (await world.release('v2')).record.deploy;
    expect(await world.run(id)).toMatchObject({
      state: 'rolled_back',
      order: { reasons: [expect.stringMatching(/^Home: 1 of 2 attempts failed: HTTP 503/)] },
    });
    expect((await world.store.measurements(id)).filter(({ phase }) => phase === 'baking')).toHaveLength(1);
  });

  test('is not considered bad before the deploy, because it was not probed then', async () => {
    const world = await aWorld(
      (running) => (running === 'v2' ? { status: 502 } : says(running)),
      { failWhen: [aCondition('threshold', { above: 0.9 })] },
      { forMs: step },
    );
    expect(await world.run((await world.release('v2')).record.deploy.id)).toMatchObject({ state: 'rolled_back' });
  });

  test('is probed now only: ticks without a pass are missing', async () => {
    const world = await aWorld(says);
    const { id } = (await world.release('v1.1')).record.deploy;
    await world.run(id, ({ state }) => state === 'baking');
    world.clock.advance(4 * step);
    await world.look(await world.recordOf(id));
    const [only] = await world.store.measurements(id);
    expect(only?.ticks).toMatchObject({
      kind: 'ratio',
      total: [...Array.from({ length: (only!.window.to - only!.window.from) / step - 1 }, () => null), 2],
    });
    expect(site.requests).toHaveLength(2);
  });

  test('is watched for longer where it was not probed for a while: the gap is never read as healthy', async () => {
    const world = await aWorld(says, {}, { extendMs: 8 * step });
    const { id } = (await world.release('v1.1')).record.deploy;
    const { endsAt = 0 } = (await world.run(id, ({ state }) => state === 'baking')) as { endsAt?: number };
    await world.run(id, (bake) => 'nextAt' in bake && bake.nextAt > endsAt - 5 * step);
    // The process sleeps over the planned end of the bake.
    world.clock.advance(6 * step);
    await world.look(await world.recordOf(id));
    expect((await world.recordOf(id)).bake).toMatchObject({
      state: 'baking',
      reasons: ['Home: not probed for 1m15s'],
    });
    expect((await world.store.measurements(id)).at(-1)?.result).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('not probed for 1m15s; a probe cannot be made for the past'),
    });
    expect(await world.run(id)).toMatchObject({ state: 'passed' });
    const { total } = (await world.store.measurements(id)).reduce(
      (sum, { ticks }) => ({
        total: sum.total + (ticks?.kind === 'ratio' ? ticks.total.filter((one) => one !== null).length : 0),
      }),
      { total: 0 },
    );
    expect(total).toBe(8);
  });

  test('is inconclusive where the gap is longer than the bake may be extended', async () => {
    const world = await aWorld(says, {}, { extendMs: 2 * step });
    const { id } = (await world.release('v1.1')).record.deploy;
    await world.run(id, ({ state }) => state === 'baking');
    world.clock.advance(20 * step);
    expect(await world.run(id)).toMatchObject({ state: 'inconclusive' });
  });

  test('an advisory probe that failed once reports that, and that it succeeds now', async () => {
    const world = await aWorld((running, count) => (count <= 2 ? { status: 503 } : says(running)), {
      failWhen: [aCondition('threshold', { above: 0.9 })],
      critical: false,
    });
    const { id } = (await world.release('v1.1')).record.deploy;
    expect(await world.run(id)).toMatchObject({ state: 'passed' });
    expect((await world.store.measurements(id)).at(-1)?.result).toMatchObject({
      outcome: 'fail',
      reason: expect.stringMatching(
        /^2 of 2 attempts failed, allowed 90 %; the limit is 90 %, exceeded.*; by now 2 of 2 attempts passed: HTTP 200 in \d+ ms$/,
      ),
    });
  });

  test('can be exported and judged again', async () => {
    const world = await aWorld((running) => (running === 'v2' ? { status: 502 } : says(running)));
    const { id } = (await world.release('v2')).record.deploy;
    await world.run(id);
    const read = readRecording(JSON.stringify(await exportRecording(database.store, id)));
    expect(read.ok && replay(read.recording, { analyzers, ruleSet: null })).toMatchObject({
      verdict: 'fail',
      checks: [{ name: 'home', verdict: 'fail' }],
    });
  });
});

describe('a probe that cannot be made', () => {
  test('never counts against a release', async () => {
    const probe: Probe = {
      target: { kind: 'command', argv: ['true'], cwd: null, ssh: 'nowhere' },
      withinMs: 5_000,
      attempts: 2,
      apartMs: 0,
    };
    const world = await aWorld(says, { question: { kind: 'ratio', probe } });
    const { id } = (await world.release('v2')).record.deploy;
    expect(await world.run(id)).toMatchObject({ state: 'inconclusive' });
    expect((await world.store.measurements(id))[0]?.result).toEqual({
      outcome: 'error',
      kind: 'bad_query',
      reason: 'the config has no ssh connection named "nowhere"',
    });
  });
});
