import { describe, expect, test } from 'vitest';
import { createProcesses } from '../../src/app/processes.ts';
import { formatClock } from '../../src/core/bake/time-left.ts';
import { AppError, EffectError } from '../../src/core/base/errors.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { perform } from '../../src/effects/dispatch.ts';
import { nothingDone } from '../../src/effects/hook-attempt.ts';
import type { NewAttempt } from '../../src/ports/audit-log.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import type { ProcessRef } from '../../src/ports/process-table.ts';
import type { Store } from '../../src/ports/store.ts';
import { aRollback, aShift, register, start } from '../store/fixtures.ts';
import { createFakeHook, type FakeHook } from '../support/fake-hook.ts';
import { createFakeProcesses, fromHere, here } from '../support/fake-processes.ts';
import { createFakeShiftHook } from '../support/fake-shift-hook.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { effectsOn, fresh, never } from './fixtures.ts';

const { dispatch, ordered, outcome, store } = effectsOn();

const now = start + 120_000;
const deadlineAt = now + 60_000;
const elsewhere = { host: 'shop-2', space: 'boot 2', pid: 7, start: '70' };

type Earlier = Pick<NewAttempt, 'owner'> & { readonly program?: ProcessRef; readonly orderId?: string };

/** Another server has begun an attempt at the order, and nothing is heard of it any more. */
async function begun(record: DeployRecord, { program, ...earlier }: Earlier = { owner: elsewhere }): Promise<void> {
  const effect = aRollback(record);
  const orderId = earlier.orderId ?? orderOf(record);
  await store().beginAttempt({ orderId, effectId: effect.id, bakeId: record.deploy.id, at: now - 10_000, deadlineAt, ...earlier });
  if (program !== undefined) await store().saveAttemptProgram({ orderId, number: 1, program });
}

function orderOf({ bake }: DeployRecord): string {
  if (bake.state !== 'rolling_back') throw new Error(bake.state);
  return bake.order.id;
}

/** A clock that calls `then` at every pause, with the number of pauses so far. */
function pausing(then: (pauses: number) => unknown) {
  const clock = createManualClock(now);
  let pauses = 0;
  return {
    ...clock,
    async sleep(ms: number, signal: AbortSignal) {
      await clock.sleep(ms, signal);
      await then(++pauses);
    },
  };
}

const story = async ({ deploy }: DeployRecord, kind: string) =>
  (await store().timeline(deploy.id)).filter((entry) => entry.kind === kind).map(({ text }) => text);

/** The hook of the platform, with the instants at which it was called. */
function timed({ hook, ...platform }: FakeHook, clock: { now(): number }) {
  const calledAt: number[] = [];
  const rollBack: typeof hook.rollBack = async (...args) => {
    calledAt.push(clock.now());
    return await hook.rollBack(...args);
  };
  return { platform: { ...platform, hook: { ...hook, rollBack } }, calledAt };
}

describe('an order whose earlier attempt has no recorded end', () => {
  test('begins another attempt only after the deadline of the earlier one, and says what it waits for', async () => {
    const record = await ordered();
    await begun(record);
    const clock = createManualClock(now);
    const { platform, calledAt } = timed(createFakeHook(), clock);
    await perform(dispatch({ platform, clock }).deps, aRollback(record), never);
    expect(await outcome(record)).toEqual({ state: 'verifying', attempts: [null, 'succeeded'] });
    expect(calledAt).toEqual([deadlineAt]);
    expect(platform.performed).toMatchObject([{ mustAct: true }]);
    expect(await story(record, 'hook_awaited')).toEqual([
      `attempt 1 may still be running on another server (shop-2) until ${formatClock(deadlineAt)}; the order waits for it`,
    ]);
  });

  test('is done as soon as the platform comes to show the target', async () => {
    const record = await ordered();
    await begun(record);
    const platform = createFakeHook();
    const clock = pausing((pauses) => pauses === 3 && platform.run('v0'));
    await perform(dispatch({ platform, clock }).deps, aRollback(record), never);
    expect([await outcome(record), platform.performed]).toEqual([{ state: 'verifying', attempts: [null, 'already_there'] }, []]);
    expect(clock.now()).toBeLessThan(deadlineAt);
    // If the service does not recover, the hook is called once more.
    expect((await store().find(record.deploy.id))?.bake).toMatchObject({ isUntouched: true });
    expect(await story(record, 'hook_ended')).toEqual([
      'attempt 2: already there: attempt 1 went on after its server had ended, and v0 is running',
    ]);
  });

  test('acts again after the deadline where the target ran from the first look on: the earlier attempt may have stopped half-way', async () => {
    const record = await ordered();
    await begun(record);
    const platform = createFakeHook({ running: 'v0' });
    const { deps } = dispatch({ platform, clock: createManualClock(now) });
    await perform(deps, aRollback(record), never);
    expect([deps.clock.now(), platform.performed]).toMatchObject([deadlineAt, [{ mustAct: true }]]);
  });

  test('is done at once where the target runs and another machine does the work', async () => {
    const record = await ordered();
    await begun(record);
    const platform = createFakeHook({ running: 'v0' });
    const remote = { ...platform, hook: { ...platform.hook, isRemote: true as const } };
    const { deps } = dispatch({ platform: remote, clock: createManualClock(now) });
    await perform(deps, aRollback(record), never);
    expect([deps.clock.now(), platform.performed, await outcome(record)]).toEqual([
      now,
      [],
      { state: 'verifying', attempts: [null, 'already_there'] },
    ]);
  });

  test('waits for another machine that may go on although this server ended the call', async () => {
    const record = await ordered();
    await begun(record, { owner: here });
    await store().endAttempt({ orderId: orderOf(record), number: 1, at: now, outcome: 'interrupted', output: '' });
    const platform = createFakeHook();
    const remote = { ...platform, hook: { ...platform.hook, isRemote: true as const } };
    const { deps } = dispatch({ platform: remote, clock: createManualClock(now), ...createFakeProcesses(here.pid) });
    await perform(deps, aRollback(record), never);
    expect([deps.clock.now(), platform.performed.length]).toEqual([deadlineAt, 1]);
  });

  test('waits for the deadline where the platform cannot be asked, and then asks people to look', async () => {
    const record = await ordered();
    await begun(record);
    const { deps, platform } = dispatch({ platform: createFakeHook({ canAsk: false }), clock: createManualClock(now) });
    await perform(deps, aRollback(record), never);
    expect([deps.clock.now(), platform.performed]).toEqual([deadlineAt, []]);
    expect(await outcome(record)).toEqual({ state: 'failed, rolled back: unknown', attempts: [null, 'unknown'] });
  });

  test('does not wait where the server and the program of the attempt have ended on this machine', async () => {
    const record = await ordered();
    await begun(record, fromHere);
    const { deps, platform } = dispatch({ clock: createManualClock(now), ...createFakeProcesses() });
    await perform(deps, aRollback(record), never);
    expect([deps.clock.now(), platform.performed.length]).toEqual([now, 1]);
    expect(await story(record, 'hook_awaited')).toEqual([]);
  });

  test('does not wait where the server has ended on this machine, and the attempt had only looked', async () => {
    const record = await ordered();
    await begun(record, { owner: fromHere.owner, program: nothingDone });
    const { deps, platform } = dispatch({ clock: createManualClock(now), processes: { ...createProcesses(), self: here } });
    await perform(deps, aRollback(record), never);
    expect([deps.clock.now(), platform.performed.length]).toEqual([now, 1]);
  });

  test.for([
    ['its server is still alive', [10], fromHere.program],
    ['it is not known which program it ran', [], undefined],
  ] as const)('waits where %s', async ([, pids, program]) => {
    const record = await ordered();
    await begun(record, { owner: fromHere.owner, ...(program && { program }) });
    const { deps, platform } = dispatch({ clock: createManualClock(now), ...createFakeProcesses(...pids) });
    await perform(deps, aRollback(record), never);
    expect([deps.clock.now(), platform.performed.length]).toEqual([deadlineAt, 1]);
    expect((await story(record, 'hook_awaited'))[0]).toContain('attempt 1 may still be running here until');
  });

  test('waits until its program has ended, although the target runs: what follows the switch takes time', async () => {
    const record = await ordered();
    await begun(record, fromHere);
    const machine = createFakeProcesses(20);
    const clock = pausing((pauses) => pauses === 4 && machine.running.delete(20));
    const { deps, platform } = dispatch({ platform: createFakeHook({ running: 'v0' }), clock, ...machine });
    await perform(deps, aRollback(record), never);
    expect([machine.running.size, platform.performed]).toEqual([0, []]);
    expect(await outcome(record)).toEqual({ state: 'verifying', attempts: [null, 'already_there'] });
  });

  describe('and whose program outlived its server', () => {
    /** A server waits while these processes run, and is killed. They end while nobody watches. */
    async function outlived(record: DeployRecord, ...pids: readonly number[]) {
      await begun(record, fromHere);
      const killed = new AbortController();
      const clock = pausing(() => killed.abort(new Error('killed')));
      const waiting = perform(dispatch({ clock, ...createFakeProcesses(...pids) }).deps, aRollback(record), killed.signal);
      await expect(waiting).rejects.toThrow('killed');
    }

    test('is done for the server after the next one, too', async () => {
      const record = await ordered();
      await outlived(record, 20);
      const platform = createFakeHook({ running: 'v0' });
      const { deps } = dispatch({ platform, clock: createManualClock(now), ...createFakeProcesses() });
      await perform(deps, aRollback(record), never);
      expect([deps.clock.now(), platform.performed]).toEqual([now, []]);
      expect(await outcome(record)).toEqual({ state: 'verifying', attempts: [null, 'already_there'] });
    });

    test.for([
      ['the target does not run', 'v1', now],
      ['it may have been ended at its deadline', 'v0', deadlineAt],
    ] as const)('begins another attempt where %s', async ([, running, at]) => {
      const record = await ordered();
      await outlived(record, 20);
      const platform = createFakeHook({ running });
      const { deps } = dispatch({ platform, clock: createManualClock(at), ...createFakeProcesses() });
      await perform(deps, aRollback(record), never);
      expect([deps.clock.now(), platform.performed.length]).toEqual([at, 1]);
    });

    test('begins another attempt where a person gives the order again', async () => {
      const record = await ordered();
      await outlived(record, 20);
      const platform = createFakeHook({ running: 'v0' });
      const { deps } = dispatch({ platform, clock: createManualClock(now), ...createFakeProcesses() });
      await perform(deps, { ...aRollback(record), id: `${record.deploy.id}:9:0` } as ReturnType<typeof aRollback>, never);
      expect(platform.performed).toMatchObject([{ mustAct: true }]);
    });

    test('begins another attempt where its server was at work as well: it may have been killed with it', async () => {
      const record = await ordered();
      await outlived(record, 10, 20);
      const platform = createFakeHook({ running: 'v0' });
      const { deps } = dispatch({ platform, clock: createManualClock(now), ...createFakeProcesses() });
      await perform(deps, aRollback(record), never);
      expect(platform.performed).toMatchObject([{ mustAct: true }]);
    });
  });

  test('ends a program that runs past its deadline, and then acts', async () => {
    const record = await ordered();
    await begun(record, fromHere);
    const machine = createFakeProcesses(20);
    const { deps, platform, lines } = dispatch({ clock: createManualClock(now), ...machine });
    await perform(deps, aRollback(record), never);
    expect([machine.ended, platform.performed.length]).toMatchObject([[fromHere.program], 1]);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'hook ended at its deadline' }));
  });

  test.for([
    ['failed', [{ mustAct: true }]],
    ['succeeded', []],
  ] as const)('goes on when its server records that it %s', async ([result, performed]) => {
    const record = await ordered();
    await begun(record);
    const end = { orderId: orderOf(record), number: 1, at: now, outcome: result, output: '' };
    const clock = pausing((pauses) => pauses === 2 && store().endAttempt(end));
    const { deps, platform } = dispatch({ clock });
    await perform(deps, aRollback(record), never);
    expect([clock.now() < deadlineAt, platform.performed]).toMatchObject([true, performed]);
    expect((await outcome(record)).state).toBe('verifying');
  });

  test('waits as well when a person gives it again, and for an attempt at an order to another release', async () => {
    const record = await ordered();
    await begun(record, { owner: elsewhere, orderId: `${record.deploy.id}:another` });
    const { deps, platform } = dispatch({ platform: createFakeHook({ running: 'v0' }), clock: createManualClock(now) });
    await perform(deps, { ...aRollback(record), id: `${record.deploy.id}:9:0` } as ReturnType<typeof aRollback>, never);
    expect(deps.clock.now()).toBe(deadlineAt);
    expect(platform.performed).toEqual([]);
  });

  test('begins nothing once it is no longer wanted', async () => {
    const record = await ordered();
    await begun(record);
    const clock = pausing(() =>
      store().update(record.deploy.id, null, ({ bake }) => ({ ok: true, next: { ...bake, ...over }, effects: [], timeline: [] })),
    );
    const over = { state: 'failed', at: now, rolledBack: 'unknown', reasons: ['too late'] } as const;
    const { deps, platform } = dispatch({ clock });
    await perform(deps, aRollback(record), never);
    expect([platform.performed, (await outcome(record)).attempts]).toEqual([[], [null]]);
  });

  test('stops to wait when the server stops', async () => {
    const record = await ordered();
    await begun(record);
    const stopping = new AbortController();
    const clock = pausing(() => stopping.abort(new Error('the server stops')));
    await expect(perform(dispatch({ clock }).deps, aRollback(record), stopping.signal)).rejects.toThrow('the server stops');
    expect(await outcome(record)).toEqual({ state: 'rolling_back', attempts: [null] });
  });
});

describe('a server that has lost its order', () => {
  const receipt = { summary: 'v0 is running', alreadyThere: false, fingerprint: 'v0', output: '' };
  const endings: readonly [string, () => Promise<typeof receipt>][] = [
    ['succeeds', async () => receipt],
    ['fails', async () => Promise.reject(new EffectError('failed', 'it broke'))],
    ['times out', async () => Promise.reject(new EffectError('timeout', 'no answer'))],
    ['is refused', async () => Promise.reject(new EffectError('refused', 'no'))],
  ];
  test.for(endings)('writes nothing when its hook %s after a newer attempt has begun', async ([, end]) => {
    const record = await ordered();
    const platform = createFakeHook();
    let before: unknown;
    const rollBack = async () => {
      await store().beginAttempt({ orderId: orderOf(record), effectId: 'newer', bakeId: record.deploy.id, at: now });
      before = await everything(record);
      return await end();
    };
    const { deps } = dispatch({ platform: { ...platform, hook: { ...platform.hook, rollBack } } });
    await expect(perform(deps, aRollback(record), never)).rejects.toThrow('writes nothing');
    expect(await everything(record)).toEqual(before);
  });

  test('never fails the bake when its work is aborted; the next server acts again', async () => {
    const record = await ordered();
    const lost = new AbortController();
    const hook = createFakeHook();
    const rollBack = async () => {
      lost.abort(new Error('the server stops'));
      throw new EffectError('timeout', 'the command was interrupted and was killed', { output: 'half' });
    };
    const { deps } = dispatch({ platform: { ...hook, hook: { ...hook.hook, rollBack } } });
    await expect(perform(deps, aRollback(record), lost.signal)).rejects.toThrow('interrupted');
    expect(await outcome(record)).toEqual({ state: 'rolling_back', attempts: ['interrupted'] });
    expect(await story(record, 'hook_ended')).toEqual([
      'attempt 1: interrupted: the server stops: the command was interrupted and was killed',
    ]);
    const next = dispatch();
    await perform(next.deps, aRollback(record), never);
    expect([next.platform.performed, await outcome(record)]).toMatchObject([
      [{ mustAct: true }],
      { state: 'verifying', attempts: ['interrupted', 'succeeded'] },
    ]);
  });

  const everything = async ({ deploy: { id } }: DeployRecord) => [
    await store().find(id),
    await store().attempts(id),
    await store().timeline(id),
  ];
});

describe('where the database is away when a hook ends', () => {
  const away = (times: number) => {
    let calls = 0;
    const endAttempt: Store['endAttempt'] = async (end) => {
      if (++calls <= times) throw new AppError('unavailable', 'the database is away');
      return await store().endAttempt(end);
    };
    return { ...store(), endAttempt };
  };

  test('its end is stored as soon as the database is back, and the hook is not called again', async () => {
    const record = await ordered();
    const { deps, platform } = dispatch({ store: away(3), ...createFakeProcesses(here.pid) });
    await perform(deps, aRollback(record), never);
    expect([platform.performed.length, await outcome(record)]).toEqual([1, { state: 'verifying', attempts: ['succeeded'] }]);
  });

  test('for long, the same server does not wait for itself when it tries again', async () => {
    const record = await ordered();
    const machine = createFakeProcesses(here.pid);
    await expect(perform(dispatch({ store: away(1_000), ...machine }).deps, aRollback(record), never)).rejects.toThrow('is away');
    const again = dispatch({ clock: createManualClock(now), ...machine });
    await perform(again.deps, aRollback(record), never);
    expect([again.deps.clock.now(), await outcome(record)]).toEqual([now, { state: 'verifying', attempts: [null, 'succeeded'] }]);
  });
});

describe('an order to shift traffic', () => {
  test('waits for an attempt at an earlier share, which would otherwise end after it', async () => {
    const record = await register(store(), { service: fresh(), version: 'v2' }, 'rolling_back');
    const { id } = record.deploy;
    await begun(record, { owner: elsewhere, orderId: `${id}:shift:25` });
    const clock = createManualClock(now);
    const splitter = createFakeShiftHook();
    const deps: DispatchDeps = {
      ...dispatch({ clock }).deps,
      shiftHooks: new Map([['splitter', { hook: splitter.hook, type: 'fake' }]]),
    };
    const back = { ...aShift(record), shift: { id: `${id}:shift:0`, weight: 0 } } as ReturnType<typeof aShift>;
    await perform(deps, back, never);
    expect(clock.now()).toBe(deadlineAt);
    expect((await store().attempts(id)).map((attempt) => attempt.outcome)).toEqual([null, 'already_there']);
  });
});
