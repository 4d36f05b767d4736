import { afterEach, describe, expect, test } from 'vitest';
import type { RollbackOrder } from '../../src/ports/hook.ts';
import { anOrder } from '../contracts/hook.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { type FakeKubernetes, hasKubectl, startFakeKubernetes, type Trouble } from '../support/fake-kubernetes.ts';
import type { FakeKind } from '../support/fake-kubernetes-world.ts';
import { kubectlHook } from '../support/kubectl-hook.ts';
import { rightsIn } from '../support/rights-in.ts';

const never = new AbortController().signal;
const kinds: readonly FakeKind[] = ['deployment', 'statefulset', 'daemonset'];

describe.skipIf(!hasKubectl())('a rehearsal with a real kubectl', () => {
  let fake: FakeKubernetes | undefined;
  afterEach(() => fake?.close());

  /** A cluster where v1 was replaced by v2. */
  async function cluster(kind: FakeKind = 'deployment'): Promise<FakeKubernetes> {
    fake = await startFakeKubernetes(kind);
    for (const release of ['v1', 'v2']) fake.workload.deploy(`shop:${release}`);
    return fake;
  }
  const to = (version: string, fingerprint?: string) => ({ target: { deployId: 'd', version, ...(fingerprint && { fingerprint }) } });
  const rehearse = (at: FakeKubernetes, order: Partial<RollbackOrder> = {}) => kubectlHook(at).rehearse(anOrder(order), never);

  test.each(kinds)('of a %s makes the dry run of the very rollback, and says what was not tried', async (kind) => {
    const at = await cluster(kind);
    expect((await rehearse(at)).join('; ')).toMatch(
      /shop:v2 .* is running; .*may patch it; shop:v1 .* is revision 1, and the server would put it back; not checked: whether its image/,
    );
    expect(at.workload.image()).toBe('shop:v2');
    expect(at.patches).toEqual([]);
  });

  test('takes no more rights than the rollback, and each of them is needed', async () => {
    const at = await cluster();
    await rehearse(at);
    const rights = [...new Set(at.requests)];
    expect(new Set(rights)).toEqual(rightsIn('examples/kubernetes/role.yaml'));
    for (const right of rights) {
      at.forbid(right);
      expect(await effectErrorOf(rehearse(at))).toMatchObject({ kind: 'refused', message: expect.stringContaining('grant the account') });
    }
  });

  test('fails where the server does not accept the old template', async () => {
    const at = await cluster();
    const denied: Trouble = { status: 400, reason: 'BadRequest', message: 'admission webhook "p" denied the request' };
    at.trouble(({ method }) => (method === 'PATCH' ? denied : null));
    expect(await effectErrorOf(rehearse(at))).toMatchObject({ kind: 'refused', message: expect.stringContaining('the dry run') });
  });

  test('fails on a paused deployment, also where the target runs', async () => {
    const at = await cluster();
    at.workload.set({ paused: true });
    for (const version of ['v1', 'v2'])
      expect(await effectErrorOf(rehearse(at, { from: { version: 'v3' }, ...to(version) }))).toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('kubectl rollout resume'),
      });
  });

  test('with the target running makes no dry run, and says so', async () => {
    const at = await cluster();
    const found = await rehearse(at, {
      from: { version: 'v2', fingerprint: 'v2' },
      ...to('v2', (await kubectlHook(at).current(anOrder().place, never)) ?? ''),
    });
    expect(found.join('; ')).toMatch(/not checked: a dry run, because shop:v2 .* is running/);
    expect(at.requests).not.toContain('patch deployments');
  });
});
