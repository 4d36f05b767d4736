import { expect, test } from 'vitest';
import type { Bake } from '../../src/core/bake/bake.ts';
import type { DeployRecord, DeploySummary } from '../../src/ports/bake-store.ts';
import { type DeployOptions, register, start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What lists show of a deploy. */
function summaryOf({ ruleSet: _, plan: __, ...summary }: DeployRecord): DeploySummary {
  return summary;
}

/** Which release is known good. */
export function knownGood(both: Both): void {
  const targetOf = async (id: string) => {
    let seen: unknown;
    await both().store.update(id, null, async (_, facts) => {
      seen = (await facts()).knownGood;
      return { ok: false, refusal: 'only looking' };
    });
    return seen;
  };
  /** Registers deploys one second apart and returns the target of the last one. */
  const targetAfter = async (story: readonly (readonly [version: string, state: Bake['state'], options?: DeployOptions])[]) => {
    const service = fresh();
    let id = '';
    for (const [i, [version, state, options]] of story.entries()) {
      id = (await register(both().store, { service, version, registeredAt: start + i * 1_000, ...options }, state)).deploy.id;
    }
    return await targetOf(id);
  };

  test('no target where no deploy passed', async () => {
    expect(
      await targetAfter([
        ['v1', 'canceled'],
        ['v2', 'inconclusive'],
        ['v3', 'baking'],
      ]),
    ).toBeNull();
  });
  test('the newest deploy that passed, never the deploy itself', async () => {
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v2', 'passed'],
        ['v3', 'passed'],
      ]),
    ).toMatchObject({ version: 'v2' });
  });
  test('after two bad releases, the last verified one', async () => {
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v2', 'rolled_back'],
        ['v3', 'baking'],
      ]),
    ).toMatchObject({ version: 'v1' });
  });
  test('a version that was condemned later is no target; one that passed again is', async () => {
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v2', 'passed'],
        ['v2', 'rolled_back'],
        ['v3', 'baking'],
      ]),
    ).toMatchObject({ version: 'v1' });
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v2', 'passed'],
        ['v2', 'failed'],
        ['v3', 'baking'],
      ]),
    ).toMatchObject({ version: 'v1' });
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v2', 'failed'],
        ['v2', 'passed'],
        ['v3', 'baking'],
      ]),
    ).toMatchObject({ version: 'v2' });
  });
  test('the bake of the deploy itself does not count for its version', async () => {
    expect(
      await targetAfter([
        ['v1', 'passed'],
        ['v1', 'failed'],
      ]),
    ).toMatchObject({ version: 'v1' });
  });
  test('an adopted release counts, unless it was condemned', async () => {
    expect(
      await targetAfter([
        ['v1', 'superseded', { adopted: true }],
        ['v2', 'baking'],
      ]),
    ).toMatchObject({ version: 'v1' });
    expect(
      await targetAfter([
        ['v1', 'rolled_back', { adopted: true }],
        ['v2', 'baking'],
      ]),
    ).toBeNull();
  });
  test('where no release is verified, the newest one that was held with nothing against it', async () => {
    expect(
      await targetAfter([
        ['v1', 'inconclusive', { isClean: true }],
        ['v2', 'inconclusive', { isClean: true }],
        ['v3', 'inconclusive'],
        ['v4', 'baking'],
      ]),
    ).toMatchObject({ version: 'v2', isUnverified: true });
  });
  test('an older verified release is preferred to a newer unverified one', async () => {
    const target = await targetAfter([
      ['v1', 'passed'],
      ['v2', 'inconclusive', { isClean: true }],
      ['v3', 'baking'],
    ]);
    expect(target).toMatchObject({ version: 'v1' });
    expect(target).not.toHaveProperty('isUnverified');
  });
  test('an adopted release is verified, although its bake was held', async () => {
    const target = await targetAfter([
      ['v1', 'inconclusive', { adopted: true, isClean: true }],
      ['v2', 'baking'],
    ]);
    expect(target).toMatchObject({ version: 'v1' });
    expect(target).not.toHaveProperty('isUnverified');
  });
  test('an unverified release that was condemned later is no target', async () => {
    expect(
      await targetAfter([
        ['v1', 'inconclusive', { isClean: true }],
        ['v2', 'inconclusive', { isClean: true }],
        ['v2', 'failed'],
        ['v3', 'baking'],
      ]),
    ).toMatchObject({ version: 'v1' });
  });
  test('an unverified release is shown as such', async () => {
    const service = fresh();
    const held = await register(both().store, { service, version: 'v1', isClean: true }, 'inconclusive');
    const latest = await register(both().store, { service, version: 'v2', registeredAt: start + 1 });
    const place = { service, environment: 'production' };
    expect(await both().store.knownGood(place, 1)).toMatchObject([{ version: 'v1', isUnverified: true }]);
    expect(await both().store.knownGood(place, 50)).toMatchObject([{ version: 'v1', isUnverified: true }]);
    const summary = (await both().store.services()).find((entry) => entry.service === service);
    expect(summary).toEqual({ ...place, latest: summaryOf(latest), knownGood: summaryOf(held), isUnverified: true });
  });
  test('the newest deploy of a service that passed is its known-good one', async () => {
    const service = fresh();
    await register(both().store, { service, version: 'v1' }, 'passed');
    const latest = await register(both().store, { service, version: 'v2', registeredAt: start + 1 }, 'passed');
    const summary = (await both().store.services()).find((entry) => entry.service === service);
    expect(summary).toEqual({ service, environment: 'production', latest: summaryOf(latest), knownGood: summaryOf(latest) });
    expect(await both().store.knownGood({ service, environment: 'production' }, 1)).toMatchObject([{ version: 'v2' }]);
  });
  test('other services and environments do not count', async () => {
    expect(
      await targetAfter([
        ['v1', 'passed', { environment: 'staging' }],
        ['v2', 'baking'],
      ]),
    ).toBeNull();
  });
  test('a target has the saved fingerprint, and the version, commit and image of its release', async () => {
    const service = fresh();
    const good = await register(both().store, { service, version: 'v1' }, 'passed');
    await both().store.saveFingerprint(good.deploy.id, 'revision 41', 'deployed');
    await both().store.saveFingerprint(good.deploy.id, 'revision 41', 'passed');
    const bad = await register(both().store, { service, version: 'v2', registeredAt: start + 1 });
    expect(await targetOf(bad.deploy.id)).toEqual({
      deployId: good.deploy.id,
      version: 'v1',
      commit: 'abc',
      image: undefined,
      fingerprint: 'revision 41',
    });
    const summary = (await both().store.services()).find((entry) => entry.service === service);
    expect(summary).toEqual({ service, environment: 'production', latest: summaryOf(bad), knownGood: summaryOf(good) });
  });

  test('a fingerprint is kept only where both looks agree, or a person adopted what runs', async () => {
    const service = fresh();
    const good = await register(both().store, { service, version: 'v1' }, 'passed');
    const bad = await register(both().store, { service, version: 'v2', registeredAt: start + 1 });
    const target = { deployId: good.deploy.id, version: 'v1', commit: 'abc', image: undefined };
    const isKept = async (fingerprint: string | undefined) => expect(await targetOf(bad.deploy.id)).toEqual({ ...target, fingerprint });
    await both().store.saveFingerprint(good.deploy.id, 'rev-1', 'passed');
    await isKept(undefined);
    await both().store.saveFingerprint(good.deploy.id, 'rev-1', 'deployed');
    await both().store.saveFingerprint(good.deploy.id, 'rev-2', 'passed');
    await isKept(undefined);
    expect(await both().store.firstFingerprint(good.deploy.id)).toBe('rev-1');
    await both().store.saveFingerprint(good.deploy.id, 'rev-1', 'passed');
    await isKept('rev-1');
    await both().store.saveFingerprint(good.deploy.id, 'rev-3', 'adopted');
    await isKept('rev-3');
  });
}
