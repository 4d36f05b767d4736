import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deployer } from '../../src/hooks/deployer.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess, type RunProcess } from '../../src/net/process.ts';
import type { RollbackHook } from '../../src/ports/hook.ts';
import { anOrder, describeHookContract } from '../contracts/hook.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { createFakeDeployer, type FakeDeployer } from '../support/fake-deployer.ts';
import { runInProcess } from '../support/fake-program.ts';
import { hasSshd, type Sshd, startSshd } from '../support/sshd.ts';
import { openDeployer } from './deployer-world.ts';

const http = createHttp();
const runReal = createRunProcess({ PATH: process.env.PATH, HOME: process.env.HOME });
const never = new AbortController().signal;

describeHookContract('deployer', () => openDeployer('as real processes'));

const from3to = (version: string, fingerprint: string) =>
  anOrder({ from: { version: 'v3' }, target: { deployId: 'd', version, fingerprint } });

let host: FakeDeployer | undefined;
afterEach(() => host?.remove());
function releasesOf(version: '6.9.0' | '7.5.12'): FakeDeployer {
  host = createFakeDeployer(version, '');
  for (const target of ['v1', 'v2', 'v3']) host.deploy(target, { revision: target.repeat(20) });
  return host;
}
/** The hook for a host. It reads the host with a real shell; the program `fake-dep` runs inside this process. */
function hookOf({ programs, recipe, deployPath }: FakeDeployer, rest: Readonly<Record<string, unknown>> = {}): RollbackHook {
  const runFake = runInProcess({ 'fake-dep': programs.dep });
  const run: RunProcess = (request, signal) => (request.argv[0] === 'fake-dep' ? runFake : runReal)(request, signal);
  return deployer.bind({ dep: ['fake-dep'], recipe, selector: 'prod', deploy_path: deployPath, ...rest })({ http, run });
}
const current = (at: FakeDeployer, rest = {}) => hookOf(at, rest).current(anOrder().place, never);

describe.skipIf(!hasSshd())('a host that is read over a real SSH server', () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd();
  });
  afterAll(() => server.stop());
  const ssh = () => ({
    host: server.host,
    port: server.port,
    user: server.user,
    identity_file: server.identityFile,
    known_hosts: server.knownHosts,
  });

  test('gives the same answers as the same host without SSH', async () => {
    const at = releasesOf('7.5.12');
    const overSsh = await current(at, { ssh: ssh() });
    expect(overSsh).toBe('release 3 (v3, v3v3v3v3v3v3) of 2026-11-21T09:12:00+0000');
    expect(await current(at)).toBe(overSsh);
    at.link('1');
    const good = (await current(at)) ?? '';
    at.link('3');
    expect(await hookOf(at, { ssh: ssh() }).rollBack(from3to('v1', good), never)).toMatchObject({ alreadyThere: false, fingerprint: good });
    expect(at.current()).toBe('1');
  });

  test('is not rolled back if the login fails', async () => {
    const at = releasesOf('7.5.12');
    const stranger = { ssh: { ...ssh(), identity_file: server.strangerFile } };
    const error = await effectErrorOf(hookOf(at, stranger).rollBack(from3to('v1', 'release 1'), never));
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('Permission denied') });
    expect(at.received()).toEqual([]);
  });
});

const version = spawnSync('dep', ['--version', '--no-ansi'], { encoding: 'utf8' }).stdout ?? '';
const major = Number(/Deployer (\d+)/.exec(version)?.[1]);

// No package repository has Deployer: these tests run only if `dep` is on the PATH, with PHP.
describe.skipIf(Number.isNaN(major))(`a real Deployer${version && ` (${version.trim()})`}`, () => {
  function realHost(others: readonly FakeDeployer[] = []): FakeDeployer {
    const at = releasesOf(major === 6 ? '6.9.0' : '7.5.12');
    const hosts = [at, ...others].map(({ deployPath }, index) => {
      const alias = index === 0 ? 'prod' : `late-${index}`;
      const host = major === 6 ? `localhost('${alias}')->stage('all')` : `localhost('${alias}')`;
      return `${host}->set('deploy_path', '${deployPath}');\n`;
    });
    writeFileSync(at.recipe, `<?php\nnamespace Deployer;\nrequire 'recipe/common.php';\n${hosts.join('')}`);
    return at;
  }
  const real = { dep: ['dep'] };
  const fingerprintOf = async (at: FakeDeployer, name: string) => {
    const before = at.current();
    at.link(name);
    const fingerprint = (await current(at)) ?? '';
    at.link(before);
    return fingerprint;
  };

  test('goes to the known-good release once', async () => {
    const at = realHost();
    at.link('2');
    const good = (await current(at)) ?? '';
    at.link('3');
    for (const alreadyThere of [false, true]) {
      expect(await hookOf(at, real).rollBack(from3to('v2', good), never)).toMatchObject({ alreadyThere, fingerprint: good });
    }
    expect(at.current()).toBe('2');
  });

  test('goes straight to the target; with version 6, the hook refuses that', async () => {
    const at = realHost();
    at.link('1');
    const good = (await current(at)) ?? '';
    at.link('3');
    const rollback = hookOf(at, real).rollBack(from3to('v1', good), never);
    if (major === 6) expect(await effectErrorOf(rollback)).toMatchObject({ kind: 'refused' });
    else
      expect(await rollback).toMatchObject({
        alreadyThere: false,
        output: expect.stringContaining('rollback to release 1 was successful'),
      });
    expect(at.current()).toBe(major === 6 ? '3' : '1');
  });

  test.skipIf(major === 6)('rolls forward to a release that it marked as bad', async () => {
    const at = realHost();
    const [bad, good] = [(await current(at)) ?? '', await fingerprintOf(at, '2')];
    await hookOf(at, real).rollBack(from3to('v2', good), never);
    const forward = { from: { version: 'v2', fingerprint: good }, target: { deployId: 'd', version: 'v3', fingerprint: bad } };
    const order = anOrder({ ...forward, isForward: true, mustAct: true });
    expect(await hookOf(at, real).rollBack(order, never)).toMatchObject({ alreadyThere: false, fingerprint: bad });
    expect(at.current()).toBe('3');
    // The release that it left is still a target.
    expect(await hookOf(at, real).rollBack(from3to('v2', good), never)).toMatchObject({ alreadyThere: false, fingerprint: good });
  });

  test.for([
    { name: 'a selector that selects nothing', rest: { selector: 'nowhere' }, says: 'correct `selector`' },
    { name: 'a recipe without the task', recipe: '<?php\nnamespace Deployer;\nhost("prod");\n', says: 'must require recipe/common.php' },
  ])('$name is refused', async ({ rest, recipe, says }) => {
    const at = realHost();
    at.link('2');
    const good = (await current(at)) ?? '';
    at.link('3');
    if (recipe) writeFileSync(at.recipe, recipe);
    const hook = hookOf(at, { ...real, ...rest });
    for (const attempt of ['rollBack', 'rehearse'] as const)
      expect(await effectErrorOf(hook[attempt](from3to('v2', good), never))).toMatchObject({
        kind: 'refused',
        message: expect.stringContaining(says),
      });
    expect(at.current()).toBe('3');
  });

  test('a rehearsal plans the rollback, and changes nothing', async () => {
    const at = realHost();
    at.link('2');
    const good = (await current(at)) ?? '';
    at.link('3');
    const findings = await hookOf(at, real).rehearse(from3to('v2', good), never);
    expect(findings).toContain(`Deployer ${major} plans the rollback of prod, and reaches each host over its own ssh`);
    expect(at.current()).toBe('3');
  });

  test('a selector of two hosts that differ is refused, and names both', async () => {
    const late = createFakeDeployer(major === 6 ? '6.9.0' : '7.5.12', '');
    for (const tag of ['v2', 'v3']) late.deploy(tag, { revision: tag.repeat(20) });
    const at = realHost([late]);
    at.link('2');
    const good = (await current(at)) ?? '';
    at.link('3');
    const error = await effectErrorOf(hookOf(at, { ...real, selector: 'all' }).rollBack(from3to('v2', good), never));
    expect(error).toMatchObject({ kind: 'refused', message: expect.stringMatching(/prod.*late-1/) });
    expect([at.current(), late.current()]).toEqual(['3', '2']);
    late.remove();
  });
});
