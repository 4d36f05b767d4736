import { describe, expect, test } from 'vitest';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import { gaveUp, perform } from '../../src/effects/dispatch.ts';
import { rollBack } from '../../src/usecases/intervene.ts';
import { aRollback, register, start } from '../store/fixtures.ts';
import { type Act, createFakeHook } from '../support/fake-hook.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { effectsOn, fresh, never, work } from './fixtures.ts';

const { dispatch, ordered, outcome, store } = effectsOn();

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
    { name: 'is performed, and its recovery is verified', acts: ['works'], state: 'verifying', attempts: ['succeeded'], performed: 1 },
    {
      name: 'by a hook that cannot tell what runs is performed',
      acts: ['works'],
      canAsk: false,
      state: 'verifying',
      attempts: ['succeeded'],
      performed: 1,
    },
    {
      name: 'that was killed after acting is performed again: what follows the switch may be missing',
      acts: ['dies after', 'works'],
      state: 'verifying',
      attempts: [null, 'succeeded'],
      performed: 2,
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
      name: 'that timed out is performed again: what follows the switch may be missing',
      acts: ['times out after', 'works'],
      state: 'verifying',
      attempts: ['timeout', 'succeeded'],
      performed: 2,
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
      name: 'whose hook ends with an error of ours is performed again, at most four times, and then needs a person',
      acts: ['breaks after'],
      state: 'failed, rolled back: unknown',
      attempts: ['timeout', 'timeout', 'timeout', 'timeout'],
      performed: 4,
    },
    {
      name: 'whose hook ends with an error of ours is not repeated blindly',
      acts: ['breaks after'],
      canAsk: false,
      state: 'failed, rolled back: unknown',
      attempts: ['timeout'],
      performed: 1,
    },
    {
      name: 'is retried where the hook was unreachable',
      acts: ['unreachable', 'works'],
      state: 'verifying',
      attempts: ['unreachable', 'succeeded'],
      performed: 1,
    },
    {
      name: 'is retried where the hook was unreachable and cannot ask the platform',
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
      name: 'that is refused is not retried',
      acts: ['refused'],
      state: 'failed, rolled back: no',
      attempts: ['refused'],
      performed: 0,
    },
    {
      name: 'that failed half-way is not retried, and its outcome is unknown',
      acts: ['failed'],
      state: 'failed, rolled back: unknown',
      attempts: ['failed'],
      performed: 0,
    },
    {
      name: 'that may have run never ends with the outcome `no`',
      acts: ['timeout', 'refused'],
      state: 'failed, rolled back: unknown',
      attempts: ['timeout', 'refused'],
      performed: 0,
    },
    {
      name: 'that was killed and then refused never ends with the outcome `no`',
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
        mustAct: false,
      },
    ]);
  });

  test('that is queued twice is performed once', async () => {
    const record = await ordered();
    const { deps, platform } = dispatch({ platform: createFakeHook({ canAsk: false }) });
    await perform(deps, aRollback(record), never);
    await perform(deps, aRollback(record), never);
    expect([platform.performed.length, (await outcome(record)).attempts]).toEqual([1, ['succeeded']]);
  });

  test('whose bake has moved on is skipped', async () => {
    const record = await register(store(), { service: fresh() }, 'failed');
    const { deps, platform } = dispatch();
    await perform(deps, aRollback(record), never);
    expect([platform.performed, (await outcome(record)).attempts]).toEqual([[], []]);
  });

  test('does not name a fingerprint that the bad release has as well', async () => {
    const record = await ordered();
    const { id } = record.deploy;
    await store().saveFingerprint(id, 'rev-7', 'deployed');
    const { deps, platform } = dispatch();
    await perform(deps, aRollback(record), never);
    expect(platform.performed).toMatchObject([{ from: { fingerprint: 'rev-7' }, target: { version: 'v0', fingerprint: undefined } }]);
  });

  test('never overwrites a release that was deployed after it with force', async () => {
    const record = await ordered();
    const { service } = record.deploy;
    await register(store(), { service, version: 'v3', registeredAt: start + 60_000 }, 'baking');
    const { deps, platform } = dispatch();
    await perform(deps, aRollback(record), never);
    expect(await outcome(record)).toEqual({ state: 'failed, rolled back: no', attempts: ['refused'] });
    expect(platform.performed).toEqual([]);
  });

  test('that was killed after acting does not act again on a newer release', async () => {
    const record = await ordered();
    const platform = createFakeHook({ acts: ['dies after', 'works'] });
    const { deps } = dispatch({ platform });
    await expect(perform(deps, aRollback(record), never)).rejects.toThrow('killed');
    await register(store(), { service: record.deploy.service, version: 'v3', registeredAt: start + 60_000 }, 'baking');
    platform.run('v3');
    await work(deps, aRollback(record));
    expect(await outcome(record)).toEqual({ state: 'failed, rolled back: unknown', attempts: [null, 'unknown'] });
    expect([platform.running(), platform.performed.length]).toEqual(['v3', 1]);
  });

  test('whose hook is no longer defined needs a person', async () => {
    const record = await ordered();
    await perform(dispatch({ hooks: new Map() }).deps, aRollback(record), never);
    expect(await outcome(record)).toEqual({ state: 'failed, rolled back: no', attempts: [] });
  });

  test('given up by the queue has an unknown outcome, and needs a person', async () => {
    const record = await ordered();
    const { deps, lines } = dispatch();
    await gaveUp(deps, aRollback(record));
    expect((await outcome(record)).state).toBe('failed, rolled back: unknown');
    expect(lines).toMatchObject([{ level: 'error', message: 'rollback given up' }]);
  });

  test('that a person orders again runs again, although an earlier one may have run', async () => {
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

  test('is in the timeline: start, end and output', async () => {
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
