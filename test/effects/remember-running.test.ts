import { describe, expect, test } from 'vitest';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import { gaveUp, perform } from '../../src/effects/dispatch.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import { rollBack } from '../../src/usecases/intervene.ts';
import { bakeIn, commitOf, register, start } from '../store/fixtures.ts';
import { createFakeHook } from '../support/fake-hook.ts';
import { effectsOn, fresh, never } from './fixtures.ts';

const { dispatch, store } = effectsOn();

describe('what runs', () => {
  const remember = ({ deploy: { id } }: DeployRecord, moment: 'deployed' | 'passed' = 'passed'): QueuedEffect => ({
    id: `${id}:2:0`,
    bakeId: id,
    kind: 'remember_running',
    moment,
  });

  async function targetOf(service: string): Promise<string | undefined> {
    const next = await register(store(), { service, version: 'v3', registeredAt: start + 9_000 }, 'baking');
    const { bake } = await rollBack(store(), { id: next.deploy.id, by: 'ana', at: start + 10_000, why: 'test' });
    return bake.state === 'rolling_back' ? bake.order.target.fingerprint : undefined;
  }

  /** A deploy of which the platform is asked when it has finished; then it passes. */
  async function passing(first: string, then: string): Promise<DeployRecord> {
    const record = await register(store(), { service: fresh(), version: 'v1' }, 'baking');
    await perform(dispatch({ platform: createFakeHook({ running: first }) }).deps, remember(record, 'deployed'), never);
    await store().update(record.deploy.id, null, () => ({ ok: true, ...commitOf(bakeIn(record.deploy, 'passed')) }));
    await perform(dispatch({ platform: createFakeHook({ running: then }) }).deps, remember(record), never);
    return record;
  }

  test('is stored with the known-good deploy, and passed to the next rollback', async () => {
    expect(await targetOf((await passing('rev-9', 'rev-9')).deploy.service)).toBe('rev-9');
  });

  test('is not kept where a newer release was placed, but not registered, before this one passed', async () => {
    expect(await targetOf((await passing('rev-9', 'rev-10')).deploy.service)).toBeUndefined();
  });

  test('is not kept where the platform was asked about the deploy only when it had passed', async () => {
    const record = await register(store(), { service: fresh(), version: 'v1' }, 'passed');
    const { deps } = dispatch({ platform: createFakeHook({ running: 'rev-9' }) });
    await perform(deps, remember(record, 'deployed'), never);
    await perform(deps, remember(record), never);
    expect(await targetOf(record.deploy.service)).toBeUndefined();
  });

  test.for(['rolling_back', 'verifying'] as const)('is not read while the deploy is %s: the target may run already', async (state) => {
    const record = await register(store(), { service: fresh(), version: 'v2' }, state);
    await perform(dispatch({ platform: createFakeHook({ running: 'rev-1' }) }).deps, remember(record, 'deployed'), never);
    expect(await store().firstFingerprint(record.deploy.id)).toBeNull();
  });

  test('is not read where a newer deploy exists', async () => {
    const record = await register(store(), { service: fresh(), version: 'v1' }, 'baking');
    await register(store(), { service: record.deploy.service, version: 'v2', registeredAt: start + 1_000 }, 'baking');
    await perform(dispatch({ platform: createFakeHook({ running: 'rev-9' }) }).deps, remember(record, 'deployed'), never);
    expect(await store().firstFingerprint(record.deploy.id)).toBeNull();
  });

  test('is not kept where a newer deploy is registered while the platform is asked', async () => {
    const record = await register(store(), { service: fresh(), version: 'v1' }, 'baking');
    const { hook } = createFakeHook({ running: 'rev-9' });
    const current: typeof hook.current = async (...place) => {
      await register(store(), { service: record.deploy.service, version: 'v2', registeredAt: start + 1_000 }, 'baking');
      return await hook.current(...place);
    };
    const hooks = new Map([['deployer', { type: 'fake', hook: { ...hook, current } }]]);
    await perform(dispatch({ hooks }).deps, remember(record, 'deployed'), never);
    expect(await store().firstFingerprint(record.deploy.id)).toBeNull();
  });

  test('that could not be read is given up without an error', async () => {
    const record = await register(store(), { service: fresh() }, 'passed');
    const { deps, lines } = dispatch();
    await gaveUp(deps, remember(record));
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
  });
});
