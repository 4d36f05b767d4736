import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppError } from '../../src/core/base/errors.ts';
import { createDrills } from '../../src/scheduler/drills.ts';
import { drill } from '../../src/usecases/drill.ts';
import { aRuleSet, step } from '../support/builders.ts';
import { aDatabase, silentLog, type TestDatabase } from '../support/database.ts';
import { type Act, createFakeHook } from '../support/fake-hook.ts';
import { createFakeShiftHook } from '../support/fake-shift-hook.ts';
import { createWorld } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const never = new AbortController().signal;
type Setting = {
  readonly versions?: readonly string[];
  readonly running?: string;
  readonly acts?: readonly Act[];
  readonly forRealIn?: readonly string[];
  readonly shifts?: readonly Act[];
};

/** A service whose `versions` were known-good one after the other, and a platform of its own to drill with. */
async function aDrill({ versions = ['v1', 'v2'], running = 'v2', acts = ['works'], forRealIn = ['production'], shifts }: Setting = {}) {
  const world = createWorld(database.store);
  for (const version of versions) {
    await world.release(version, { adopted: true });
    world.clock.advance(step);
  }
  const platform = createFakeHook({ running, acts });
  const place = { service: world.service, environment: 'production' };
  const splitter = createFakeShiftHook({ acts: shifts ?? ['works'] });
  const traffic = shifts ? { hook: 'splitter', stages: [{ weight: 5, forMs: step }] } : null;
  const ruleSetFor = () => aRuleSet({ ...place, traffic });
  const shiftHooks = new Map([['splitter', { hook: splitter.hook }]]);
  const deps = {
    store: world.store,
    clock: world.clock,
    hooks: new Map([['deployer', { hook: platform.hook }]]),
    shiftHooks,
    ruleSetFor,
    forRealIn,
  };
  const hold = (forReal = false, signal = never) => drill(deps, { place, forReal, by: 'ana' }, signal);
  const story = async () =>
    (await world.store.timeline((await world.store.knownGood(place, 1))[0]?.deployId ?? '')).map(
      ({ kind, by, text }) => `${kind} by ${by}: ${text}`,
    );
  return { world, platform, splitter, place, hold, story };
}

async function refusalOf(held: Promise<unknown>): Promise<string> {
  return held.then(
    () => 'it was held',
    (error: AppError) => `${error.code}: ${error.message}`,
  );
}

describe('a rehearsal', () => {
  test('proves the hook with the release before the one that runs, and changes nothing', async () => {
    const { platform, hold, story } = await aDrill();
    expect(await hold()).toMatchObject({
      hook: 'deployer',
      target: 'v1',
      forReal: false,
      ok: true,
      steps: [{ name: 'rehearsal', detail: 'v2 is running' }],
    });
    expect(platform.performed).toEqual([]);
    expect((await story()).at(-1)).toBe('drilled by ana: a drill with deployer succeeded');
  });

  test('that is ended by a stop of the server is no failure of the hook', async () => {
    const { world, hold, story } = await aDrill({ acts: ['failed'] });
    const before = await story();
    expect(await refusalOf(hold(false, AbortSignal.abort()))).toContain('unavailable: the server stops');
    await world.work();
    expect(await story()).toEqual(before);
    expect(world.told()).not.toContain('drill_failed');
  });

  test('that fails is told, with the reason', async () => {
    const { world, hold, story } = await aDrill({ acts: ['failed'] });
    expect(await hold()).toMatchObject({ ok: false, steps: [{ ok: false, detail: 'v1 cannot be put back' }] });
    expect((await story()).at(-1)).toBe('drill_failed by ana: a drill with deployer failed: rehearsal: v1 cannot be put back');
    await world.work();
    expect(world.told().at(-1)).toBe('drill_failed');
  });

  test('that keeps failing is told once a day', async () => {
    const { world, hold } = await aDrill({ acts: ['failed'] });
    const tellings = async () => {
      await hold();
      await world.work();
      return world.told().filter((topic) => topic === 'drill_failed').length;
    };
    expect([await tellings(), await tellings()]).toEqual([1, 1]);
    world.clock.advance(86_400_000);
    expect([await tellings(), await tellings()]).toEqual([2, 2]);
  });

  test.for([
    { shifts: ['works'] as const, ok: true, detail: 'the release gets 0 %' },
    { shifts: ['failed'] as const, ok: false, detail: 'the splitter is stuck' },
  ])('of a service whose traffic is shifted looks at that, too: $detail', async ({ shifts, ok, detail }) => {
    const { splitter, hold } = await aDrill({ shifts });
    const { steps, ...held } = await hold();
    expect(held.ok).toBe(ok);
    expect(steps).toMatchObject([
      { name: 'rehearsal', ok: true },
      { name: 'rehearsal of a shift with splitter', ok, detail },
    ]);
    expect(splitter.performed).toEqual([]);
  });

  test('with one known-good release says that no rollback to another one was rehearsed', async () => {
    const { hold, story } = await aDrill({ versions: ['v2'] });
    expect(await hold()).toMatchObject({ target: 'v2', isOnlyKnownGood: true, ok: true });
    expect((await story()).at(-1)).toMatch(/succeeded; v2 is the only known-good release, so no rollback to another one was rehearsed$/);
  });

  test('needs a known-good release', async () => {
    const { hold } = await aDrill({ versions: [] });
    expect(await refusalOf(hold())).toMatch(/^conflict: .* has no known-good release yet; adopt the release that runs/);
  });
});

describe('a drill for real', () => {
  test('rolls back and comes back, and each way is timed', async () => {
    const { platform, hold } = await aDrill();
    const { ok, steps } = await hold(true);
    expect(ok).toBe(true);
    expect(steps.map(({ name }) => name)).toEqual(['what runs now', 'rollback to v1', 'way back to v2']);
    expect(platform.performed.map(({ from, target }) => `${from.version} → ${target.version}`)).toEqual(['v2 → v1', 'v1 → v2']);
    expect(platform.running()).toBe('v2');
  });

  test('comes back also where the rollback was not heard of', async () => {
    const { platform, hold } = await aDrill({ acts: ['times out after', 'works'] });
    expect((await hold(true)).ok).toBe(false);
    expect(platform.running()).toBe('v2');
  });

  test('that finds the older release running already has proved nothing', async () => {
    const { world, place, hold } = await aDrill({ running: 'v1' });
    const [now] = await world.store.knownGood(place, 1);
    await world.store.saveFingerprint(now?.deployId ?? '', 'v1', 'adopted');
    const { ok, steps } = await hold(true);
    expect(ok).toBe(false);
    expect(steps[1]).toMatchObject({ ok: false, detail: expect.stringContaining('v2 and v1 look the same to the hook') });
  });

  test('does nothing where something else runs', async () => {
    const { platform, hold } = await aDrill({ running: 'v9' });
    expect(await hold(true)).toMatchObject({
      ok: false,
      steps: [{ detail: 'v9 is running, and the last known-good release is v2: nothing was done' }],
    });
    expect(platform.performed).toEqual([]);
  });

  test.for<[string, Setting, RegExp]>([
    [
      'where the config does not allow it',
      { forRealIn: ['staging'] },
      /may not roll back for real in production; the config allows it in: staging/,
    ],
    ['with one known-good release only', { versions: ['v2'] }, /has only one known-good release, so there is nothing to roll back to/],
  ])('is refused %s', async ([, setting, words]) => {
    const { hold } = await aDrill(setting);
    expect(await refusalOf(hold(true))).toMatch(words);
  });

  test('is refused while a bake is under way', async () => {
    const { world, hold } = await aDrill();
    await world.release('v3');
    expect(await refusalOf(hold(true))).toMatch(/the bake of v3 is under way/);
  });
});

describe('scheduled drills', () => {
  test('rehearse a place when its last drill is too long ago, and once each time', async () => {
    const { world, place, hold } = await aDrill();
    let held = 0;
    const rehearse = async () => {
      held += 1;
      await hold();
    };
    const drills = createDrills(
      { store: world.store, clock: world.clock, log: silentLog, ruleSets: [aRuleSet({ ...place })], rehearse },
      { everyMs: 100 * step },
    );
    await drills.round();
    await drills.round();
    expect(held).toBe(1);
    world.clock.advance(100 * step);
    await drills.round();
    expect(held).toBe(2);
  });
});
