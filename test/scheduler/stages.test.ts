import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { readRecording } from '../../src/core/recording/read-recording.ts';
import { replay } from '../../src/core/recording/replay.ts';
import { exportRecording } from '../../src/usecases/export-recording.ts';
import { cancel, pass } from '../../src/usecases/intervene.ts';
import { aCheck, aCondition, step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const stages = [5, 25, 100].map((weight) => ({ weight, forMs: 4 * step }));
const plan = { traffic: { hook: 'splitter', stages }, forMs: 16 * step, warmupMs: 2 * step };

/** A service that runs `v1`, which a person vouched for, and a splitter. */
async function aWorld(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(database.store, { ...options, plan: { ...plan, ...options.plan } });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  return world;
}

async function bakeOf(world: World) {
  const { record } = await world.release('v2');
  return { id: record.deploy.id, bake: await world.run(record.deploy.id) };
}

const weights = (world: World) => world.splitter.performed.map(({ weight }) => weight);

/** The result of the replay, and the recording of the first check. */
async function judgedAgain(world: World, id: string) {
  const line = JSON.stringify(await exportRecording(world.store, id));
  const read = readRecording(line);
  if (!read.ok) throw new Error(`${read.field} ${read.message}`);
  return { ...replay(read.recording, { analyzers, ruleSet: null }), recorded: read.recording.checks[0]?.bake };
}

describe('a good release', () => {
  test('gets its traffic in stages, and passes with all traffic', async () => {
    const world = await aWorld();
    const { id, bake } = await bakeOf(world);
    expect(bake).toMatchObject({ state: 'passed', confidence: 'full', weight: 100 });
    expect(weights(world)).toEqual([5, 25, 100]);
    const stage = ['shifting', 'shift_started', 'shift_ended', 'baking'];
    expect(await world.story(id)).toEqual(['registered', ...stage, ...stage, ...stage, 'clear', 'passed']);
    expect(world.told()).toEqual(['started', 'passed']);
  });

  test('is not judged on the time in which traffic was shifted', async () => {
    // Every shift of traffic causes errors for a moment.
    const world = await aWorld({ bad: (_, at, split) => (at - split.at <= 2 * step ? 90 : 1) });
    const { id, bake } = await bakeOf(world);
    expect(bake.state).toBe('passed');
    const { recorded, verdict } = await judgedAgain(world, id);
    expect(verdict).toBe('pass');
    expect(recorded?.total?.filter((total) => total === null).length).toBeGreaterThanOrEqual(4);
    expect(recorded?.bad).not.toContain(90);
  });
});

describe('a bad release', () => {
  test.for([5, 25, 100])('that fails with %d percent of the traffic loses its traffic, and is then rolled back', async (weight) => {
    const world = await aWorld({ bad: (_, __, split) => (split.weight >= weight ? 50 : 1) });
    const { id, bake } = await bakeOf(world);
    expect(bake).toMatchObject({ state: 'rolled_back', weight: 0, order: { target: { version: 'v1' } } });
    expect(weights(world)).toEqual([...[5, 25, 100].filter((one) => one <= weight), 0]);
    expect(world.told()).toEqual(['started', 'unhealthy', 'rolled_back', 'recovered']);
    const story = await world.story(id);
    expect(story.lastIndexOf('shift_ended')).toBeLessThan(story.indexOf('hook_started'));
    expect(await judgedAgain(world, id)).toMatchObject({ verdict: 'fail' });
  });

  test('is rolled back even if its traffic cannot be shifted back', async () => {
    const world = await aWorld({ bad: (version) => (version === 'v2' ? 50 : 1), shifts: ['works', 'refused'] });
    const { bake } = await bakeOf(world);
    expect(bake).toMatchObject({ state: 'rolled_back', weight: 5 });
    expect(world.platform.performed).toHaveLength(1);
  });
});

describe('with a control', () => {
  const side = (name: string) => ({ query: `${name} $matchers` });
  const errors = aCheck({
    question: { kind: 'ratio', bad: side('bad'), total: side('total') },
    failWhen: [aCondition('regression', {})],
    minSamples: 1,
  });
  const ruleSet = { control: { canary: 'canary', stable: 'stable' }, checks: [errors], traffic: plan.traffic };

  /** Each release gets its share of 2,000 requests per tick. One in a hundred fails; of the canary's, the share `badAt`. */
  const answers =
    (badAt: (weight: number) => number): NonNullable<WorldOptions['answers']> =>
    (query, _, { weight }) => {
      const share = query.includes('canary') ? weight / 100 : query.includes('stable') ? 1 - weight / 100 : 1;
      if (share === 0) return null;
      return Math.round(2_000 * share * (query.startsWith('total') ? 1 : query.includes('canary') ? badAt(weight) : 0.01));
    };

  test('a release that is bad only with all traffic is compared with the past', async () => {
    const world = await aWorld({ ruleSet, answers: answers((weight) => (weight === 100 ? 0.05 : 0.01)) });
    const { id, bake } = await bakeOf(world);
    expect(weights(world)).toEqual([5, 25, 100, 0]);
    expect('order' in bake && bake.order.reasons[0]).toMatch(/^Errors: 5 % of requests failed/);
    expect(await judgedAgain(world, id)).toMatchObject({ verdict: 'fail' });
  });

  test('a good release passes, and its replay too', async () => {
    const world = await aWorld({ ruleSet, answers: answers(() => 0.01) });
    const { id, bake } = await bakeOf(world);
    expect(bake).toMatchObject({ state: 'passed', weight: 100 });
    expect(await judgedAgain(world, id)).toMatchObject({ verdict: 'pass' });
  });
});

test('an inconclusive stage keeps its traffic, and the replay gives the same answer', async () => {
  const world = await aWorld({ bad: () => null });
  const { id, bake } = await bakeOf(world);
  expect(bake).toMatchObject({ state: 'inconclusive', weight: 5 });
  expect(weights(world)).toEqual([5]);
  expect(await judgedAgain(world, id)).toMatchObject({ verdict: 'inconclusive' });
});

test('where the traffic hook gives up, the release has not failed, and all traffic is shifted back', async () => {
  const world = await aWorld({ shifts: ['works', 'refused', 'works'] });
  const { id, bake } = await bakeOf(world);
  expect(bake).toMatchObject({ state: 'inconclusive', weight: 0 });
  expect(weights(world)).toEqual([5, 0]);
  expect(world.platform.performed).toEqual([]);
  expect(await judgedAgain(world, id)).toMatchObject({ verdict: 'inconclusive' });
});

test('a release waits in its stage during a freeze, and goes on after it', async () => {
  const world = await aWorld();
  const { record } = await world.release('v2');
  const { id } = record.deploy;
  await world.run(id, (bake) => bake.state === 'baking');
  await world.store.setFreeze({ service: world.service, by: 'ana', why: 'a sale', since: world.clock.now() });
  await world.run(id, (bake) => bake.state === 'baking' && bake.reasons.some((reason) => reason.includes('frozen by ana')));
  expect(weights(world)).toEqual([5]);
  await world.store.liftFreeze(world.service, world.clock.now());
  expect(await world.run(id)).toMatchObject({ state: 'passed', weight: 100 });
});

test('a newer release begins with its first stage', async () => {
  const world = await aWorld();
  const { record } = await world.release('v2');
  await world.run(record.deploy.id, (bake) => bake.weight === 25);
  const { record: next } = await world.release('v3');
  expect((await world.recordOf(record.deploy.id)).bake).toMatchObject({ state: 'superseded', weight: 25 });
  expect(await world.run(next.deploy.id)).toMatchObject({ state: 'passed' });
  expect(weights(world)).toEqual([5, 25, 5, 25, 100]);
});

test.for([
  { name: 'passes it', ask: pass, weight: 100, state: 'passed' },
  { name: 'cancels it', ask: cancel, weight: 5, state: 'canceled' },
])('a person who $name', async ({ ask, weight, state }) => {
  const world = await aWorld();
  const { record } = await world.release('v2');
  const { id } = record.deploy;
  await world.run(id, (bake) => bake.state === 'baking');
  await ask(world.store, { id, by: 'ana', at: world.clock.now(), why: 'she knows' });
  expect(await world.run(id)).toMatchObject({ state, weight });
  expect(world.splitter.weight()).toBe(weight);
});
