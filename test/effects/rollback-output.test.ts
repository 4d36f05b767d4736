import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { perform } from '../../src/effects/dispatch.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import type { Receipt, RollbackHook } from '../../src/ports/hook.ts';
import type { Store } from '../../src/ports/store.ts';
import { aRollback } from '../store/fixtures.ts';
import { createFakeHook } from '../support/fake-hook.ts';
import { Killed } from '../support/killed.ts';
import { effectsOn, never } from './fixtures.ts';

const { dispatch, ordered, outcome, store } = effectsOn();

describe('the output of a rollback hook', () => {
  /** A hook that prints the texts and then calls `then`. */
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

  test('can be read while it runs, and in full at the end', async () => {
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

  test('stays when the process is killed', async () => {
    const record = await ordered();
    const hook = printing(['step 1'], async () => {
      await expect.poll(() => outputsOf(record)).toEqual(['step 1']);
      throw new Killed();
    });
    await expect(perform(withHook(hook), aRollback(record), never)).rejects.toThrow('killed');
    expect(await store().attempts(record.deploy.id)).toMatchObject([{ outcome: null, output: 'step 1' }]);
  });

  test('is saved one save at a time, and a failed save has no effect on the rollback', async () => {
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
