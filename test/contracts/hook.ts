import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RollbackHook } from '../../src/ports/hook.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import { anOrder } from './an-order.ts';
import { describeHookNames, versionsReceived } from './hook-names.ts';

export { anOrder };

/**
 * How the platform behind a hook behaves. `fails`: it prints the secret and fails. `lies`: it reports success and does nothing. `unreadable`: it cannot say
 * which release runs; `unreadable after the action`: it cannot say so after it got an order.
 */
export type Behavior = 'works' | 'fails' | 'lies' | 'hangs' | 'unreadable' | 'unreadable after the action';

/** A hook that waits long enough for a busy machine, and the platform that it acts on. */
export type HookWorld = {
  readonly hook: RollbackHook;
  /** The same hook with a timeout of some seconds, for a platform that hangs. Default: `hook`. */
  readonly impatient?: RollbackHook;
  /** The same hook without a platform: nothing listens there, or the program does not exist. */
  readonly unreachable: RollbackHook;
  /** The same hook without a way to read the running release; `null` if the hook can always read it. */
  readonly unverifiable: RollbackHook | null;
  /** The fingerprint that the hook reads while a release runs. Default: the release itself. */
  fingerprintOf?(release: string): string;
  /** Adds a release that the platform can go back to. Not needed if the platform accepts any release. */
  addRelease?(release: string): void;
  /** The hook distinguishes two releases of the same version only by fingerprint, and refuses the rollback without one. */
  readonly needsFingerprint?: boolean;
  /** The platform is a program, which prints `working on it` before it hangs. */
  readonly prints?: boolean;
  readonly secret: string;
  behave(behavior: Behavior): void;
  running(): string;
  deploy(release: string): void;
  /** Removes a release from the platform. */
  removeRelease(release: string): void;
  /** The orders that arrived at the platform. */
  received(): readonly { readonly version: string; readonly id?: string }[];
  close(): Promise<void>;
};

const never = new AbortController().signal;

/** The fingerprint that the hook reads while a release runs. */
function fingerprintOf(world: HookWorld, release: string): string {
  return world.fingerprintOf?.(release) ?? release;
}

/** The contract of every rollback hook. `open` builds a hook and its platform. */
export function describeHookContract(name: string, open: () => Promise<HookWorld>): void {
  describe(`the ${name} hook`, () => {
    let world: HookWorld;
    beforeEach(async () => {
      world = await open();
      world.addRelease?.('v1');
      world.deploy('v2');
    });
    afterEach(() => world.close());

    describeSuccess(() => world);
    describe('in a rehearsal', () => describeRehearsals(() => world));
    describeFailures(() => world);
    describeHookNames(() => world);
  });
}

function describeSuccess(world: () => HookWorld): void {
  test('puts the target back, proves it, and passes the idempotency key on', async () => {
    const receipt = await world().hook.rollBack(anOrder(), never);
    const v1 = fingerprintOf(world(), 'v1');
    expect(receipt).toMatchObject({ alreadyThere: false, fingerprint: v1, summary: expect.stringContaining(`${v1} is running`) });
    expect(world().running()).toBe('v1');
    expect(versionsReceived(world())).toEqual(['v1']);
  });

  test('is idempotent: the second time, the target already runs, which is a success', async () => {
    await world().hook.rollBack(anOrder(), never);
    const again = await world().hook.rollBack(anOrder(), never);
    expect(again).toMatchObject({ alreadyThere: true, fingerprint: fingerprintOf(world(), 'v1') });
    expect(world().received()).toHaveLength(1);
  });

  test('acts again where the order must act, although the target runs', async () => {
    await world().hook.rollBack(anOrder(), never);
    const again = await world().hook.rollBack(anOrder({ mustAct: true }), never);
    expect(again).toMatchObject({ fingerprint: fingerprintOf(world(), 'v1') });
    expect(again.summary).not.toContain('nothing was done');
    expect(world().running()).toBe('v1');
  });

  test('reads the running release, if it can', async () => {
    expect(await world().hook.current(anOrder().place, never)).toBe(fingerprintOf(world(), 'v2'));
    expect((await world().unverifiable?.current(anOrder().place, never)) ?? null).toBeNull();
  });

  test('recognizes the target by its fingerprint', async () => {
    world().deploy('sha256:1f');
    const fingerprint = fingerprintOf(world(), 'sha256:1f');
    const order = anOrder({ target: { deployId: 'deploy-1', version: 'v1', fingerprint } });
    expect(await world().hook.rollBack(order, never)).toMatchObject({ alreadyThere: true, fingerprint });
    expect(world().received()).toHaveLength(0);
  });

  test('does not take the bad release for the good one if both have the same version', async () => {
    world().deploy('v1');
    const rollback = world().hook.rollBack(anOrder({ from: { version: 'v1' } }), never);
    if (world().needsFingerprint) expect(await effectErrorOf(rollback)).toMatchObject({ kind: 'refused' });
    else expect(await rollback).toMatchObject({ alreadyThere: false });
    expect(world().received()).toHaveLength(world().needsFingerprint ? 0 : 1);
  });

  test('finds the target by its version where its fingerprint is unknown, although that of the bad release is known', async () => {
    const from = { version: 'v2', fingerprint: fingerprintOf(world(), 'v2') };
    expect(await world().hook.rollBack(anOrder({ from }), never)).toMatchObject({ alreadyThere: false });
    expect(world().running()).toBe('v1');
  });

  test('does nothing where the bad release changed nothing on the platform, and says what to look at', async () => {
    world().deploy('v1');
    const from = { version: 'v2', fingerprint: (await world().hook.current(anOrder().place, never)) ?? '' };
    const error = await effectErrorOf(world().hook.rollBack(anOrder({ from }), never));
    expect(error).toMatchObject({ kind: 'refused', targetGone: false, message: expect.stringContaining('nothing to put back') });
    expect(world().received()).toHaveLength(0);
  });

  test('without a way to read the running release, the receipt says that the result is unproven', async ({ skip }) => {
    const { unverifiable } = world();
    if (unverifiable === null) return skip('this hook can always read the running release');
    const receipt = await unverifiable.rollBack(anOrder(), never);
    expect(receipt).toMatchObject({ fingerprint: null, summary: expect.stringContaining('unproven') });
    expect(world().running()).toBe('v1');
  });
}

function describeRehearsals(world: () => HookWorld): void {
  test('reports its findings and changes nothing', async () => {
    const findings = await world().hook.rehearse(anOrder(), never);
    expect(findings.join('; ')).toContain(`${fingerprintOf(world(), 'v2')} is running`);
    expect(world().running()).toBe('v2');
    expect(world().received()).toHaveLength(0);
  });

  test('fails if the platform is unreachable', async () => {
    expect((await effectErrorOf(world().unreachable.rehearse(anOrder(), never))).kind).toMatch(/unreachable|refused/);
  });
}

function describeFailures(world: () => HookWorld): void {
  test('a success that is only reported is a failure, which names both releases', async () => {
    world().behave('lies');
    const error = await effectErrorOf(world().hook.rollBack(anOrder(), never));
    expect(error).toMatchObject({ kind: 'failed', message: expect.stringMatching(/v2.* is running, not .*v1/) });
  });

  test('an error holds no secret, even if the platform prints it', async () => {
    world().behave('fails');
    const error = await effectErrorOf(world().hook.rollBack(anOrder(), never));
    expect(error.kind).toBe('failed');
    expect(error.output).toContain('[redacted]');
    expect(everythingIn(error)).not.toContain(world().secret);
  });

  test('a target that is gone from the platform has its own error, and the running release stays', async () => {
    world().removeRelease('v1');
    const error = await effectErrorOf(world().hook.rollBack(anOrder(), never));
    expect(error).toMatchObject({ kind: 'refused', targetGone: true });
    expect(error.message).not.toBe('');
    expect(world().running()).toBe('v2');
  });

  test('other failures do not report that the target is gone', async () => {
    world().behave('fails');
    expect(await effectErrorOf(world().hook.rollBack(anOrder(), never))).toMatchObject({ targetGone: false });
  });

  test('after a timeout the error says that the rollback may have run, with what was printed', async () => {
    world().behave('hangs');
    const error = await effectErrorOf((world().impatient ?? world().hook).rollBack(anOrder(), never));
    expect(error).toMatchObject({ kind: 'timeout', output: world().prints ? 'working on it\n' : '' });
  });

  test('reports what the program prints while it runs', async ({ skip }) => {
    if (world().prints !== true) return skip('this hook runs no program');
    world().behave('hangs');
    const outputs: string[] = [];
    const controller = new AbortController();
    const rollback = effectErrorOf(world().hook.rollBack(anOrder(), controller.signal, (soFar) => void outputs.push(soFar)));
    await expect.poll(() => outputs, { timeout: 15_000 }).toEqual(['working on it\n']);
    controller.abort();
    expect((await rollback).output).toBe('working on it\n');
  });

  test('an abort ends the wait, and the error says that the rollback may have run', async () => {
    world().behave('hangs');
    const controller = new AbortController();
    const rollback = effectErrorOf(world().hook.rollBack(anOrder(), controller.signal));
    await expect.poll(() => world().received().length, { timeout: 15_000, interval: 10 }).toBe(1);
    controller.abort();
    expect(await rollback).toMatchObject({ kind: 'timeout' });
  });

  test('an abort before the start sends nothing', async () => {
    for (const hook of [world().hook, world().unverifiable]) {
      if (hook === null) continue;
      expect(await effectErrorOf(hook.rollBack(anOrder(), AbortSignal.abort()))).toMatchObject({ kind: 'unreachable' });
    }
    expect(world().received()).toHaveLength(0);
  });

  test('an unreachable platform means that nothing ran', async () => {
    const error = await effectErrorOf(world().unreachable.rollBack(anOrder(), never));
    expect(error.kind).toBe('unreachable');
    expect(everythingIn(error)).not.toContain(world().secret);
  });

  test('does nothing if it cannot read the running release before', async () => {
    world().behave('unreadable');
    expect(await effectErrorOf(world().hook.rollBack(anOrder(), never))).toMatchObject({ kind: 'unreachable' });
    expect(world().received()).toHaveLength(0);
  });

  test('if it cannot read the running release afterwards, the rollback may have run, and the next attempt finds out', async () => {
    world().behave('unreadable after the action');
    expect(await effectErrorOf(world().hook.rollBack(anOrder(), never))).toMatchObject({ kind: 'timeout' });
    world().behave('works');
    expect(await world().hook.rollBack(anOrder(), never)).toMatchObject({ alreadyThere: true });
    expect(world().received()).toHaveLength(1);
  });
}
