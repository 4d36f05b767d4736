import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import { EffectError } from '../../src/core/base/errors.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { perform } from '../../src/effects/dispatch.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import type { Store } from '../../src/ports/store.ts';
import { register, start } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createFakeHook, type FakeHook } from '../support/fake-hook.ts';
import { createFakeLog, silentMeter } from '../support/fake-meter.ts';
import { Killed } from '../support/killed.ts';
import { createManualClock } from '../support/manual-clock.ts';

export const never = new AbortController().signal;

/** The name of a service that no other test uses. */
export const fresh = () => `effects-${randomUUID()}`;

/** Opens a store for all tests of a file, and builds what the tests of effects need on it. */
export function effectsOn() {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await aDatabase();
  });
  afterAll(() => database.close());
  const store = (): Store => database.store;

  /** What effects need, with a fake platform, and the lines that they log. */
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

  /** A new service whose rollback to v0 is ordered. */
  async function ordered(): Promise<DeployRecord> {
    return await register(store(), { service: fresh(), version: 'v2' }, 'rolling_back');
  }

  /** The state of the bake, and how the attempts at its order ended. */
  async function outcome({ deploy }: DeployRecord) {
    const bake = (await store().find(deploy.id))?.bake;
    const attempts = await store().attempts(deploy.id);
    const state = bake?.state === 'failed' ? `failed, rolled back: ${bake.rolledBack}` : bake?.state;
    return { state, attempts: attempts.map((attempt) => attempt.outcome) };
  }

  return { store, dispatch, ordered, outcome };
}

/** Performs the order like the queue: until it no longer throws. Returns the number of tries. */
export async function work(deps: DispatchDeps, effect: QueuedEffect, maxTries = 10): Promise<number> {
  for (let tries = 1; tries <= maxTries; tries++) {
    try {
      await perform(deps, effect, never);
      return tries;
    } catch (error) {
      if (!(error instanceof EffectError) && !(error instanceof Killed)) throw error;
    }
  }
  return maxTries;
}
