import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deployer } from '../../src/hooks/deployer.ts';
import { createHttp } from '../../src/net/http.ts';
import type { RollbackOrder } from '../../src/ports/hook.ts';
import { anOrder } from '../contracts/hook.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { createFakeDeployer, type DeployerBehavior, type FakeDeployer } from '../support/fake-deployer.ts';
import { runInProcess } from '../support/fake-program.ts';

const never = new AbortController().signal;
const http = createHttp();
const from4to2: Partial<RollbackOrder> = { from: { version: 'v4' }, target: { deployId: 'd', version: 'v2' } };

const opened: FakeDeployer[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.remove();
});
/** A host whose releases 1, 2 … have these tags; `HEAD` records no tag. */
function host(tags: readonly string[], version: '6.9.0' | '7.5.12' = '7.5.12', hasCommits = true): FakeDeployer {
  const fake = createFakeDeployer(version, '');
  opened.push(fake);
  for (const [index, tag] of tags.entries()) fake.deploy(tag, hasCommits ? { revision: `${tag}${index}`.padEnd(40, 'a') } : {});
  return fake;
}
const hookOf = (fake: FakeDeployer, rest: Readonly<Record<string, unknown>> = {}) =>
  deployer.bind({ dep: ['dep'], recipe: fake.recipe, selector: 'prod', deploy_path: fake.deployPath, ...rest })({
    http,
    run: runInProcess(fake.programs),
  });

describe('a rehearsal with Deployer', () => {
  test.for(['7.5.12', '6.9.0'] as const)('of version %s takes the way of a rollback, and changes nothing', async (version) => {
    const at = host(['v1', 'v2', 'v3', 'v4'], version, version === '7.5.12');
    at.link('3');
    const fingerprint = (await hookOf(at).current(anOrder().place, never)) ?? '';
    at.link('4');
    const order = anOrder({ from: { version: 'v4' }, target: { deployId: 'd', version: 'v3', fingerprint } });
    expect(await hookOf(at).rehearse(order, never)).toEqual([
      expect.stringMatching(/^release 4 .*is running$/),
      `Deployer ${version[0]} plans the rollback of prod, and reaches each host over its own ssh`,
      'release 3 is available',
      'not checked: your own tasks before and after `rollback`',
    ]);
    expect([at.current(), at.received()]).toEqual(['4', []]);
  });

  test.for<{ name: string; rest?: Readonly<Record<string, unknown>>; behavior?: DeployerBehavior; kind: string; says: string }>([
    {
      name: 'a missing recipe',
      rest: { recipe: '/nowhere/deploy.php' },
      kind: 'refused',
      says: 'the recipe /nowhere/deploy.php does not exist',
    },
    { name: 'a selector that selects nothing', rest: { selector: 'nowhere' }, kind: 'refused', says: 'nowhere (correct `selector`)' },
    { name: 'a PHP without curl', behavior: 'lacks curl', kind: 'refused', says: 'Please, install curl extension.' },
    {
      name: "a wrong host key in Deployer's own ssh",
      behavior: 'has the wrong host key',
      kind: 'unreachable',
      says: 'Host key verification failed.',
    },
  ])('finds $name, and so does a rollback', async ({ rest, behavior, kind, says }) => {
    const at = host(['v1', 'v2', 'v3', 'v4']);
    if (behavior) at.behave(behavior);
    const expected = { kind, targetGone: false, message: expect.stringContaining(says) };
    expect(await effectErrorOf(hookOf(at, rest).rehearse(anOrder(from4to2), never))).toMatchObject(expected);
    expect(await effectErrorOf(hookOf(at, rest).rollBack(anOrder(from4to2), never))).toMatchObject(expected);
    expect(at.current()).toBe('4');
  });

  test('of version 6 finds a wrong host key', async () => {
    const at = host(['v1', 'v2'], '6.9.0', false);
    at.behave('has the wrong host key');
    const target = { deployId: 'd', version: 'v1', fingerprint: 'release 1 of 20261121091000' };
    expect(await effectErrorOf(hookOf(at).rehearse(anOrder({ target }), never))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('Host key verification failed.'),
    });
  });
});

describe('a selector of several hosts', () => {
  let first: FakeDeployer;
  beforeEach(() => {
    first = host(['v1', 'v2', 'v3', 'v4']);
  });
  const all = (rest: Readonly<Record<string, unknown>> = {}) => hookOf(first, { selector: 'all', ...rest });
  const errorOf = (rest?: Readonly<Record<string, unknown>>) => effectErrorOf(all(rest).rollBack(anOrder(from4to2), never));
  const second = (tags: readonly string[]) => {
    const it = host(tags);
    first.addHost('late', it.deployPath);
    return it;
  };

  test('is refused before anything moves if another release has the number of the target', async () => {
    const late = second(['v3', 'v4']);
    const expected = {
      kind: 'refused',
      targetGone: false,
      message: expect.stringMatching(/2 hosts that differ: prod runs .*; late runs release 2 \(v4.* has release 2 \(v4/),
    };
    expect(await errorOf()).toMatchObject(expected);
    expect(await effectErrorOf(all().rehearse(anOrder(from4to2), never))).toMatchObject(expected);
    expect([first.current(), late.current(), first.received()]).toEqual(['4', '2', []]);
  });

  test.for<{ name: string; change: (late: FakeDeployer) => void; says: RegExp }>([
    { name: 'something else runs on one', change: (late) => late.link('3'), says: /differ: .*late runs release 3/ },
    { name: 'the target is gone from one', change: (late) => late.removeRelease('v2'), says: /late .*has no release 2/ },
    {
      name: 'the target is marked as bad on one',
      change: (late) => writeFileSync(`${late.deployPath}/releases/2/BAD_RELEASE`, ''),
      says: /late .*marked as bad/,
    },
  ])('is refused if $name', async ({ change, says }) => {
    const late = second(['v1', 'v2', 'v3', 'v4']);
    change(late);
    expect(await errorOf()).toMatchObject({ kind: 'refused', message: expect.stringMatching(says) });
    expect([first.current(), first.received()]).toEqual(['4', []]);
  });

  test('is refused if its releases cannot be told apart', async () => {
    first = host(['HEAD', 'HEAD', 'HEAD'], '7.5.12', false);
    const late = host(['HEAD', 'HEAD', 'HEAD'], '7.5.12', false);
    first.addHost('late', late.deployPath);
    const target = { deployId: 'd', version: 'v2', fingerprint: 'release 2 of 2026-11-21T09:11:00+0000' };
    const error = await effectErrorOf(all().rollBack(anOrder({ from: { version: 'v3' }, target }), never));
    expect(error).toMatchObject({ kind: 'refused', message: expect.stringMatching(/prod, late.*cannot be compared/) });
    expect(first.received()).toEqual([]);
  });

  test('is refused with version 6', async () => {
    first = host(['v1', 'v2'], '6.9.0', false);
    first.addHost('late', host(['v1', 'v2'], '6.9.0', false).deployPath);
    const target = { deployId: 'd', version: 'v1', fingerprint: 'release 1 of 20261121091000' };
    const error = await effectErrorOf(all().rollBack(anOrder({ target }), never));
    expect(error).toMatchObject({ kind: 'refused', message: expect.stringMatching(/prod, late, and Deployer 6/) });
    expect(first.received()).toEqual([]);
  });

  test('rolls back hosts that are equal', async () => {
    const late = second(['v1', 'v2', 'v3', 'v4']);
    expect(await all().rollBack(anOrder(from4to2), never)).toMatchObject({ alreadyThere: false });
    expect([first.current(), late.current()]).toEqual(['2', '2']);
    expect(await all().rollBack(anOrder(from4to2), never)).toMatchObject({ alreadyThere: true });
  });

  test('goes on with the hosts that an earlier attempt did not reach, and finishes the others', async () => {
    const late = second(['v1', 'v2', 'v3', 'v4']);
    first.behave('loses a host on the way');
    expect(await errorOf()).toMatchObject({ kind: 'timeout' });
    expect([first.current(), late.current()]).toEqual(['2', '4']);
    first.behave('works');
    const receipt = await all({ resume: ['workers:reload'] }).rollBack(anOrder(from4to2), never);
    expect(receipt.output).toMatch(/^\[late\] Current release is 4[\s\S]*task workers:reload\n$/);
    expect([first.current(), late.current()]).toEqual(['2', '2']);
  });

  test('fails if one host does not run the target afterwards', async () => {
    second(['v1', 'v2', 'v3', 'v4']);
    first.behave('lies');
    expect(await errorOf()).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/prod runs release 4.*late runs release 4.*, not release 2/),
    });
  });

  test('names that are alike are not mixed up', async () => {
    for (const fake of [first, second(['v1', 'v2', 'v3', 'v4'])]) {
      fake.deploy('1.2', { name: '1.2', revision: 'b'.repeat(40) });
      fake.deploy('1x2', { name: '1x2', revision: 'c'.repeat(40) });
    }
    const order = anOrder({ from: { version: '1x2' }, target: { deployId: 'd', version: '1.2' } });
    expect(await all().rollBack(order, never)).toMatchObject({ alreadyThere: false, summary: expect.stringContaining('release 1.2 (1.2') });
  });

  test('a selector of another host than the hook reads is refused', async () => {
    second(['v3', 'v4']);
    expect(await errorOf({ selector: 'late' })).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('selects another host than the hook reads: late runs'),
    });
    expect(first.received()).toEqual([]);
  });
});

describe('"gone" is said of a release only if it is certain', () => {
  const goneOf = async (at: FakeDeployer, target: Partial<RollbackOrder['target']>, from = 'v4') => {
    const order = anOrder({ from: { version: from }, target: { deployId: 'd', version: 'v9', ...target } });
    const error = await effectErrorOf(hookOf(at).rollBack(order, never));
    expect(error.kind).toBe('refused');
    return [error.targetGone, error.message];
  };
  const unknown = [false, expect.stringMatching(/^which release is v9 cannot be identified on the host, which has release 2.*--tag=v9/)];
  const gone = [true, expect.stringContaining('is gone from the host')];

  test('with version 6, which records neither tag nor commit, it is not', async () => {
    expect(await goneOf(host(['v3', 'v4'], '6.9.0', false), {})).toEqual(unknown);
  });

  test('without tags it is not, with commits it is', async () => {
    expect(await goneOf(host(['HEAD', 'HEAD'], '7.5.12', false), {})).toEqual(unknown);
    expect(await goneOf(host(['HEAD', 'HEAD']), {})).toEqual(unknown);
    expect(await goneOf(host(['HEAD', 'HEAD'], '7.5.12', false), { commit: 'c0ffee00' })).toEqual(unknown);
    expect(await goneOf(host(['HEAD', 'HEAD']), { commit: 'c0ffee00' })).toEqual(gone);
  });

  test('with branches it is not, with tags it is', async () => {
    expect(await goneOf(host(['main', 'main']), {})).toEqual(unknown);
    expect(await goneOf(host(['v3', 'v4']), {})).toEqual(gone);
  });

  test('with a fingerprint it is, unless the log of the host was lost', async () => {
    const fingerprint = 'release 1 (v9) of 2026-01-01T00:00:00+0000';
    const at = host(['v3', 'v4'], '7.5.12', false);
    expect(await goneOf(at, { fingerprint })).toEqual(gone);
    writeFileSync(`${at.deployPath}/.dep/releases_log`, '');
    expect((await goneOf(at, { fingerprint }))[0]).toBe(false);
    expect((await goneOf(at, { fingerprint: fingerprint.replace('release 1', 'release 7') }))[0]).toBe(true);
  });
});
