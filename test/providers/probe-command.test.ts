import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../src/net/http.ts';
import { startOf } from '../../src/store/process-life.ts';
import { aCommand, aProber, ask, errorOf, seenBy } from '../support/probing.ts';

const http = createHttp();
const folder = mkdtempSync(join(tmpdir(), 'bakewatch-probe-'));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await http.close();
});
const provider = aProber(http, { commands: true });
const sh = (script: string) => aCommand('sh', '-c', script);

describe('a command', () => {
  test('that ends with 0 passes', async () => {
    expect(await seenBy(provider, aCommand('true'))).toMatch(/^1 of 1 attempts passed: exit code 0 in \d+ ms$/);
  });

  test.for([
    ['echo first; echo no database >&2; exit 3', /^1 of 1 attempts failed: exit code 3: no database$/],
    ['exit 1', /failed: exit code 1$/],
    ['kill -9 $$', /failed: killed by SIGKILL$/],
    ['head -c 3000000 /dev/zero | tr "\\0" x; echo; echo the end; exit 1', /failed: exit code 1: the end$/],
    ['echo password=hunter2; exit 1', /failed: exit code 1: password=\[redacted\]$/],
  ] as const)('%s', async ([script, says]) => {
    expect(await seenBy(provider, sh(script))).toMatch(says);
  });

  test('that hangs is killed with all processes that it started', async () => {
    const pids = join(folder, 'pids');
    const script = `sleep 1000 & echo $! > ${pids}; echo waiting; wait`;
    expect(await seenBy(provider, sh(script), { withinMs: 500 })).toBe(
      '1 of 1 attempts failed: sh did not end within 0.5 s and was killed: waiting',
    );
    const pid = Number(readFileSync(pids, 'utf8'));
    expect(startOf(pid), 'a zombie has no start').toBeNull();
  });

  test('runs in the folder of the rules, without a shell', async () => {
    await ask(provider, { kind: 'command', argv: ['touch', '$(id)', 'a b'], cwd: folder, ssh: null });
    expect(existsSync(join(folder, '$(id)')) && existsSync(join(folder, 'a b'))).toBe(true);
  });

  test('that we interrupt is not a failed attempt', async () => {
    const controller = new AbortController();
    const mark = join(folder, 'started');
    const asked = errorOf(provider, sh(`touch ${mark}; sleep 1000`), { signal: controller.signal, withinMs: 20_000 });
    await expect.poll(() => existsSync(mark)).toBe(true);
    controller.abort();
    expect(await asked).toMatchObject({ kind: 'timeout', message: 'sh did not end before the deadline and was killed' });
  });

  test('that does not exist is an error, not a failed attempt', async () => {
    expect(await errorOf(provider, aCommand('/no/such/program'))).toMatchObject({ kind: 'bad_query', retryable: false });
    expect((await errorOf(provider, { kind: 'command', argv: ['true'], cwd: '/no/such/folder', ssh: null })).message).toContain(
      'could not be started',
    );
  });

  test('does not run unless the operator allows it', async () => {
    const mark = join(folder, 'never');
    expect(await errorOf(aProber(http), aCommand('touch', mark))).toMatchObject({
      kind: 'bad_query',
      message: 'probes may not run commands on the machine of the server',
    });
    expect(existsSync(mark)).toBe(false);
  });

  test('on a machine that the config does not have is an error', async () => {
    expect(await errorOf(provider, { kind: 'command', argv: ['true'], cwd: null, ssh: 'toString' })).toMatchObject({
      kind: 'bad_query',
      message: 'the config has no ssh connection named "toString"',
    });
  });
});
