import { describe, expect, test } from 'vitest';
import { helm } from '../../src/hooks/helm.ts';
import { createHttp } from '../../src/net/http.ts';
import type { RollbackOrder } from '../../src/ports/hook.ts';
import { anOrder, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { createFakeHelm, type FakeHelm } from '../support/fake-helm.ts';
import { runInProcess } from '../support/fake-program.ts';
import { helmOptions, openHelm } from './helm-world.ts';

const never = new AbortController().signal;
const http = createHttp();

const open = () => openHelm('in this process');
describeHookContract('helm', open);
describeKilled('helm', open);

describe('rollbacks with Helm', () => {
  /** A Helm release that has deployed these versions. */
  function aRelease(...versions: readonly string[]): FakeHelm {
    const fake = createFakeHelm('');
    for (const version of versions) fake.deploy(version);
    return fake;
  }
  const hookOf = (fake: FakeHelm, rest: Readonly<Record<string, unknown>> = {}) =>
    helm.bind({ ...helmOptions, timeout: '1s', ...rest })({ http, run: runInProcess({ helm: fake.program }) });
  const rollBack = (fake: FakeHelm, order: Partial<RollbackOrder> = {}, rest: Readonly<Record<string, unknown>> = {}) =>
    hookOf(fake, rest).rollBack(anOrder(order), never);
  const errorOf = (fake: FakeHelm, rest = {}) => effectErrorOf(rollBack(fake, {}, rest));
  const to = (fingerprint: string) => ({ target: { deployId: 'd', version: 'v1', fingerprint } });
  const addPending = (fake: FakeHelm, status: string, description: string) =>
    fake.set([...fake.history(), { revision: 9, status, chart: 'shop-1.4.0', app_version: 'v9', description }]);

  test('the call names cluster, namespace and revision, and keeps the history', async () => {
    const fake = aRelease('v1', 'v2');
    await rollBack(fake);
    const at = ['--kubeconfig=/etc/bakewatch/kubeconfig', '--kube-context=test', '--namespace=shop'];
    expect(fake.calls()).toContainEqual([...at, 'rollback', '--wait', '--timeout=1s', '--history-max=0', '--', 'shop', '1']);
  });

  test('a revision is identified by its origin, even if the origin is gone', async () => {
    const fake = aRelease('v1', 'v2');
    await rollBack(fake);
    fake.deploy('v4');
    fake.set(fake.history().filter(({ revision }) => revision > 1));
    expect(await rollBack(fake, { from: { version: 'v4' }, ...to('revision 1 (shop-1.4.0, v1)') })).toMatchObject({
      alreadyThere: false,
      summary: expect.stringContaining('went back to revision 3'),
    });
  });

  test('the origin is read from the field of Helm 4, whatever the description says', async () => {
    const fake = aRelease('v1', 'v2');
    fake.deploy('v1');
    fake.set(fake.history().map((each) => (each.revision === 3 ? { ...each, description: 'on call', rollback_revision: 1 } : each)));
    expect(await rollBack(fake, to('revision 1 (shop-1.4.0, v1)'))).toMatchObject({ alreadyThere: true });
  });

  test('a failed revision is not a target, and its fingerprint shows the failure', async () => {
    const fake = aRelease('v0', 'v1', 'v2');
    fake.set(fake.history().map((each) => ({ ...each, status: each.revision === 2 ? 'failed' : each.status })));
    expect(await errorOf(fake)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('2: revision 2 (shop-1.4.0, v1), failed'),
    });
    fake.set(fake.history().map((each) => ({ ...each, status: each.revision === 3 ? 'failed' : 'superseded' })));
    expect(await hookOf(fake).current(anOrder().place, never)).toBe('revision 3 (shop-1.4.0, v2), failed');
  });

  test.for([
    { name: 'the version of the bad release is there', history: ['v0', 'v2'], isGone: true },
    { name: 'versions have other names', history: ['71', '72'], isGone: false },
  ])('a revision is gone only if the history shows versions: $name', async ({ history, isGone }) => {
    const error = await errorOf(aRelease(...history));
    expect(error).toMatchObject({ kind: 'refused', targetGone: isGone });
    expect(error.message).toMatch(isGone ? /^v1 is gone from/ : /^v1 cannot be identified in/);
  });

  test('a rehearsal makes the dry run of Helm, and says what was not tried', async () => {
    const fake = aRelease('v1', 'v2');
    const found = (await hookOf(fake).rehearse(anOrder(), never)).join('; ');
    expect(found).toMatch(/v2\) is running; revision 1 .* the dry run of helm goes back to it; not checked: the rights/);
    expect(fake.calls().at(-1)).toEqual(expect.arrayContaining(['rollback', '--dry-run', '1']));
    expect(fake.received()).toEqual([]);
  });

  test('a rehearsal with the target running makes no dry run, and says so', async () => {
    const fake = aRelease('v1');
    expect((await hookOf(fake).rehearse(anOrder(), never)).join('; ')).toContain('not checked: a dry run');
    expect(fake.calls().flat()).not.toContain('--dry-run');
  });

  test('nothing is done while another operation is pending', async () => {
    const fake = aRelease('v1', 'v2');
    addPending(fake, 'pending-upgrade', 'Preparing upgrade');
    expect(await errorOf(fake)).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('revision 9 is pending-upgrade') });
    expect(fake.received()).toEqual([]);
  });

  test('an interrupted rollback to the same target is repeated', async () => {
    const fake = aRelease('v1', 'v2');
    addPending(fake, 'pending-rollback', 'Rollback to 1');
    expect(await rollBack(fake)).toMatchObject({ alreadyThere: false });
  });

  test.for<{ behavior: Parameters<FakeHelm['behave']>[0]; kind: string }>([
    { behavior: 'unreachable midway', kind: 'timeout' },
    { behavior: 'forbidden midway', kind: 'failed' },
  ])('$behavior is $kind, because some steps may have run', async ({ behavior, kind }) => {
    const fake = aRelease('v1', 'v2');
    fake.behave(behavior);
    expect(await errorOf(fake)).toMatchObject({ kind });
  });

  test.for([
    { name: 'an unknown release', rest: { name: 'shop-blue' }, says: 'release: not found (correct `namespace` and `name`' },
    { name: 'an unknown context', rest: { context: 'elsewhere' }, says: 'correct `context`' },
  ])('$name is refused', async ({ rest, says }) => {
    const fake = aRelease('v1', 'v2');
    expect(await errorOf(fake, rest)).toMatchObject({ kind: 'refused', message: expect.stringContaining(says) });
  });
});
