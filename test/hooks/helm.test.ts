import { afterEach, describe, expect, test } from 'vitest';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { helm } from '../../src/hooks/helm.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { RollbackOrder } from '../../src/ports/hook.ts';
import { anOrder, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { createFakeHelm, type FakeHelm } from '../support/fake-helm.ts';

const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };
const never = new AbortController().signal;
const where = { kubeconfig: '/etc/bakewatch/kubeconfig', context: 'test', namespace: 'shop', name: '{service}' };
const bound = (fake: FakeHelm, rest: Readonly<Record<string, unknown>> = {}, using: HookDeps = deps) =>
  helm.bind({ helm: fake.program, ...where, timeout: '1s', request_timeout: '1s', ...rest })(using);

const open = async () => {
  const fake = createFakeHelm('password=hunter2-hunter2');
  const running = () => fake.history().at(-1);
  return {
    hook: bound(fake, { request_timeout: '3s' }),
    lost: bound(fake, { helm: '/nowhere/helm' }),
    blind: null,
    build: (using: HookDeps) => ({ hook: bound(fake, { timeout: '10s', request_timeout: '10s' }, using), blind: null }),
    prints: true,
    needsFingerprint: true,
    secret: 'hunter2-hunter2',
    shows: (release: string) =>
      `revision ${fake.history().find((each) => each.app_version === release)?.revision} (shop-1.4.0, ${release})`,
    offer: fake.deploy,
    behave: fake.behave,
    running: () => running()?.app_version ?? '',
    run: fake.deploy,
    forget: (release: string) => fake.set(fake.history().filter((each) => each.app_version !== release)),
    asked: () => fake.asked().map((version) => ({ version })),
    close: async () => fake.remove(),
  };
};
describeHookContract('helm', open);
describeKilled('helm', open);

describe('rollbacks with Helm', () => {
  let fake: FakeHelm;
  afterEach(() => fake.remove());
  function releases(...versions: readonly string[]): FakeHelm {
    fake = createFakeHelm('');
    for (const version of versions) fake.deploy(version);
    return fake;
  }
  const rollBack = (order: Partial<RollbackOrder> = {}, rest: Readonly<Record<string, unknown>> = {}) =>
    bound(fake, { request_timeout: '10s', ...rest }).rollBack(anOrder(order), never);
  const errorOf = (order: Partial<RollbackOrder> = {}, rest = {}) => effectErrorOf(rollBack(order, rest));
  const to = (fingerprint: string) => ({ target: { deployId: 'd', version: 'v1', fingerprint } });
  const pending = (status: string, description: string) =>
    fake.set([...fake.history(), { revision: 9, status, chart: 'shop-1.4.0', app_version: 'v9', description }]);

  test('names cluster, namespace and revision in the call, and cuts no history', async () => {
    releases('v1', 'v2');
    await rollBack();
    const at = ['--kubeconfig=/etc/bakewatch/kubeconfig', '--kube-context=test', '--namespace=shop'];
    expect(fake.calls()).toContainEqual([...at, 'rollback', '--wait', '--timeout=1s', '--history-max=0', '--', 'shop', '1']);
  });

  test('what was put back once is known by where it came from, also when that is gone', async () => {
    releases('v1', 'v2');
    await rollBack();
    fake.deploy('v4');
    fake.set(fake.history().filter(({ revision }) => revision > 1));
    expect(await rollBack({ from: { version: 'v4' }, ...to('revision 1 (shop-1.4.0, v1)') })).toMatchObject({
      alreadyThere: false,
      summary: expect.stringContaining('went back to revision 3'),
    });
  });

  test('Helm 4 says where a revision came from in a field, whatever its description', async () => {
    releases('v1', 'v2');
    fake.deploy('v1');
    fake.set(fake.history().map((each) => (each.revision === 3 ? { ...each, description: 'on call', rollback_revision: 1 } : each)));
    expect(await rollBack(to('revision 1 (shop-1.4.0, v1)'))).toMatchObject({ alreadyThere: true });
  });

  test('a revision that failed is neither what is wanted nor what runs well', async () => {
    releases('v0', 'v1', 'v2');
    fake.set(fake.history().map((each) => ({ ...each, status: each.revision === 2 ? 'failed' : each.status })));
    expect(await errorOf()).toMatchObject({ kind: 'refused', message: expect.stringContaining('2: revision 2 (shop-1.4.0, v1), failed') });
    fake.set(fake.history().map((each) => ({ ...each, status: each.revision === 3 ? 'failed' : 'superseded' })));
    expect(await bound(fake).current(anOrder().place, never)).toBe('revision 3 (shop-1.4.0, v2), failed');
  });

  test('while someone else is at work, nothing is done', async () => {
    releases('v1', 'v2');
    pending('pending-upgrade', 'Preparing upgrade');
    expect(await errorOf()).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('revision 9 is pending-upgrade') });
    expect(fake.asked()).toEqual([]);
  });

  test('a rollback of ours that was interrupted is taken up again', async () => {
    releases('v1', 'v2');
    pending('pending-rollback', 'Rollback to 1');
    expect(await rollBack()).toMatchObject({ alreadyThere: false });
  });

  test.for<{ behavior: Parameters<FakeHelm['behave']>[0]; kind: string }>([
    { behavior: 'unreachable midway', kind: 'timeout' },
    { behavior: 'forbidden midway', kind: 'failed' },
  ])('$behavior, it may have done some of its steps: $kind', async ({ behavior, kind }) => {
    releases('v1', 'v2');
    fake.behave(behavior);
    expect(await errorOf()).toMatchObject({ kind });
  });

  test.for([
    { name: 'a release that is not there', rest: { name: 'shop-blue' }, says: 'release: not found (correct `namespace` and `name`' },
    { name: 'an unknown context', rest: { context: 'elsewhere' }, says: 'correct `context`' },
  ])('$name is refused', async ({ rest, says }) => {
    releases('v1', 'v2');
    expect(await errorOf({}, rest)).toMatchObject({ kind: 'refused', message: expect.stringContaining(says) });
  });
});
