import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { ssh } from '../../src/hooks/ssh.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import { anOrder, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import { createReleaseScript } from '../support/release-script.ts';
import { hasSshd, type Sshd, startSshd } from '../support/sshd.ts';

const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };
const never = new AbortController().signal;
const secret = 'password=hunter2-hunter2';

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
    timeout: '2s',
    connect_timeout: '1s',
    rollback: ['true'],
    ...rest,
  });
  const bound = (rest: Readonly<Record<string, unknown>> = {}, using: HookDeps = deps) => ssh.bind(optionsOf(rest))(using);
  const errorOf = (rest: Readonly<Record<string, unknown>>) => effectErrorOf(bound(rest).rollBack(anOrder(), never));
  const shell = (script: string) => ({ rollback: ['sh', '-c', script] });

  const open = async () => {
    const script = createReleaseScript(secret);
    const rollback = [script.path, '{version}', '{order}'];
    const build = (using: HookDeps) => ({
      hook: bound({ rollback, current: [script.path, '--show'] }, using),
      unverifiable: bound({ rollback }, using),
    });
    return {
      ...script,
      ...build(deps),
      build,
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
      const error = await errorOf(shell('echo begun; exec sleep 20'));
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
    const files = () => readdirSync(tmpdir()).filter((name) => name.startsWith('bakewatch-ssh-'));
    const before = files();
    const receipt = await bound({ known_hosts: undefined, host_key: server.hostKey }).rollBack(anOrder(), never);
    expect(receipt.summary).toContain('the command on 127.0.0.1 exited with 0');
    expect(files()).toEqual(before);
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

  describe('with a real release switch', () => {
    let folder = '';
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'bakewatch-switch-'));
      for (const version of ['v1', 'v2']) await mkdir(join(folder, 'releases', version), { recursive: true });
      symlinkSync('releases/v2', join(folder, 'current'));
      writeFileSync(join(folder, 'switch'), releaseSwitch(folder), { mode: 0o755 });
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));
    const switcher = () => bound({ rollback: [`${folder}/switch`, '{version}'], current: [`${folder}/switch`, '--show'] });

    test('is idempotent: a second rollback switches nothing', async () => {
      expect(await switcher().rollBack(anOrder(), never)).toMatchObject({
        alreadyThere: false,
        fingerprint: 'v1',
        output: 'switched to v1\n',
      });
      expect(readlinkSync(`${folder}/current`)).toBe('releases/v1');
      expect(await switcher().rollBack(anOrder(), never)).toMatchObject({ alreadyThere: true });
      expect(await readFile(`${folder}/log`, 'utf8')).toBe('v1\n');
    });

    test('a release that is gone has its own error, and the running release stays', async () => {
      const error = await effectErrorOf(switcher().rollBack(anOrder({ target: { deployId: 'd', version: 'v0' } }), never));
      expect(error).toMatchObject({ kind: 'refused', targetGone: true, message: expect.stringContaining('exited with 44: no release v0') });
      expect(readlinkSync(`${folder}/current`)).toBe('releases/v2');
    });

    test('a forced command gets the order in SSH_ORIGINAL_COMMAND, and no other command can run', async () => {
      writeFileSync(join(folder, 'forced'), forcedCommand(folder), { mode: 0o755 });
      server.force(`${folder}/forced`);
      const hook = bound({ rollback: ['release-switch', '{version}'], current: ['release-switch', '--show'] });
      expect(await hook.rollBack(anOrder(), never)).toMatchObject({ fingerprint: 'v1' });
      expect(await errorOf({ rollback: ['touch', `${folder}/owned`] })).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('exited with 77: refused: touch'),
      });
    });
  });
});

const otherKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

const releaseSwitch = (folder: string) => `#!/bin/sh
set -eu
cd ${folder}
if [ "$1" = --show ]; then basename "$(readlink current)"; exit; fi
[ -d "releases/$1" ] || { echo "no release $1" >&2; exit 44; }
ln -sfn "releases/$1" next
mv -T next current
echo "$1" >> log
echo "switched to $1"
`;

const forcedCommand = (folder: string) => `#!/bin/sh
set -f
set -- $SSH_ORIGINAL_COMMAND
case "$#:$1" in
  2:release-switch) exec ${folder}/switch "$2" ;;
  *) echo "refused: $SSH_ORIGINAL_COMMAND" >&2; exit 77 ;;
esac
`;
