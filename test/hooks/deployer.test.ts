import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { deployer } from '../../src/hooks/deployer.ts';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { RollbackOrder } from '../../src/ports/hook.ts';
import { anOrder, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { createFakeDeployer, type FakeDeployer } from '../support/fake-deployer.ts';

const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };
const never = new AbortController().signal;
const bound = ({ dep, recipe, deployPath }: FakeDeployer, rest: Readonly<Record<string, unknown>> = {}, using: HookDeps = deps) =>
  deployer.bind({ dep: [dep], recipe, selector: 'prod', deploy_path: deployPath, timeout: '2s', ...rest })(using);

const open = async () => {
  const fake = createFakeDeployer('7.5.12', 'password=hunter2-hunter2');
  return {
    hook: bound(fake),
    lost: bound(fake, { dep: ['/nowhere/dep'] }),
    blind: null,
    build: (using: HookDeps) => ({ hook: bound(fake, { timeout: '10s' }, using), blind: null }),
    prints: true,
    needsFingerprint: true,
    secret: 'hunter2-hunter2',
    shows: fake.fingerprintOf,
    offer: (release: string) => fake.deploy(release),
    behave: fake.behave,
    running: fake.running,
    run: (release: string) => fake.deploy(release),
    forget: fake.forget,
    asked: () => fake.asked().map((version) => ({ version })),
    close: async () => fake.remove(),
  };
};
describeHookContract('deployer', open);
describeKilled('deployer', open);

describe('rollbacks with Deployer', () => {
  let fake: FakeDeployer;
  afterEach(() => fake.remove());
  /** A host with the releases 1, 2 and 3, which are v1, v2 and v3. */
  function host(version: '6.9.0' | '7.5.12' = '7.5.12'): FakeDeployer {
    fake = createFakeDeployer(version, '');
    for (const target of ['v1', 'v2', 'v3']) fake.deploy(target, { revision: target.repeat(20) });
    return fake;
  }
  const fromThree = (version: string, fingerprint?: string): Partial<RollbackOrder> => ({
    from: { version: 'v3' },
    target: { deployId: 'd', version, ...(fingerprint !== undefined && { fingerprint }) },
  });
  const rollBack = (order: Partial<RollbackOrder>, rest: Readonly<Record<string, unknown>> = {}) =>
    bound(fake, rest).rollBack(anOrder(order), never);
  const errorOf = (order: Partial<RollbackOrder>, rest: Readonly<Record<string, unknown>> = {}) => effectErrorOf(rollBack(order, rest));

  describe('of version 7 and 8', () => {
    test('skips what lies between, and never goes one release further, however often it is ordered', async () => {
      host();
      for (const alreadyThere of [false, true, true]) expect(await rollBack(fromThree('v1'))).toMatchObject({ alreadyThere });
      expect([fake.current(), fake.asked()]).toEqual(['1', ['v1']]);
    });

    test('tells two releases of the same version apart by what was seen while one was good', async () => {
      host();
      const good = await bound(fake).current(anOrder().place, never);
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

    test('finds it by its name only where releases are named after versions', async () => {
      host();
      expect(await errorOf(fromThree('2'))).toMatchObject({ kind: 'refused' });
      fake.deploy('HEAD', { name: '2026.1' });
      fake.deploy('HEAD', { name: '2026.2' });
      await rollBack({ from: { version: '2026.2' }, target: { deployId: 'd', version: '2026.1' } });
      expect(fake.current()).toBe('2026.1');
    });

    test('a release that someone marked as bad is refused before Deployer shrugs it off', async () => {
      host();
      writeFileSync(`${fake.deployPath}/releases/2/BAD_RELEASE`, '');
      expect(await errorOf(fromThree('v2'))).toMatchObject({
        kind: 'refused',
        targetGone: true,
        message: expect.stringContaining('remove its file BAD_RELEASE'),
      });
      expect(fake.asked()).toEqual([]);
    });

    test('there is no way back from a rollback until the mark is removed, which a drill for real must know', async () => {
      host();
      await rollBack(fromThree('v2'));
      const back = { from: { version: 'v2' }, target: { deployId: 'd', version: 'v3' } };
      expect(await errorOf(back)).toMatchObject({ kind: 'refused', message: expect.stringContaining('is marked as bad') });
      rmSync(`${fake.deployPath}/releases/3/BAD_RELEASE`);
      expect(await rollBack(back)).toMatchObject({ alreadyThere: false });
    });

    test('of several, the one that is not marked as bad is taken', async () => {
      host();
      fake.deploy('v2');
      fake.deploy('v4');
      writeFileSync(`${fake.deployPath}/releases/4/BAD_RELEASE`, '');
      await rollBack({ from: { version: 'v4' }, target: { deployId: 'd', version: 'v2' } });
      expect(fake.current()).toBe('2');
    });

    test('a release that was cleaned up is refused, and what is left is told', async () => {
      host();
      rmSync(`${fake.deployPath}/releases/1`, { recursive: true });
      expect(await errorOf(fromThree('v1'))).toMatchObject({
        kind: 'refused',
        message: expect.stringMatching(/^v1 is gone from the host, which has release 3 \(v3, .*, release 2 .*keep_releases/),
      });
    });
  });

  describe('of version 6', () => {
    test('goes one release back where that is the known-good one', async () => {
      host('6.9.0');
      const good = 'release 2 (v2v2v2v2v2v2) of 20261121091100';
      expect(await rollBack(fromThree('v2', good))).toMatchObject({ alreadyThere: false, fingerprint: good });
      expect(await rollBack(fromThree('v2', good))).toMatchObject({ alreadyThere: true });
      expect([fake.current(), fake.asked()]).toEqual(['2', ['']]);
    });

    test.for<{ name: string; change(): void; says: RegExp }>([
      {
        name: 'the known-good one lies further back',
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
    ])('is refused where $name', async ({ change, says }) => {
      host('6.9.0');
      change();
      const order = fromThree('v1', 'release 1 (v1v1v1v1v1v1) of 20261121091000');
      expect(await errorOf(order)).toMatchObject({ kind: 'refused', message: expect.stringMatching(says) });
      expect(fake.asked()).toEqual([]);
    });
  });

  test('while someone deploys, nothing is done, and it is tried again', async () => {
    host();
    writeFileSync(`${fake.deployPath}/.dep/deploy.lock`, 'ayse\n');
    expect(await errorOf(fromThree('v1'))).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('ayse is deploying') });
    expect(fake.asked()).toEqual([]);
  });

  test('a recipe that is not there is refused, rather than another one found', async () => {
    host();
    expect(await errorOf(fromThree('v1'), { recipe: `${fake.folder}/deplyo.php` })).toMatchObject({ kind: 'refused' });
    expect(fake.asked()).toEqual([]);
  });

  test('runs in an empty folder, which is removed', async () => {
    host();
    writeFileSync(
      `${fake.folder}/where`,
      `#!/bin/sh\n[ "$1" = --version ] || { pwd; ls -A; } > ${fake.folder}/seen\nexec ${fake.dep} "$@"\n`,
      { mode: 0o755 },
    );
    await rollBack(fromThree('v1'), { dep: [`${fake.folder}/where`] });
    const [cwd = '', ...files] = readFileSync(`${fake.folder}/seen`, 'utf8').trim().split('\n');
    expect(files).toEqual([]);
    expect(existsSync(cwd)).toBe(false);
  });

  test('the loss of its connection may have come after the switch', async () => {
    host();
    writeFileSync(`${fake.folder}/behavior`, 'lost');
    expect(await errorOf(fromThree('v1'))).toMatchObject({ kind: 'timeout', message: expect.stringContaining('may have run') });
  });

  test('a selector that selects nothing is refused', async () => {
    host();
    expect(await errorOf(fromThree('v1'), { selector: '{environment}' })).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/production \(correct `selector`\)$/),
    });
  });

  test('a program that is no Deployer is not asked to roll back', async () => {
    host();
    expect(await errorOf(fromThree('v1'), { dep: ['echo', 'Deployer 9.0.0'] })).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('6 to 8'),
    });
  });

  test('a folder that is no deploy_path is told at once', async () => {
    host();
    mkdirSync(`${fake.folder}/other`);
    const error = await effectErrorOf(bound(fake, { deploy_path: `${fake.folder}/other` }).current(anOrder().place, never));
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('/other/current is not a link to a release') });
  });

  test('the example names the same host and folder in its recipe and its config', () => {
    host();
    const recipe = readFileSync('examples/deployer/deploy.php', 'utf8');
    const config = readFileSync('examples/deployer/bakewatch.yaml', 'utf8');
    const [, named] = /host\('([^']+)'\)/.exec(recipe) ?? [];
    const [, path] = /'deploy_path', '([^']+)'/.exec(recipe) ?? [];
    expect(config).toContain(`selector: ${named}\n    deploy_path: ${path}\n`);
  });

  test.for([{ selector: '-x' }, { recipe: 'deploy.php' }, { deploy_path: '~/shop' }, { selector: '{version}' }, { dep: [] }])(
    'the options %j are a mistake',
    (rest) => {
      host();
      expect(() => bound(fake, rest)).toThrow();
    },
  );
});
