import { describe, expect, test } from 'vitest';
import { argoRollouts } from '../../src/hooks/argo-rollouts.ts';
import { createHttp } from '../../src/net/http.ts';
import type { RollbackOrder } from '../../src/ports/hook.ts';
import { anOrder, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { createFakeArgo, type FakeArgo } from '../support/fake-argo.ts';
import { runInProcess } from '../support/fake-program.ts';
import { argoOptions, openArgo } from './argo-world.ts';

const never = new AbortController().signal;
const http = createHttp();

const open = () => openArgo('in this process');
describeHookContract('argo_rollouts', open);
describeKilled('argo_rollouts', open);

describe('rollbacks with Argo Rollouts', () => {
  /** A Rollout that has deployed these images. */
  function aRollout(...images: readonly string[]): FakeArgo {
    const fake = createFakeArgo('');
    for (const image of images) fake.deploy(image);
    return fake;
  }
  const hookOf = (fake: FakeArgo, rest: Readonly<Record<string, unknown>> = {}) =>
    argoRollouts.bind({ kubectl: 'kubectl', plugin: 'plugin', ...argoOptions, timeout: '2s', ...rest })({
      http,
      run: runInProcess(fake.programs),
    });
  const rollBack = (fake: FakeArgo, order: Partial<RollbackOrder> = {}, rest: Readonly<Record<string, unknown>> = {}) =>
    hookOf(fake, rest).rollBack(anOrder(order), never);

  test('a rollout in progress is aborted, which does not change its spec', async () => {
    const fake = aRollout('v1');
    fake.deploy('v2', { isHalfway: true });
    expect(await rollBack(fake)).toMatchObject({ alreadyThere: false, fingerprint: 'shop:v1 (pods 5f7cd8b1)' });
    expect(await rollBack(fake)).toMatchObject({ alreadyThere: true });
    expect(fake.commands()).toEqual(['abort shop']);
  });

  test('an abort is complete when the stable release has all its pods again', async () => {
    const fake = aRollout('v1');
    fake.deploy('v2', { isHalfway: true });
    fake.set({ available: 1 });
    const error = await effectErrorOf(rollBack(fake, {}, { timeout: '100ms' }));
    expect(error).toMatchObject({ kind: 'failed', message: expect.stringContaining('still Degraded: RolloutAborted') });
  });

  test('a rollout in progress is undone if the target is not its stable release', async () => {
    const fake = aRollout('v0', 'v1', 'v2');
    fake.deploy('v3', { isHalfway: true });
    await rollBack(fake, { from: { version: 'v3' } });
    expect(fake.commands()).toEqual(['undo --to-revision=2 shop']);
  });

  test('the known-good release is promoted past the pauses of a canary', async () => {
    const fake = aRollout('v1', 'v2');
    fake.set({ pauses: true, lag: 1 });
    await rollBack(fake);
    expect(fake.commands()).toEqual(['undo --to-revision=1 shop', 'promote --full shop']);
    expect(fake.state().stable).toBe('5f7cd8b1');
  });

  test('an interrupted attempt is completed', async () => {
    const fake = aRollout('v1', 'v2');
    fake.set({ current: '5f7cd8b1' });
    expect(await rollBack(fake)).toMatchObject({ alreadyThere: true });
    expect(fake.commands()).toEqual(['promote --full shop']);
  });

  test('the target is found although revision numbers change', async () => {
    const fake = aRollout('v1', 'v2');
    await rollBack(fake);
    fake.deploy('v4');
    await rollBack(fake, { from: { version: 'v4' } });
    expect(fake.commands()).toEqual(['undo --to-revision=1 shop', 'undo --to-revision=3 shop']);
  });

  test('a spec that the controller does not know yet is not judged', async () => {
    const fake = aRollout('v1', 'v2');
    fake.set({ generation: 9 });
    expect(await effectErrorOf(rollBack(fake))).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('does not know') });
    expect(fake.commands()).toEqual([]);
  });

  test('a rehearsal fails if the plugin is missing', async () => {
    const hook = hookOf(aRollout('v1', 'v2'), { plugin: '/nowhere/plugin' });
    expect(await effectErrorOf(hook.rehearse(anOrder(), never))).toMatchObject({ message: expect.stringContaining('starting the plugin') });
  });

  test.for([
    { right: 'patch rollouts', says: 'may not patch rollouts.argoproj.io/shop' },
    { right: 'patch status', says: 'may not patch the status of rollouts.argoproj.io/shop' },
  ])('a rehearsal fails without the right to $right', async ({ right, says }) => {
    const fake = aRollout('v1', 'v2');
    fake.forbid(right);
    expect(await effectErrorOf(hookOf(fake).rehearse(anOrder(), never))).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(says),
    });
  });

  test('a rehearsal says what was not tried', async () => {
    const found = (await hookOf(aRollout('v1', 'v2')).rehearse(anOrder(), never)).join('; ');
    expect(found).toMatch(/shop:v1 .* is revision 1; not checked: the rollback itself, because the plugin has no dry run$/);
  });

  test('a right that is lost while the hook waits ends the wait at once', async () => {
    const fake = aRollout('v1', 'v2');
    fake.set({ pauses: true, lag: 1_000 });
    const rolling = hookOf(fake, { timeout: '10m' }).rollBack(anOrder(), never, () => fake.forbid('get rollouts'));
    expect(await effectErrorOf(rolling)).toMatchObject({ kind: 'timeout', message: expect.stringContaining('is forbidden') });
  });

  test('a Rollout with a workloadRef is refused', async () => {
    const fake = aRollout('v1', 'v2');
    fake.set({ spec: { workloadRef: { kind: 'Deployment', name: 'shop' } } });
    expect(await effectErrorOf(rollBack(fake))).toMatchObject({ kind: 'refused', message: expect.stringContaining('workloadRef') });
  });

  test('a Rollout that does not exist is refused', async () => {
    expect(await effectErrorOf(rollBack(aRollout('v1', 'v2'), {}, { name: 'other' }))).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('correct `namespace` and `name`'),
    });
  });
});
