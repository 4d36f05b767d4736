import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import { AppError, EffectError } from '../../src/core/base/errors.ts';
import { sendEverything } from '../../src/core/notify/route.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { gaveUp, perform } from '../../src/effects/dispatch.ts';
import type { Receipt, RollbackHook } from '../../src/ports/hook.ts';
import type { DeployRecord, Store } from '../../src/ports/store.ts';
import { rollBack } from '../../src/usecases/intervene.ts';
import { aDeploy, aMeasurement, aNotice, aRegistration, aRollback, bakeIn, commitOf, plan, register, start } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { type Act, createFakeHook, type FakeHook } from '../support/fake-hook.ts';
import { createFakeLog, silentMeter } from '../support/fake-meter.ts';
import { createFakeNotifier } from '../support/fake-notifier.ts';
import { createManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;
let database: TestDatabase;
let services = 0;
const store = (): Store => database.store;

beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

function dispatch(rest: Partial<DispatchDeps> & { platform?: FakeHook } = {}) {
  const { lines, log } = createFakeLog();
  const { platform = createFakeHook(), ...other } = rest;
  const deps: DispatchDeps = {
    store: store(),
    hooks: new Map([['deployer', { hook: platform.hook, type: 'fake' }]]),
    shiftHooks: new Map(),
    notifiers: new Map(),
    clock: createManualClock(start + 120_000),
    log,
    meter: silentMeter,
    publicUrl: null,
    ...other,
  };
  return { deps, platform, lines };
}

/** A service of its own whose rollback to v0 was ordered. */
async function ordered(): Promise<DeployRecord> {
  return await register(store(), { service: `effects-${++services}`, version: 'v2' }, 'rolling_back');
}

/** Performs the order as the queue would: again and again until it no longer throws. How often that was. */
async function work(deps: DispatchDeps, effect: QueuedEffect, most = 10): Promise<number> {
  for (let tries = 1; tries <= most; tries++) {
    try {
      await perform(deps, effect, never);
      return tries;
    } catch (error) {
      if (!(error instanceof EffectError) && !(error instanceof Error && error.message === 'killed')) throw error;
    }
  }
  return most;
}

async function outcome({ deploy }: DeployRecord) {
  const bake = (await store().find(deploy.id))?.bake;
  const attempts = await store().attempts(deploy.id);
  const rolledBack = bake?.state === 'failed' ? `failed, rolled back: ${bake.rolledBack}` : bake?.state;
  return { state: rolledBack, attempts: attempts.map((attempt) => attempt.outcome) };
}

describe('an order to roll back', () => {
  type Row = {
    name: string;
    acts: readonly Act[];
    canAsk?: boolean;
    state: string;
    attempts: readonly (string | null)[];
    performed: number;
  };
  const rows: readonly Row[] = [
    { name: 'is performed, and its recovery watched', acts: ['works'], state: 'verifying', attempts: ['succeeded'], performed: 1 },
    {
      name: 'by a hook that cannot tell what runs is performed',
      acts: ['works'],
      canAsk: false,
      state: 'verifying',
      attempts: ['succeeded'],
      performed: 1,
    },
    {
      name: 'that was killed after acting is found done',
      acts: ['dies after'],
      state: 'verifying',
      attempts: [null, 'already_there'],
      performed: 1,
    },
    {
      name: 'that was killed before acting is performed',
      acts: ['dies before', 'works'],
      state: 'verifying',
      attempts: [null, 'succeeded'],
      performed: 1,
    },
    {
      name: 'that was killed is not repeated blindly',
      acts: ['dies after'],
      canAsk: false,
      state: 'failed, rolled back: unknown',
      attempts: [null, 'unknown'],
      performed: 1,
    },
    {
      name: 'that timed out is found done',
      acts: ['times out after'],
      state: 'verifying',
      attempts: ['timeout', 'already_there'],
      performed: 1,
    },
    {
      name: 'that timed out is not repeated blindly',
      acts: ['times out after'],
      canAsk: false,
      state: 'failed, rolled back: unknown',
      attempts: ['timeout'],
      performed: 1,
    },
    {
      name: 'is tried again where nobody was reached',
      acts: ['unreachable', 'works'],
      state: 'verifying',
      attempts: ['unreachable', 'succeeded'],
      performed: 1,
    },
    {
      name: 'is tried again where nobody was reached and nobody can be asked',
      acts: ['unreachable', 'works'],
      canAsk: false,
      state: 'verifying',
      attempts: ['unreachable', 'succeeded'],
      performed: 1,
    },
    {
      name: 'is given up after four tries',
      acts: ['unreachable'],
      state: 'failed, rolled back: no',
      attempts: ['unreachable', 'unreachable', 'unreachable', 'unreachable'],
      performed: 0,
    },
    {
      name: 'that is refused is not tried again',
      acts: ['refused'],
      state: 'failed, rolled back: no',
      attempts: ['refused'],
      performed: 0,
    },
    {
      name: 'that failed half-way is not tried again, and its outcome is unknown',
      acts: ['failed'],
      state: 'failed, rolled back: unknown',
      attempts: ['failed'],
      performed: 0,
    },
    {
      name: 'that may have run once is never said not to have run',
      acts: ['timeout', 'refused'],
      state: 'failed, rolled back: unknown',
      attempts: ['timeout', 'refused'],
      performed: 0,
    },
    {
      name: 'that was killed and then refused is never said not to have run',
      acts: ['dies before', 'refused'],
      state: 'failed, rolled back: unknown',
      attempts: [null, 'refused'],
      performed: 0,
    },
  ];
  test.for(rows)('$name', async ({ acts, canAsk, state, attempts, performed }) => {
    const record = await ordered();
    const { deps, platform } = dispatch({ platform: createFakeHook({ acts, ...(canAsk === false && { canAsk }) }) });
    await work(deps, aRollback(record));
    expect(await outcome(record)).toEqual({ state, attempts });
    expect(platform.performed).toHaveLength(performed);
  });

  test('reaches the hook with its key, its place, its target and its reasons, and never with metadata', async () => {
    const record = await ordered();
    expect(record.deploy.release.metadata).not.toEqual({});
    const { deps, platform } = dispatch();
    await perform(deps, aRollback(record), never);
    expect(platform.performed).toEqual([
      {
        id: `${record.deploy.id}:order`,
        place: { service: record.deploy.service, environment: 'production' },
        from: { version: 'v2' },
        target: { deployId: 'd0', version: 'v0', fingerprint: 'rev-7' },
        reasons: ['errors 9 %'],
      },
    ]);
  });

  test('handed over twice is performed once', async () => {
    const record = await ordered();
    const { deps, platform } = dispatch({ platform: createFakeHook({ canAsk: false }) });
    await perform(deps, aRollback(record), never);
    await perform(deps, aRollback(record), never);
    expect([platform.performed.length, (await outcome(record)).attempts]).toEqual([1, ['succeeded']]);
  });

  test('whose bake went on without it is left alone', async () => {
    const record = await register(store(), { service: `effects-${++services}` }, 'failed');
    const { deps, platform } = dispatch();
    await perform(deps, aRollback(record), never);
    expect([platform.performed, (await outcome(record)).attempts]).toEqual([[], []]);
  });

  test('whose hook is gone needs a person', async () => {
    const record = await ordered();
    await perform(dispatch({ hooks: new Map() }).deps, aRollback(record), never);
    expect(await outcome(record)).toEqual({ state: 'failed, rolled back: no', attempts: [] });
  });

  test('given up by the queue is of unknown outcome, and wakes a person', async () => {
    const record = await ordered();
    const { deps, lines } = dispatch();
    await gaveUp(deps, aRollback(record));
    expect((await outcome(record)).state).toBe('failed, rolled back: unknown');
    expect(lines).toMatchObject([{ level: 'error', message: 'rollback given up' }]);
  });

  test('that a person asks for again runs again, although an earlier one may have run', async () => {
    const record = await ordered();
    const blind = dispatch({ platform: createFakeHook({ acts: ['times out after', 'works'], canAsk: false }) });
    await work(blind.deps, aRollback(record));
    await register(store(), { service: record.deploy.service, registeredAt: start - 1_000 }, 'passed');
    const again = await rollBack(store(), { id: record.deploy.id, by: 'ana', at: start + 200_000, why: 'still bad' });
    if (again.bake.state !== 'rolling_back') throw new Error(again.bake.state);
    const effect: QueuedEffect = { id: `${record.deploy.id}:9:0`, bakeId: record.deploy.id, kind: 'roll_back', order: again.bake.order };
    await work({ ...blind.deps, clock: createManualClock(start + 200_001) }, effect);
    expect((await outcome(record)).state).toBe('verifying');
  });

  describe('what its hook prints', () => {
    /** A hook that prints, and then does what the test says. */
    const printing = (texts: readonly string[], then: () => Promise<Receipt>): RollbackHook => ({
      ...createFakeHook().hook,
      rollBack: async (_order, _signal, onOutput) => {
        for (const text of texts) onOutput?.(text);
        return await then();
      },
    });
    const receipt = { summary: 'v0 is running', alreadyThere: false, fingerprint: 'v0', output: 'all of it' };
    const withHook = (hook: RollbackHook, rest: Partial<DispatchDeps> = {}) =>
      dispatch({ hooks: new Map([['deployer', { hook, type: 'fake' }]]), ...rest }).deps;
    const outputsOf = async ({ deploy }: DeployRecord) => (await store().attempts(deploy.id)).map(({ output }) => output);

    test('can be read while it runs, and whole at the end', async () => {
      const record = await ordered();
      const seen: (readonly string[])[] = [];
      const hook = printing(['one', 'one two', 'one two three'], async () => {
        await expect.poll(() => outputsOf(record)).toEqual(['one two three']);
        seen.push(await outputsOf(record));
        return receipt;
      });
      await perform(withHook(hook), aRollback(record), never);
      expect([seen, await outputsOf(record)]).toEqual([[['one two three']], ['all of it']]);
    });

    test('is left by a process that was killed', async () => {
      const record = await ordered();
      const hook = printing(['step 1'], async () => {
        await expect.poll(() => outputsOf(record)).toEqual(['step 1']);
        throw new Error('killed');
      });
      await expect(perform(withHook(hook), aRollback(record), never)).rejects.toThrow('killed');
      expect(await store().attempts(record.deploy.id)).toMatchObject([{ outcome: null, output: 'step 1' }]);
    });

    test('is saved in one save at a time, and a save that fails harms nothing', async () => {
      const record = await ordered();
      const saves: string[] = [];
      const failing: Store = {
        ...store(),
        saveAttemptOutput: async ({ output }) => {
          saves.push(output);
          throw new AppError('unavailable', 'the database is away');
        },
      };
      const prints = Array.from({ length: 1_000 }, (_, i) => `line ${i}`);
      const hook = printing(prints, async () => {
        await expect.poll(() => saves).toEqual(['line 0', 'line 999']);
        return receipt;
      });
      await perform(withHook(hook, { store: failing }), aRollback(record), never);
      expect(await outcome(record)).toEqual({ state: 'verifying', attempts: ['succeeded'] });
    });
  });

  describe('to a release that is gone', () => {
    /** Deploys v1 to v3 were good, and v4 goes back to v3. */
    async function orderedOf(nextKnownGood: boolean) {
      const service = `effects-${++services}`;
      const place = (i: number) => ({ service, version: `v${i}`, registeredAt: start + i });
      for (const i of [1, 2, 3]) await register(store(), place(i), 'passed');
      const deploy = aDeploy(place(4));
      const first = commitOf(bakeIn(deploy, 'baking'));
      const registration = { ...aRegistration(deploy), plan: { ...plan, nextKnownGood } };
      await store().register(registration, () => ({ ok: true, first, superseded: [] }));
      const { bake } = await rollBack(store(), { id: deploy.id, by: 'ana', at: start + 60_000, why: 'errors' });
      if (bake.state !== 'rolling_back') throw new Error(bake.state);
      return { deploy, effect: { id: `${deploy.id}:2:0`, bakeId: deploy.id, kind: 'roll_back', order: bake.order } as const };
    }
    const bakeOf = async (id: string) => (await store().find(id))?.bake;
    const story = async (id: string) => (await store().timeline(id)).map(({ kind, text }) => `${kind}: ${text}`);

    test('is reported, and a person is needed', async () => {
      const { deploy, effect } = await orderedOf(false);
      await work(dispatch({ platform: createFakeHook({ acts: ['gone'] }) }).deps, effect);
      const reasons = [
        'release v3 is gone from the platform: v3 is not there',
        'rollback requested by ana: errors',
        expect.stringContaining('policy.next_known_good'),
      ];
      expect(await bakeOf(deploy.id)).toMatchObject({ state: 'failed', rolledBack: 'no', reasons });
    });

    test('goes on to the one before, as an order of its own, where that is allowed', async () => {
      const { deploy, effect } = await orderedOf(true);
      const { deps, platform } = dispatch({ platform: createFakeHook({ running: 'v4', acts: ['gone', 'gone', 'works'] }) });
      await work(deps, effect);
      expect(await story(deploy.id)).toContain(
        'target_gone: rolling back to v2: rollback requested by ana: errors; release v3 is gone from the platform',
      );
      for (const [number, version] of [
        [3, 'v2'],
        [4, 'v1'],
      ] as const) {
        const bake = await bakeOf(deploy.id);
        if (bake?.state !== 'rolling_back') throw new Error(bake?.state);
        expect(bake.order.target.version).toBe(version);
        await work(deps, { id: `${deploy.id}:${number}:0`, bakeId: deploy.id, kind: 'roll_back', order: bake.order });
      }
      expect(await bakeOf(deploy.id)).toMatchObject({ state: 'verifying', order: { passedOver: [{ version: 'v3' }, { version: 'v2' }] } });
      expect(platform.performed.map(({ id, target }) => [id.startsWith(`${deploy.id}:`), target.version])).toEqual([[true, 'v1']]);
      const attempts = await store().attempts(deploy.id);
      expect([new Set(attempts.map(({ orderId }) => orderId)).size, attempts.map(({ outcome: each }) => each)]).toEqual([
        3,
        ['refused', 'refused', 'succeeded'],
      ]);
    });

    test('but that may have been put back by a try before, is never passed over', async () => {
      const { deploy, effect } = await orderedOf(true);
      await work(dispatch({ platform: createFakeHook({ acts: ['timeout', 'gone'] }) }).deps, effect);
      expect(await bakeOf(deploy.id)).toMatchObject({ state: 'failed', rolledBack: 'unknown' });
    });
  });

  test('is told in the story: what started, what ended, what was printed', async () => {
    const record = await ordered();
    await work(dispatch({ platform: createFakeHook({ acts: ['unreachable', 'works'] }) }).deps, aRollback(record));
    expect(
      (await store().timeline(record.deploy.id)).map(({ kind, text, detail }) => `${kind}: ${text}${detail ? ` (${detail})` : ''}`),
    ).toEqual([
      'hook_started: attempt 1: deployer puts v0 back',
      'hook_ended: attempt 1: unreachable: the platform was unreachable (said unreachable)',
      'hook_started: attempt 2: deployer puts v0 back',
      'hook_ended: attempt 2: succeeded: v0 is running (switched)',
      expect.stringContaining('verifying: v0 runs again'),
    ]);
  });
});

describe('a notice', () => {
  async function noticed(fails: Parameters<typeof createFakeNotifier>[0], rest: Partial<DispatchDeps> = {}) {
    const record = await register(store(), { service: `effects-${++services}` }, 'baking');
    const channel = createFakeNotifier(fails);
    const { deps, lines } = dispatch({
      notifiers: new Map([['team', { notifier: channel.notifier, type: 'fake', rules: sendEverything }]]),
      ...rest,
    });
    return { record, channel, deps, lines, effect: aNotice(record.deploy.id) };
  }

  test('says which deploy, what happened and why, with its key', async () => {
    const { record, channel, deps, effect } = await noticed([], { publicUrl: 'https://bake.example.com/' });
    await perform(deps, effect, never);
    expect(channel.heard).toMatchObject([
      {
        id: effect.id,
        topic: 'unhealthy',
        at: start,
        deployId: record.deploy.id,
        version: 'v1',
        title: expect.stringContaining(`${record.deploy.service} v1 (production)`),
        reasons: ['reason 0'],
        url: `https://bake.example.com/deploys/${record.deploy.id}`,
        links: record.deploy.links,
      },
    ]);
  });

  test('without a public address has no link', async () => {
    const { channel, deps, effect } = await noticed([]);
    await perform(deps, effect, never);
    expect(channel.heard[0]?.url).toBeNull();
  });

  test.for(['unreachable', 'timeout', 'failed'] as const)('that is %s is tried again', async (kind) => {
    const { channel, deps, effect } = await noticed([kind]);
    await expect(perform(deps, effect, never)).rejects.toBeInstanceOf(EffectError);
    await perform(deps, effect, never);
    expect(channel.heard).toHaveLength(1);
  });

  const givenUp = async ({ deploy }: DeployRecord) => (await store().timeline(deploy.id)).map(({ kind, text }) => `${kind}: ${text}`);

  test('that is refused for good is given up at once, loudly', async () => {
    const { record, deps, lines, effect } = await noticed(['refused']);
    await perform(deps, effect, never);
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([{ message: 'notice given up' }]);
    expect(await givenUp(record)).toEqual([expect.stringMatching(/^notice_given_up: team was not told .*the channel was refused$/)]);
  });

  test('that is tried again says so: an earlier try may have arrived', async () => {
    const { channel, deps, effect } = await noticed(['timeout']);
    await expect(perform(deps, effect, never)).rejects.toBeInstanceOf(EffectError);
    await perform(deps, effect, never);
    expect(channel.tries).toEqual([
      { memory: null, isRepeat: false },
      { memory: null, isRepeat: true },
    ]);
  });

  test('that has arrived is not sent again', async () => {
    const { channel, deps, effect } = await noticed([]);
    await perform(deps, effect, never);
    await perform(deps, effect, never);
    expect(channel.heard).toHaveLength(1);
  });

  test('brings back what the notifier answered to the one before, of the same deploy only', async () => {
    const { record, channel, deps, effect } = await noticed([null, 'failed']);
    const other = await register(store(), { service: `effects-${++services}` }, 'baking');
    await perform(deps, effect, never);
    await expect(perform(deps, { ...aNotice(record.deploy.id), id: 'second' }, never)).rejects.toBeInstanceOf(EffectError);
    await perform(deps, { ...aNotice(record.deploy.id), id: 'second' }, never);
    await perform(deps, aNotice(other.deploy.id), never);
    expect(channel.tries).toEqual([
      { memory: null, isRepeat: false },
      { memory: { heard: 1 }, isRepeat: false },
      { memory: { heard: 1 }, isRepeat: true },
      { memory: null, isRepeat: false },
    ]);
  });

  test('says what each check last answered, and what is put back', async () => {
    const { record, channel, deps, effect } = await noticed([]);
    await perform(deps, effect, never);
    expect(channel.heard[0]).toMatchObject({ state: 'baking', target: null, registeredBy: record.deploy.registeredBy });
    expect(channel.heard[0]?.checks.map(({ name }) => name)).toEqual(record.ruleSet.checks.map(({ name }) => name));
  });

  test('to a channel that was muted is dropped, unless it is bad', async () => {
    const { record, channel, deps, effect } = await noticed([]);
    if (effect.kind !== 'notify') throw new Error('it is a notice');
    await store().mute({ bakeId: record.deploy.id, notifier: 'team' });
    for (const topic of ['rolled_back', 'recovered', 'failed', 'passed'] as const) {
      const id = `${effect.id}:${topic}`;
      for (let tries = 0; tries < 2; tries += 1) await perform(deps, { ...effect, id, notice: { ...effect.notice, topic } }, never);
    }
    expect(channel.heard.map(({ topic }) => topic)).toEqual(['failed']);
  });

  test('about what was measured brings the chart of the failing check, and none where nothing was', async () => {
    const { record, channel, deps, effect } = await noticed([]);
    await perform(deps, effect, never);
    const list = [aMeasurement({ check: 'errors' })];
    await store().update(record.deploy.id, null, ({ bake }) => ({ ok: true, next: bake, effects: [], timeline: [], measurements: list }));
    await perform(deps, { ...effect, id: 'second' }, never);
    expect(channel.charts.map((chart) => chart?.check ?? null)).toEqual([null, 'errors']);
    expect(channel.charts[1]?.series.map(({ kind }) => kind)).toEqual(['release']);
  });

  test('for a channel that is gone is given up', async () => {
    const { record, deps, effect } = await noticed([], { notifiers: new Map() });
    await perform(deps, effect, never);
    expect(await givenUp(record)).toEqual([expect.stringContaining('it is not defined any more')]);
  });

  test('whose tries are used up stands in the story', async () => {
    const { record, deps, effect } = await noticed([]);
    await gaveUp(deps, effect);
    expect(await givenUp(record)).toEqual([expect.stringContaining('it could not be reached')]);
  });

  test('about a deploy that is gone is dropped', async () => {
    const { channel, deps } = await noticed([]);
    await perform(deps, aNotice('unknown'), never);
    expect(channel.heard).toEqual([]);
  });
});

describe('what runs', () => {
  const remember = (record: DeployRecord): QueuedEffect => ({
    id: `${record.deploy.id}:2:0`,
    bakeId: record.deploy.id,
    kind: 'remember_running',
  });

  async function targetOf(service: string): Promise<string | undefined> {
    const next = await register(store(), { service, version: 'v3', registeredAt: start + 9_000 }, 'baking');
    const { bake } = await rollBack(store(), { id: next.deploy.id, by: 'ana', at: start + 10_000, why: 'test' });
    return bake.state === 'rolling_back' ? bake.order.target.fingerprint : undefined;
  }

  test('is kept with the known-good deploy, and handed to the next rollback', async () => {
    const record = await register(store(), { service: `effects-${++services}`, version: 'v1' }, 'passed');
    await perform(dispatch({ platform: createFakeHook({ running: 'rev-9' }) }).deps, remember(record), never);
    expect(await targetOf(record.deploy.service)).toBe('rev-9');
  });

  test('is not asked for once a newer deploy is there', async () => {
    const record = await register(store(), { service: `effects-${++services}`, version: 'v1' }, 'passed');
    await register(store(), { service: record.deploy.service, version: 'v2', registeredAt: start + 1_000 }, 'baking');
    await perform(dispatch({ platform: createFakeHook({ running: 'rev-9' }) }).deps, remember(record), never);
    expect(await targetOf(record.deploy.service)).toBeUndefined();
  });

  test('that could not be asked is given up quietly', async () => {
    const record = await register(store(), { service: `effects-${++services}` }, 'passed');
    const { deps, lines } = dispatch();
    await gaveUp(deps, remember(record));
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
  });
});
