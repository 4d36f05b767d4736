import { describe, expect, test } from 'vitest';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import { gaveUp, perform } from '../../src/effects/dispatch.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import { rollBack } from '../../src/usecases/intervene.ts';
import { register, start } from '../store/fixtures.ts';
import { createFakeHook } from '../support/fake-hook.ts';
import { effectsOn, fresh, never } from './fixtures.ts';

const { dispatch, store } = effectsOn();

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

  test('is stored with the known-good deploy, and passed to the next rollback', async () => {
    const record = await register(store(), { service: fresh(), version: 'v1' }, 'passed');
    await perform(dispatch({ platform: createFakeHook({ running: 'rev-9' }) }).deps, remember(record), never);
    expect(await targetOf(record.deploy.service)).toBe('rev-9');
  });

  test('is not read where a newer deploy exists', async () => {
    const record = await register(store(), { service: fresh(), version: 'v1' }, 'passed');
    await register(store(), { service: record.deploy.service, version: 'v2', registeredAt: start + 1_000 }, 'baking');
    await perform(dispatch({ platform: createFakeHook({ running: 'rev-9' }) }).deps, remember(record), never);
    expect(await targetOf(record.deploy.service)).toBeUndefined();
  });

  test('that could not be read is given up without an error', async () => {
    const record = await register(store(), { service: fresh() }, 'passed');
    const { deps, lines } = dispatch();
    await gaveUp(deps, remember(record));
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
  });
});
