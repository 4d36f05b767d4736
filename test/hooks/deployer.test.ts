import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { deployer } from '../../src/hooks/deployer.ts';
import { createHttp } from '../../src/net/http.ts';
import type { RollbackOrder } from '../../src/ports/hook.ts';
import { anOrder, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { createFakeDeployer, type FakeDeployer } from '../support/fake-deployer.ts';
import { type FakeProgram, runInProcess } from '../support/fake-program.ts';
import { openDeployer } from './deployer-world.ts';

const never = new AbortController().signal;
const http = createHttp();

const open = () => openDeployer('in this process');
describeHookContract('deployer', open);
describeKilled('deployer', open);

describe('rollbacks with Deployer', () => {
  let fake: FakeDeployer;
  afterEach(() => fake.remove());
  /** A host with the releases 1, 2 and 3 of the versions v1, v2 and v3. */
  function host(version: '6.9.0' | '7.5.12' = '7.5.12'): FakeDeployer {
    fake = createFakeDeployer(version, '');
    for (const target of ['v1', 'v2', 'v3']) fake.deploy(target, { revision: target.repeat(20) });
    return fake;
  }
  const fromThree = (version: string, fingerprint?: string): Partial<RollbackOrder> => ({
    from: { version: 'v3' },
    target: { deployId: 'd', version, ...(fingerprint !== undefined && { fingerprint }) },
  });
  const hookOf = (rest: Readonly<Record<string, unknown>> = {}, programs: Readonly<Record<string, FakeProgram>> = {}) =>
    deployer.bind({ dep: ['dep'], recipe: fake.recipe, selector: 'prod', deploy_path: fake.deployPath, ...rest })({
      http,
      run: runInProcess({ ...fake.programs, ...programs }),
    });
  const rollBack = (order: Partial<RollbackOrder>, rest: Readonly<Record<string, unknown>> = {}) =>
    hookOf(rest).rollBack(anOrder(order), never);
  const errorOf = (order: Partial<RollbackOrder>, rest: Readonly<Record<string, unknown>> = {}) => effectErrorOf(rollBack(order, rest));

  describe('of version 7 and 8', () => {
    test('goes straight to the target, and stays there if the order is repeated', async () => {
      host();
      for (const alreadyThere of [false, true, true]) expect(await rollBack(fromThree('v1'))).toMatchObject({ alreadyThere });
      expect([fake.current(), fake.received()]).toEqual(['1', ['v1']]);
    });

    test('runs what follows the switch again where an earlier attempt may have stopped before it', async () => {
      host();
      await rollBack(fromThree('v1'));
      const resumed = await rollBack({ ...fromThree('v1'), mustAct: true }, { resume: ['workers:reload'] });
      expect(resumed).toMatchObject({ alreadyThere: false, output: 'task workers:reload\n' });
      expect(resumed.summary).toMatch(/^Deployer ran workers:reload again, and release 1 .* is running$/);
      expect([fake.current(), fake.received()]).toEqual(['1', ['v1']]);
    });

    test('asks a person where it does not know what follows the switch', async () => {
      host();
      await rollBack(fromThree('v1'));
      expect(await errorOf({ ...fromThree('v1'), mustAct: true })).toMatchObject({
        kind: 'failed',
        message: expect.stringMatching(/release 1 is current.*name them in `resume`/),
      });
    });

    test('fails where a task that follows the switch fails', async () => {
      host();
      await rollBack(fromThree('v1'));
      expect(await errorOf({ ...fromThree('v1'), mustAct: true }, { resume: ['php:reload'] })).toMatchObject({ kind: 'failed' });
    });

    test('distinguishes two releases of the same version by the fingerprint of the good one', async () => {
      host();
      const good = await hookOf().current(anOrder().place, never);
      fake.deploy('v3');
      await rollBack(fromThree('v3', good ?? ''));
      expect(fake.current()).toBe('3');
    });

    test.for<{ name: string; order: Partial<RollbackOrder>; to: string }>([
      { name: 'a commit', order: { target: { deployId: 'd', version: '2026.47', commit: 'v2v2v2v2' } }, to: '2' },
      { name: 'a version that is a commit', order: { target: { deployId: 'd', version: 'v1'.repeat(20) } }, to: '1' },
    ])('finds the release by $name', async ({ order, to }) => {
      host();
      await rollBack({ from: { version: 'v3' }, ...order });
      expect(fake.current()).toBe(to);
    });

    test('finds the release by its name only if releases are named after versions', async () => {
      host();
      expect(await errorOf(fromThree('2'))).toMatchObject({ kind: 'refused' });
      fake.deploy('HEAD', { name: '2026.1' });
      fake.deploy('HEAD', { name: '2026.2' });
      await rollBack({ from: { version: '2026.2' }, target: { deployId: 'd', version: '2026.1' } });
      expect(fake.current()).toBe('2026.1');
    });

    test('a release that is marked as bad is refused, because Deployer would silently skip it', async () => {
      host();
      writeFileSync(`${fake.deployPath}/releases/2/BAD_RELEASE`, '');
      expect(await errorOf(fromThree('v2'))).toMatchObject({
        kind: 'refused',
        targetGone: true,
        message: expect.stringContaining('remove its file BAD_RELEASE'),
      });
      expect(fake.received()).toEqual([]);
    });

    test('a release that was rolled back is no target until its mark is removed', async () => {
      host();
      await rollBack(fromThree('v2'));
      const back = { from: { version: 'v2' }, target: { deployId: 'd', version: 'v3' } };
      expect(await errorOf(back)).toMatchObject({ kind: 'refused', message: expect.stringContaining('is marked as bad') });
      rmSync(`${fake.deployPath}/releases/3/BAD_RELEASE`);
      expect(await rollBack(back)).toMatchObject({ alreadyThere: false });
    });

    test('a roll forward goes to it all the same, and leaves no release marked as bad', async () => {
      host();
      await rollBack(fromThree('v2'));
      const forward = { from: { version: 'v2' }, target: { deployId: 'd', version: 'v3' }, isForward: true, mustAct: true };
      expect(await rollBack(forward)).toMatchObject({
        alreadyThere: false,
        summary: expect.stringMatching(/^Deployer exited with 0, and /),
      });
      expect(fake.current()).toBe('3');
      for (const name of ['2', '3']) expect(existsSync(`${fake.deployPath}/releases/${name}/BAD_RELEASE`)).toBe(false);
      expect(await rollBack({ ...fromThree('v2') })).toMatchObject({ alreadyThere: false });
    });

    test('of several matching releases, one that is not marked as bad is the target', async () => {
      host();
      fake.deploy('v2');
      fake.deploy('v4');
      writeFileSync(`${fake.deployPath}/releases/4/BAD_RELEASE`, '');
      await rollBack({ from: { version: 'v4' }, target: { deployId: 'd', version: 'v2' } });
      expect(fake.current()).toBe('2');
    });

    test('a release that was deleted is refused, and the error lists the other releases', async () => {
      host();
      rmSync(`${fake.deployPath}/releases/1`, { recursive: true });
      expect(await errorOf(fromThree('v1'))).toMatchObject({
        kind: 'refused',
        message: expect.stringMatching(/^v1 is gone from the host, which has release 3 \(v3, .*, release 2 .*keep_releases/),
      });
    });
  });

  describe('of version 6', () => {
    test('goes one release back if that is the known-good one', async () => {
      host('6.9.0');
      const good = 'release 2 (v2v2v2v2v2v2) of 20261121091100';
      expect(await rollBack(fromThree('v2', good))).toMatchObject({ alreadyThere: false, fingerprint: good });
      expect(await rollBack(fromThree('v2', good))).toMatchObject({ alreadyThere: true });
      expect([fake.current(), fake.received()]).toEqual(['2', ['']]);
    });

    test.for<{ name: string; change(): void; says: RegExp }>([
      {
        name: 'the known-good release is further back',
        change: () => {},
        says: /would delete release 3 and go to release 2, not to release 1/,
      },
      {
        name: 'an unfinished release would be deleted instead of the bad one',
        change: () => {
          fake.deploy('v4');
          rmSync(`${fake.deployPath}/releases/2`, { recursive: true });
          fake.link('3');
        },
        says: /would delete release 4 and go to release 3, not to release 1/,
      },
    ])('is refused if $name', async ({ change, says }) => {
      host('6.9.0');
      change();
      const order = fromThree('v1', 'release 1 (v1v1v1v1v1v1) of 20261121091000');
      expect(await errorOf(order)).toMatchObject({ kind: 'refused', message: expect.stringMatching(says) });
      expect(fake.received()).toEqual([]);
    });
  });

  test('nothing is done during a deploy, and the order can be retried', async () => {
    host();
    writeFileSync(`${fake.deployPath}/.dep/deploy.lock`, 'ayse\n');
    expect(await errorOf(fromThree('v1'))).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('ayse is deploying') });
    expect(fake.received()).toEqual([]);
  });

  test('a missing recipe is refused, and no other recipe is used', async () => {
    host();
    expect(await errorOf(fromThree('v1'), { recipe: `${fake.folder}/deplyo.php` })).toMatchObject({ kind: 'refused' });
    expect(fake.received()).toEqual([]);
  });

  test('runs Deployer in an empty folder, and removes the folder', async () => {
    host();
    const folders: string[] = [];
    const dep: FakeProgram = (call) => {
      folders.push(call.cwd ?? '');
      expect(readdirSync(call.cwd ?? '')).toEqual([]);
      return fake.programs.dep(call);
    };
    await hookOf({}, { dep }).rollBack(anOrder(fromThree('v1')), never);
    expect(folders.length).toBeGreaterThan(1);
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });

  test('after a lost connection, the rollback may have run', async () => {
    host();
    fake.behave('loses the connection');
    expect(await errorOf(fromThree('v1'))).toMatchObject({ kind: 'timeout', message: expect.stringContaining('may have run') });
  });

  test('a selector that selects nothing is refused', async () => {
    host();
    expect(await errorOf(fromThree('v1'), { selector: '{environment}' })).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/production \(correct `selector`\)$/),
    });
  });

  test('a program that is not Deployer gets no order', async () => {
    host();
    const dep: FakeProgram = ({ print }) => {
      print('Deployer 9.0.0');
      return 0;
    };
    const error = await effectErrorOf(hookOf({}, { dep }).rollBack(anOrder(fromThree('v1')), never));
    expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('6 to 8') });
    expect(fake.received()).toEqual([]);
  });

  test('a folder that is not a deploy_path is an error', async () => {
    host();
    mkdirSync(`${fake.folder}/other`);
    const error = await effectErrorOf(hookOf({ deploy_path: `${fake.folder}/other` }).current(anOrder().place, never));
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('/other/current is not a link to a release') });
  });

  test('the recipe and the config of the example name the same host and folder', () => {
    host();
    const recipe = readFileSync('examples/deployer/deploy.php', 'utf8');
    const config = readFileSync('examples/deployer/bakewatch.yaml', 'utf8');
    const [, named] = /host\('([^']+)'\)/.exec(recipe) ?? [];
    const [, path] = /'deploy_path', '([^']+)'/.exec(recipe) ?? [];
    expect(config).toContain(`selector: ${named}\n    deploy_path: ${path}\n`);
  });

  test.for([{ selector: '-x' }, { recipe: 'deploy.php' }, { deploy_path: '~/shop' }, { selector: '{version}' }, { dep: [] }])(
    'the options %j are refused',
    (rest) => {
      host();
      expect(() => hookOf(rest)).toThrow();
    },
  );
});
