import { afterEach, describe, expect, test } from 'vitest';
import type { Receipt, RollbackOrder } from '../../src/ports/hook.ts';
import { anOrder } from '../contracts/hook.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import { type FakeKubernetes, hasKubectl, startFakeKubernetes, type Trouble } from '../support/fake-kubernetes.ts';
import type { FakeKind } from '../support/fake-kubernetes-world.ts';
import { kubectlHook } from '../support/kubectl-hook.ts';
import { rightsIn } from '../support/rights-in.ts';

const never = new AbortController().signal;
const kinds: readonly FakeKind[] = ['deployment', 'statefulset', 'daemonset'];

describe.skipIf(!hasKubectl())('rollbacks with a real kubectl', () => {
  let fake: FakeKubernetes | undefined;
  afterEach(() => fake?.close());

  /** A cluster where v1 was replaced by v2. */
  async function cluster(kind: FakeKind = 'deployment'): Promise<FakeKubernetes> {
    fake = await startFakeKubernetes(kind);
    for (const release of ['v1', 'v2']) fake.workload.deploy(`shop:${release}`);
    return fake;
  }
  const rollBack = (at: FakeKubernetes, order: Partial<RollbackOrder> = {}, rest: Readonly<Record<string, unknown>> = {}) =>
    kubectlHook(at, rest).rollBack(anOrder(order), never);
  const errorOf = (rolling: Promise<Receipt>) => effectErrorOf(rolling);
  const to = (version: string, fingerprint?: string) => ({ target: { deployId: 'd', version, ...(fingerprint && { fingerprint }) } });
  const patchWith = (at: FakeKubernetes, trouble: Trouble) => at.trouble(({ method }) => (method === 'PATCH' ? trouble : null));

  describe.each(kinds)('of a %s', (kind) => {
    test('goes to the known-good template, whatever number its revision has now', async () => {
      const at = await cluster(kind);
      await rollBack(at);
      at.workload.deploy('shop:v3');
      expect(await rollBack(at, { from: { version: 'v3' } })).toMatchObject({ alreadyThere: false });
      expect(at.workload.image()).toBe('shop:v1');
    });

    test('is idempotent: a repeated order never goes forward to the bad version', async () => {
      const at = await cluster(kind);
      for (let times = 0; times < 3; times += 1) await rollBack(at);
      expect(at.workload.image()).toBe('shop:v1');
      expect(at.patches).toHaveLength(1);
    });

    test('distinguishes two templates with the same image by the fingerprint of the good one', async () => {
      const at = await cluster(kind);
      at.workload.deploy('shop:v1', 'good-secret');
      const fingerprint = (await kubectlHook(at).current(anOrder().place, never)) ?? '';
      at.workload.deploy('shop:v1', 'bad-secret');
      const receipt = await rollBack(at, { from: { version: 'v1' }, ...to('v1', fingerprint) });
      expect(receipt).toMatchObject({ alreadyThere: false, fingerprint });
      expect(JSON.stringify(at.workload.object())).toContain('good-secret');
      expect(everythingIn(receipt)).not.toMatch(/good-secret|bad-secret/);
    });

    test('a restart does not make a new release', async () => {
      const at = await cluster(kind);
      const before = await kubectlHook(at).current(anOrder().place, never);
      at.workload.restart();
      expect(await kubectlHook(at).current(anOrder().place, never)).toBe(before);
    });

    test('a template that is gone from the history is refused, and the error lists the others', async () => {
      const at = await cluster(kind);
      at.workload.forget('shop:v1');
      const error = await errorOf(rollBack(at));
      expect(error.kind).toBe('refused');
      expect(error.message).toMatch(
        /^v1 is gone from the history of \w+\.apps\/shop, which holds \d+: shop:v2 \(template .*revisionHistoryLimit/,
      );
      expect(at.patches).toEqual([]);
    });

    test('pods that do not become ready are a failure', async () => {
      const at = await cluster(kind);
      at.workload.pods('not ready');
      expect(await errorOf(rollBack(at))).toMatchObject({ kind: 'failed', message: expect.stringMatching(/1 of 2 pods/) });
      expect(at.workload.image()).toBe('shop:v1');
    });

    test('waits for the pods even if the template is already in place', async () => {
      const at = await cluster(kind);
      at.workload.deploy('shop:v1');
      at.workload.pods('not ready');
      expect(await errorOf(rollBack(at))).toMatchObject({ kind: 'failed' });
      at.workload.pods('ready');
      expect(await rollBack(at)).toMatchObject({ alreadyThere: true });
      expect(at.patches).toEqual([]);
    });
  });

  test('needs only the rights of the example', async () => {
    const at = await cluster();
    await rollBack(at);
    expect(new Set(at.requests)).toEqual(rightsIn('examples/kubernetes/role.yaml'));
  });

  test('a right that is lost while the hook waits ends the wait at once, with the words of the server', async () => {
    const at = await cluster();
    at.workload.pods('not ready');
    const onOutput = (soFar: string) => soFar.includes('waiting') && at.forbid('get deployments');
    const rolling = kubectlHook(at, { timeout: '10m' }).rollBack(anOrder(), never, onOutput);
    expect(await errorOf(rolling)).toMatchObject({
      kind: 'timeout',
      message: expect.stringMatching(/state of the pods .* is unknown.*Forbidden.*cannot get resource.*grant the account the rights/),
    });
    expect(at.workload.image()).toBe('shop:v1');
  });

  test('a person puts the same release back in the meantime: kubectl skips it, which is a success', async () => {
    const at = await cluster();
    at.workload.deploy('shop:v3');
    at.meanwhile(() => at.workload.deploy('shop:v1'));
    // The revision of the target has a new number then.
    expect(await errorOf(rollBack(at, { from: { version: 'v3' } }))).toMatchObject({ kind: 'unreachable' });
    expect(await rollBack(at, { from: { version: 'v3' } })).toMatchObject({ alreadyThere: true });
    expect(at.patches).toEqual([]);
  });

  test('the history is cut in the meantime: nothing is done, and the next attempt says what is missing', async () => {
    const at = await cluster();
    at.meanwhile(() => at.workload.forget('shop:v1'));
    expect(await errorOf(rollBack(at))).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('nothing was done') });
    expect(await errorOf(rollBack(at))).toMatchObject({ kind: 'refused', message: expect.stringContaining('is gone from the history') });
  });

  test('a paused deployment is refused, with advice', async () => {
    const at = await cluster();
    at.workload.set({ paused: true });
    expect(await errorOf(rollBack(at))).toMatchObject({ kind: 'refused', message: expect.stringContaining('kubectl rollout resume') });
  });

  test('a paused deployment with the good template is not waited for: its pods are not replaced', async () => {
    const at = await cluster();
    at.workload.deploy('shop:v1');
    at.workload.set({ paused: true });
    at.workload.pods('not ready');
    expect(await errorOf(rollBack(at, {}, { timeout: '10m' }))).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/but it is paused.*1 of 2 pods.*kubectl rollout resume deployments.apps\/shop/),
    });
    at.workload.pods('ready');
    expect(await rollBack(at)).toMatchObject({ alreadyThere: true });
  });

  test('the missed deadline of the bad release does not fail the rollback', async () => {
    const at = await cluster();
    at.workload.pods('past the deadline');
    let statusCalls = 0;
    at.trouble(({ step }) => {
      if (step === 'status' && ++statusCalls > 2) at.workload.pods('ready');
      return null;
    });
    expect(await rollBack(at, {}, { timeout: '20s' })).toMatchObject({ alreadyThere: false });
    expect(statusCalls).toBeGreaterThan(2);
  });

  test('a failure holds the output of the rollback, followed by the output of the wait for the pods', async () => {
    const at = await cluster();
    at.workload.pods('not ready');
    const heard: string[] = [];
    const rolling = kubectlHook(at).rollBack(anOrder(), never, (soFar) => void heard.push(soFar));
    const both = /^deployment.apps\/shop rolled back\nwaiting for deployments.apps\/shop: 1 of 2 pods are replaced/;
    expect((await errorOf(rolling)).output).toMatch(both);
    expect(heard.at(-1)).toMatch(both);
  });

  test('a missed deadline that stays is a failure', async () => {
    const at = await cluster();
    at.workload.pods('past the deadline');
    expect(await errorOf(rollBack(at))).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/exceeded its progress deadline.*do not become ready/),
    });
  });

  test('an update strategy that changes no pod is refused', async () => {
    const at = await cluster('daemonset');
    at.workload.set({ updateStrategy: { type: 'OnDelete' } });
    expect(await errorOf(rollBack(at))).toMatchObject({ kind: 'refused', message: expect.stringContaining('OnDelete') });
    expect(at.patches).toEqual([]);
  });

  describe('is refused without a useful setup', () => {
    const forbidden: Trouble = {
      status: 403,
      reason: 'Forbidden',
      message: 'deployments.apps "shop" is forbidden: User "rollback-bot" cannot',
    };
    test.for<{ name: string; rest?: Readonly<Record<string, unknown>>; at?: string; says: string }>([
      { name: 'no right to ask', at: 'GET', says: 'grant the account the rights' },
      { name: 'no right to act', at: 'PATCH', says: 'grant the account the rights' },
      { name: 'an unknown context', rest: { context: 'elsewhere' }, says: 'correct `context`' },
      { name: 'a missing kubeconfig', rest: { kubeconfig: '/nowhere/config' }, says: 'the kubeconfig cannot be used' },
      { name: 'a wrong name', rest: { name: '{service}-blue' }, says: 'deployments.apps "shop-blue" not found (correct' },
      { name: 'a wrong namespace', rest: { namespace: 'elsewhere' }, says: 'correct `namespace`' },
    ])('$name', async ({ rest, at: method, says }) => {
      const at = await cluster();
      at.trouble((request) => (request.method === method ? forbidden : null));
      const error = await errorOf(rollBack(at, {}, rest));
      expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining(says) });
      expect(at.workload.image()).toBe('shop:v2');
    });
  });

  test('a server with an untrusted certificate gets no request', async () => {
    const at = await cluster();
    const error = await errorOf(rollBack(at, {}, { context: 'stranger' }));
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/x509.*correct its CA/) });
  });

  test.for<{ name: string; trouble: Trouble; kind: string }>([
    { name: 'closes the connection', trouble: 'drop', kind: 'timeout' },
    { name: 'is overloaded', trouble: { status: 504, reason: 'Timeout', message: 'etcdserver: request timed out' }, kind: 'timeout' },
    {
      name: 'has another change first',
      trouble: { status: 409, reason: 'Conflict', message: 'the object has been modified' },
      kind: 'unreachable',
    },
    {
      name: 'has a policy against it',
      trouble: { status: 400, reason: 'BadRequest', message: 'admission webhook "p" denied the request' },
      kind: 'refused',
    },
  ])('a server that $name during the rollback: $kind', async ({ trouble, kind }) => {
    const at = await cluster();
    patchWith(at, trouble);
    expect(await errorOf(rollBack(at))).toMatchObject({ kind });
    expect(at.patches.length).toBeGreaterThan(0);
  });

  test('a server that goes away during the wait for the pods: the rollback may have worked, and the next attempt finds out', async () => {
    const at = await cluster();
    let isGone = false;
    at.trouble(({ step }) => {
      isGone ||= step === 'status';
      return isGone ? 'drop' : null;
    });
    expect(await errorOf(rollBack(at))).toMatchObject({ kind: 'timeout' });
    at.trouble(() => null);
    expect(await rollBack(at)).toMatchObject({ alreadyThere: true });
  });
});
