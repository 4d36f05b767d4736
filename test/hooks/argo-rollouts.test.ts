import { afterEach, describe, expect, test } from 'vitest';
import { argoRollouts } from '../../src/hooks/argo-rollouts.ts';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { RollbackOrder } from '../../src/ports/hook.ts';
import { anOrder, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { createFakeArgo, type FakeArgo } from '../support/fake-argo.ts';

const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };
const never = new AbortController().signal;
const where = { kubeconfig: '/etc/bakewatch/kubeconfig', context: 'test', namespace: 'shop', name: '{service}' };
const bound = ({ kubectl, plugin }: FakeArgo, rest: Readonly<Record<string, unknown>> = {}, using: HookDeps = deps) =>
  argoRollouts.bind({ kubectl, plugin, ...where, timeout: '2s', request_timeout: '3s', ...rest })(using);

const open = async () => {
  const fake = createFakeArgo('password=hunter2-hunter2');
  return {
    hook: bound(fake),
    lost: bound(fake, { kubectl: '/nowhere/kubectl' }),
    blind: null,
    build: (using: HookDeps) => ({ hook: bound(fake, { timeout: '10s', request_timeout: '10s' }, using), blind: null }),
    prints: true,
    needsFingerprint: true,
    secret: 'hunter2-hunter2',
    shows: fake.fingerprintOf,
    offer: (release: string) => fake.deploy(release),
    behave: fake.behave,
    running: fake.running,
    run: (release: string) => fake.deploy(release),
    forget: (release: string) => fake.set({ revisions: fake.state().revisions.filter(({ image }) => image !== release) }),
    asked: () => fake.asked().map((version) => ({ version })),
    close: async () => fake.remove(),
  };
};
describeHookContract('argo_rollouts', open);
describeKilled('argo_rollouts', open);

describe('rollbacks with Argo Rollouts', () => {
  let fake: FakeArgo;
  afterEach(() => fake.remove());
  function rollout(...images: readonly string[]): FakeArgo {
    fake = createFakeArgo('');
    for (const image of images) fake.deploy(image);
    return fake;
  }
  const rollBack = (order: Partial<RollbackOrder> = {}, rest: Readonly<Record<string, unknown>> = {}) =>
    bound(fake, { request_timeout: '10s', timeout: '10s', ...rest }).rollBack(anOrder(order), never);

  test('one that is under way is aborted, which leaves its spec to those who keep it', async () => {
    rollout('v1');
    fake.deploy('v2', { isHalfway: true });
    expect(await rollBack()).toMatchObject({ alreadyThere: false, fingerprint: 'shop:v1 (pods 5f7cd8b1)' });
    expect(await rollBack()).toMatchObject({ alreadyThere: true });
    expect(fake.commands()).toEqual(['abort shop']);
  });

  test('an abort is done when the stable release has all its pods again', async () => {
    rollout('v1');
    fake.deploy('v2', { isHalfway: true });
    fake.set({ available: 1 });
    const error = await effectErrorOf(rollBack({}, { timeout: '1s' }));
    expect(error).toMatchObject({ kind: 'failed', message: expect.stringContaining('still Degraded: RolloutAborted') });
  });

  test('one that is under way to a release that is not the stable one is undone', async () => {
    rollout('v0', 'v1', 'v2');
    fake.deploy('v3', { isHalfway: true });
    await rollBack({ from: { version: 'v3' } });
    expect(fake.commands()).toEqual(['undo --to-revision=2 shop']);
  });

  test('the known-good release does not wait at the steps of a new one', async () => {
    rollout('v1', 'v2');
    fake.set({ pauses: true, lag: 1 });
    await rollBack();
    expect(fake.commands()).toEqual(['undo --to-revision=1 shop', 'promote --full shop']);
    expect(fake.state().stable).toBe('5f7cd8b1');
  });

  test('a try that was interrupted in the middle is brought to its end', async () => {
    rollout('v1', 'v2');
    fake.set({ current: '5f7cd8b1' });
    expect(await rollBack()).toMatchObject({ alreadyThere: true });
    expect(fake.commands()).toEqual(['promote --full shop']);
  });

  test('revision numbers move, and what was good is found all the same', async () => {
    rollout('v1', 'v2');
    await rollBack();
    fake.deploy('v4');
    await rollBack({ from: { version: 'v4' } });
    expect(fake.commands()).toEqual(['undo --to-revision=1 shop', 'undo --to-revision=3 shop']);
  });

  test('what its controller has not seen yet is not judged', async () => {
    rollout('v1', 'v2');
    fake.set({ generation: 9 });
    expect(await effectErrorOf(rollBack())).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('has not seen') });
    expect(fake.commands()).toEqual([]);
  });

  test('a rehearsal fails where the plugin is missing', async () => {
    rollout('v1', 'v2');
    const hook = bound(fake, { plugin: '/nowhere/plugin', request_timeout: '10s' });
    expect(await effectErrorOf(hook.rehearse(anOrder(), never))).toMatchObject({ message: expect.stringContaining('starting the plugin') });
  });

  test('one that takes its template from elsewhere is refused', async () => {
    rollout('v1', 'v2');
    fake.set({ spec: { workloadRef: { kind: 'Deployment', name: 'shop' } } });
    expect(await effectErrorOf(rollBack())).toMatchObject({ kind: 'refused', message: expect.stringContaining('workloadRef') });
  });

  test('a Rollout that is not there is refused', async () => {
    rollout('v1', 'v2');
    expect(await effectErrorOf(rollBack({}, { name: 'other' }))).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('correct `namespace` and `name`'),
    });
  });
});
