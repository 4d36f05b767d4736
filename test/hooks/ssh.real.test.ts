import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { ssh } from '../../src/hooks/ssh.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import { anOrder, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { documentedSwitch, oddVersions, scriptSources } from '../support/documented-switch.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import { createReleaseScript } from '../support/release-script.ts';
import { hasSshd, type Sshd, startSshd } from '../support/sshd.ts';

const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };
const never = new AbortController().signal;
const secret = 'password=hunter2-hunter2';
/** For what hangs: the login must fit in. */
const impatient = { timeout: '8s', connect_timeout: '4s' };

describe.skipIf(!hasSshd())('over a real SSH server', () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd();
  });
  afterAll(() => server.stop());
  afterEach(() => server.force(null));

  const optionsOf = (rest: Readonly<Record<string, unknown>> = {}) => ({
    host: server.host,
    port: server.port,
    user: server.user,
    identity_file: server.identityFile,
    known_hosts: server.knownHosts,
    // A login takes seconds on a busy machine.
    timeout: '20s',
    connect_timeout: '10s',
    rollback: ['true'],
    ...rest,
  });
  const bound = (rest: Readonly<Record<string, unknown>> = {}, using: HookDeps = deps) => ssh.bind(optionsOf(rest))(using);
  const errorOf = (rest: Readonly<Record<string, unknown>>) => effectErrorOf(bound(rest).rollBack(anOrder(), never));
  const shell = (script: string) => ({ rollback: ['sh', '-c', script] });

  const open = async () => {
    const script = createReleaseScript(secret);
    const rollback = [script.path, '{version}', '{order}'];
    const current = [script.path, '--show'];
    const build = (using: HookDeps) => ({ hook: bound({ rollback, current }, using), unverifiable: bound({ rollback }, using) });
    return {
      ...script,
      ...build(deps),
      build,
      impatient: bound({ rollback, current, ...impatient }),
      unreachable: bound({ rollback, port: 1 }),
      prints: true,
      secret: 'hunter2',
      close: async () => script.remove(),
    };
  };
  describeHookContract('ssh', open);
  describeKilled('ssh', open);

  describe('the command did not run', () => {
    test.for<{ name: string; rest: () => Readonly<Record<string, unknown>>; says: RegExp }>([
      {
        name: 'a host with another key',
        rest: () => ({ known_hosts: undefined, host_key: otherKey }),
        says: /Host key verification failed/,
      },
      { name: 'an unknown host', rest: () => ({ known_hosts: '/dev/null' }), says: /Host key verification failed/ },
      { name: 'a key that may not log in', rest: () => ({ identity_file: server.strangerFile }), says: /Permission denied \(publickey\)/ },
      { name: 'a key file that is missing', rest: () => ({ identity_file: '/no/such/key' }), says: /not accessible.*Permission denied/ },
      { name: 'a server that is down', rest: () => ({ port: 1 }), says: /Connection refused/ },
      { name: 'a name that does not resolve', rest: () => ({ host: 'no-such-host.invalid' }), says: /Could not resolve hostname/ },
      { name: 'a client that is not installed', rest: () => ({ ssh: '/no/such/ssh' }), says: /could not be started/ },
    ])('$name', async ({ rest, says }) => {
      const mark = join(tmpdir(), `bakewatch-never-${process.pid}`);
      const error = await errorOf({ rollback: ['touch', mark], ...rest() });
      expect(existsSync(mark)).toBe(false);
      expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(says) });
    });
  });

  describe('the command may have run', () => {
    test('a remote command killed by a signal', async () => {
      expect(await errorOf(shell('kill -KILL $$'))).toMatchObject({
        kind: 'timeout',
        message: expect.stringContaining('killed by a signal'),
      });
    });

    test('a lost connection', async () => {
      expect(await errorOf(shell('kill -KILL $PPID; sleep 5'))).toMatchObject({
        kind: 'timeout',
        message: expect.stringMatching(/lost|killed/),
      });
    });

    test('a command that hangs: the client is killed', async () => {
      const error = await errorOf({ ...shell('echo begun; exec sleep 30'), ...impatient });
      expect(error).toMatchObject({ kind: 'timeout', output: 'begun\n', message: expect.stringContaining('may still be running there') });
    });
  });

  describe('the command ran and failed', () => {
    test.for([3, 77, 127, 255])('exit code %i of the remote command', async (code) => {
      // The text of a refused login in the output of the command must not be taken for one of the connection.
      const error = await errorOf(shell(`echo "git@example.com: Permission denied (publickey)." >&2; exit ${code}`));
      expect(error).toMatchObject({ kind: 'failed', message: expect.stringContaining(`exited with ${code}: git@example.com`) });
    });
  });

  test('a pinned key is enough, and leaves no file behind', async () => {
    // A folder of its own: other tests that run beside this one have such files, too.
    const own = mkdtempSync(join(tmpdir(), 'bakewatch-pinned-'));
    onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(own, { recursive: true });
    });
    vi.stubEnv('TMPDIR', own);
    const receipt = await bound({ known_hosts: undefined, host_key: server.hostKey }).rollBack(anOrder(), never);
    expect(receipt.summary).toContain('the command on 127.0.0.1 exited with 0');
    expect(readdirSync(own)).toEqual([]);
  });

  test('arguments arrive unchanged: the remote shell interprets nothing', async () => {
    const odd = ['a b', "it's", '"', '$(id)', '`id`', 'line\nbreak', '--x', '*', '~', 'A=b', 'ş', '', '\\', '!x', '#'];
    const { output } = await bound({ rollback: ['printf', '<%s>', ...odd] }).rollBack(anOrder(), never);
    expect(output).toBe(odd.map((each) => `<${each}>`).join(''));
  });

  test('a megabyte of output is cut, and secrets in it are redacted', async () => {
    const receipt = await bound(
      shell(`echo token=hunter2; head -c 1000000 /dev/zero | tr '\\\\0' x; echo; echo password=hunter2`),
    ).rollBack(anOrder(), never);
    expect(receipt.output.length).toBeLessThan(40_000);
    expect(receipt.output).toMatch(/^token=\[redacted\]\n[\s\S]*bytes cut[\s\S]*password=\[redacted\]\n$/);
    expect(everythingIn(receipt)).not.toContain('hunter2');
  });

  describe.each(scriptSources)('with the release switch of %s', (source) => {
    let folder = '';
    beforeEach(() => {
      folder = documentedSwitch(source, oddVersions);
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));
    const current = () => readlinkSync(`${folder}/current`);
    const restarts = () => (existsSync(`${folder}/restarts`) ? readFileSync(`${folder}/restarts`, 'utf8').split('\n').length - 1 : 0);
    const switcher = () => bound({ rollback: [`${folder}/release-switch`, '{version}'], current: [`${folder}/release-switch`, '--show'] });
    const forced = (rest: Readonly<Record<string, unknown>> = {}) => {
      server.force(`${folder}/bakewatch-forced`);
      return bound({ rollback: ['release-switch', '{version}'], current: ['release-switch', '--show'], ...rest });
    };
    const rehearse = ['release-switch', '--check', '{version}'];
    const to = (version: string) => anOrder({ target: { deployId: 'd', version } });

    test('is idempotent: a second rollback switches nothing', async () => {
      expect(await switcher().rollBack(anOrder(), never)).toMatchObject({ alreadyThere: false, fingerprint: 'v1' });
      expect(current()).toBe('releases/v1');
      expect(await switcher().rollBack(anOrder(), never)).toMatchObject({ alreadyThere: true });
      expect(restarts()).toBe(1);
    });

    test('a release that is gone has its own error, and the running release stays', async () => {
      const error = await effectErrorOf(switcher().rollBack(to('v0'), never));
      expect(error).toMatchObject({ kind: 'refused', targetGone: true, message: expect.stringContaining('exited with 44: no release v0') });
      expect(current()).toBe('releases/v2');
    });

    test('the forced command admits rollback, look and rehearsal, and the rehearsal changes nothing', async () => {
      expect(await forced({ rehearse }).rehearse(anOrder(), never)).toEqual([
        'v2 is running',
        'the `rehearse` command on 127.0.0.1 exited with 0',
      ]);
      expect([current(), restarts()]).toEqual(['releases/v2', 0]);
      expect(await forced().rollBack(anOrder(), never)).toMatchObject({ fingerprint: 'v1' });
    });

    test('a rehearsal over the forced command finds a release that is gone, and a missing right', async () => {
      expect(await effectErrorOf(forced({ rehearse }).rehearse(to('v0'), never))).toMatchObject({ kind: 'refused', targetGone: true });
      writeFileSync(`${folder}/sudo`, '#!/bin/sh\nexit 1\n');
      expect(await effectErrorOf(forced({ rehearse }).rehearse(anOrder(), never))).toMatchObject({
        kind: 'failed',
        message: expect.stringMatching(/exited with 1: no right to re(load|start)/),
      });
    });

    test('the login is proven by `current`, and what is open is said', async () => {
      expect(await forced().rehearse(anOrder(), never)).toEqual([
        'v2 is running',
        'the login to 127.0.0.1 works',
        expect.stringMatching(/^not checked: whether `rollback` works and v1 is still there/),
      ]);
    });

    test('without `current`, the refusal of the forced command proves the login', async () => {
      expect((await forced({ current: undefined }).rehearse(anOrder(), never))[0]).toBe('the login to 127.0.0.1 works');
    });

    test('versions that a shell may change arrive unchanged', async () => {
      for (const version of oddVersions) {
        await forced({ rehearse }).rehearse(to(version), never);
        expect(await forced().rollBack(to(version), never)).toMatchObject({ fingerprint: version });
        expect(current()).toBe(`releases/${version}`);
      }
    });
  });

  test('a login that fails is found by a rehearsal', async () => {
    for (const rest of [{}, { current: ['true'] }, { rehearse: ['true'] }])
      expect(await effectErrorOf(bound({ ...rest, identity_file: server.strangerFile }).rehearse(anOrder(), never))).toMatchObject({
        kind: 'unreachable',
        message: expect.stringContaining('Permission denied'),
      });
  });
});

const otherKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
