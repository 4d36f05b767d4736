import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../src/net/http.ts';
import { aProber, errorOf, seenBy } from '../support/probing.ts';
import { hasSshd, type Sshd, startSshd } from '../support/sshd.ts';

const http = createHttp();

describe.skipIf(!hasSshd())('a command over a real SSH server', () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd();
  });
  afterAll(async () => {
    await server.stop();
    await http.close();
  });
  const prober = (rest: object = {}) => {
    const { host, port, user, identityFile, knownHosts } = server;
    return aProber(http, { ssh: { vm: { host, port, user, identity_file: identityFile, known_hosts: knownHosts, ...rest } } });
  };
  const remote = (...argv: readonly [string, ...string[]]) => ({ kind: 'command', argv, cwd: null, ssh: 'vm' }) as const;
  const patient = { withinMs: 10_000 };

  test('that ends with 0 passes', async () => {
    expect(await seenBy(prober(), remote('true'), patient)).toMatch(/^1 of 1 attempts passed: exit code 0 in \d+ ms$/);
  });

  test('that ends with another code fails, with its last line', async () => {
    expect(await seenBy(prober(), remote('sh', '-c', 'echo inactive; exit 3'), patient)).toBe(
      '1 of 1 attempts failed: the command on 127.0.0.1 exited with 3: inactive',
    );
  });

  test('that hangs fails', async () => {
    expect(await seenBy(prober(), remote('sleep', '30'), { withinMs: 4_000 })).toMatch(
      /failed: the command on 127\.0\.0\.1 did not end within/,
    );
  });

  test('gets its arguments unchanged', async () => {
    expect(await seenBy(prober(), remote('sh', '-c', 'echo "$1"; exit 1', 'x', '$(id) `id` a  b'), patient)).toMatch(
      /exited with 1: \$\(id\) `id` a {2}b$/,
    );
  });

  test.for<readonly [string, () => object, string, RegExp]>([
    ['a key that may not log in', () => ({ identity_file: server.strangerFile }), 'unavailable', /Permission denied \(publickey\)/],
    ['a server that is down', () => ({ port: 1 }), 'unavailable', /Connection refused/],
    ['a host that is not known', () => ({ known_hosts: '/dev/null' }), 'unavailable', /Host key verification failed/],
  ])('%s is an error, not a failed attempt', async ([, rest, kind, says]) => {
    expect(await errorOf(prober(rest()), remote('true'), patient)).toMatchObject({ kind, message: expect.stringMatching(says) });
  });

  test('a program that does not exist is an error, not a failed attempt', async () => {
    expect(await errorOf(prober(), remote('/no/such/program'), patient)).toMatchObject({
      kind: 'bad_query',
      message: expect.stringMatching(/exited with 127: .*no\/such\/program/),
    });
  });
});
