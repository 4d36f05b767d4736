import { describe, expect, test } from 'vitest';
import { command } from '../../src/hooks/command.ts';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess, type ProcessRequest } from '../../src/net/process.ts';
import { anOrder, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { createReleaseScript } from '../support/release-script.ts';

const secret = 'hunter2-hunter2';
const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };
const never = new AbortController().signal;

const open = async () => {
  const script = createReleaseScript(secret);
  const rollback = [script.path, '{version}', '{order}'];
  const common = { env: { DEPLOY_TOKEN: secret }, timeout: '20s', rollback };
  const verifiable = { ...common, current: [script.path, '--show'] };
  const build = (using: HookDeps) => ({ hook: command.bind(verifiable)(using), unverifiable: command.bind(common)(using) });
  return {
    ...script,
    ...build(deps),
    build,
    impatient: command.bind({ ...verifiable, timeout: '4s' })(deps),
    unreachable: command.bind({ ...common, rollback: [`${script.folder}/gone`, '{version}', '{order}'] })(deps),
    prints: true,
    secret,
    close: async () => script.remove(),
  };
};
describeHookContract('command', open);
describeKilled('command', open);

/** Records the processes that a hook starts, and runs none. */
function recorder() {
  const requests: ProcessRequest[] = [];
  const run = async (request: ProcessRequest) => {
    requests.push(request);
    return { exitCode: 0, signalName: null, stdout: 'v9\n', stderr: '', output: 'v9\n' };
  };
  return { requests, deps: { ...deps, run } };
}

test('a fingerprint that equals the version of the bad release does not prove that the target runs', async () => {
  const { hook, deploy, running, close } = await open();
  deploy('v2');
  const order = anOrder({ target: { deployId: 'deploy-1', version: 'v1', fingerprint: 'v2' } });
  expect(await hook.rollBack(order, never)).toMatchObject({ alreadyThere: false });
  expect(running()).toBe('v1');
  await close();
});

test('a rehearsal says what it could not check, and proves it with `rehearse`', async () => {
  const { path, remove } = createReleaseScript(secret);
  const rehearsal = async (rest: object) =>
    await command
      .bind({ rollback: [path, '{version}', '{order}'], ...rest })(deps)
      .rehearse(anOrder(), never);
  expect(await rehearsal({ current: ['echo', 'v2'] })).toEqual([
    'v2 is running',
    'not checked: whether `rollback` works and v1 is still there; a `rehearse` command would say',
  ]);
  expect(await rehearsal({ rehearse: ['true'] })).toEqual(['the `rehearse` command exited with 0']);
  expect(await effectErrorOf(rehearsal({}))).toMatchObject({ kind: 'refused', message: expect.stringContaining('nothing can be checked') });
  remove();
});

describe('the processes of the command hook', () => {
  test('placeholders are filled inside their argument, and are environment variables, too', async () => {
    const { requests, deps: recording } = recorder();
    const hook = command.bind({
      rollback: ['release', '--to={version}', '{service}@{environment}', '{from_version}', 'a b', '{}', '{{.Image}}'],
      env: { BAKEWATCH_VERSION: 'mine', REGION: 'eu' },
      cwd: '/srv',
    })(recording);
    await hook.rollBack(anOrder({ target: { deployId: 'd', version: 'v1', commit: 'c0ffee', fingerprint: '/srv/a b' } }), never);
    expect(requests[0]).toMatchObject({
      argv: ['release', '--to=v1', 'shop@production', 'v2', 'a b', '{}', '{{.Image}}'],
      cwd: '/srv',
      timeoutMs: 300_000,
    });
    expect(requests[0]?.env).toEqual({
      REGION: 'eu',
      BAKEWATCH_SERVICE: 'shop',
      BAKEWATCH_ENVIRONMENT: 'production',
      BAKEWATCH_VERSION: 'v1',
      BAKEWATCH_COMMIT: 'c0ffee',
      BAKEWATCH_FROM_VERSION: 'v2',
      BAKEWATCH_ORDER: 'bake-1:7:0',
    });
  });

  test.for([
    { name: 'a commit that the target does not have', argument: '{commit}', target: {}, says: 'does not have' },
    {
      name: 'a fingerprint that does not match the strict pattern',
      argument: '{fingerprint}',
      target: { fingerprint: '/srv/$(id)' },
      says: 'must start with',
    },
  ])('$name is refused, and nothing runs', async ({ argument, target, says }) => {
    const { requests, deps: recording } = recorder();
    const hook = command.bind({ rollback: ['release', argument] })(recording);
    const error = await effectErrorOf(hook.rollBack(anOrder({ target: { deployId: 'd', version: 'v1', ...target } }), never));
    expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining(says) });
    expect(requests).toEqual([]);
  });

  test.for(['service', 'environment', 'version', 'from_version', 'commit', 'image', 'fingerprint'])(
    'a {%s} that does not match the strict pattern is refused, also inside an argument, and nothing runs',
    async (name) => {
      const { requests, deps: recording } = recorder();
      for (const odd of ['$(id)', 'a b', "a'b", 'a\nb', '--force', '-x', '版本', '']) {
        const target = { deployId: 'd', version: 'v1', commit: 'c', image: 'i', fingerprint: 'f' };
        const place = { service: 'shop', environment: 'production' };
        const order = anOrder({
          place: name in place ? { ...place, [name]: odd } : place,
          from: { version: name === 'from_version' ? odd : 'v2' },
          target: name in target ? { ...target, [name]: odd } : target,
        });
        const hook = command.bind({ rollback: ['sh', '-c', `release --to={${name}}`] })(recording);
        expect(await effectErrorOf(hook.rollBack(order, never)), odd).toMatchObject({ kind: 'refused' });
      }
      expect(requests).toEqual([]);
    },
  );

  test('the error names the exit code or the signal, and the last line of the output', async () => {
    const failing = (script: string) =>
      command
        .bind({ rollback: ['/bin/sh', '-c', script] })(deps)
        .rollBack(anOrder(), never);
    expect((await effectErrorOf(failing('echo one; echo two >&2; exit 7'))).message).toMatch(/^the command exited with 7: (one|two)$/);
    expect((await effectErrorOf(failing('kill -SEGV $$'))).message).toBe('the command was killed by SIGSEGV');
    expect((await effectErrorOf(failing('exit 1'))).message).toBe('the command exited with 1');
  });
});

describe('the options of the command hook', () => {
  test.for([
    {
      name: 'an unknown placeholder',
      options: { rollback: ['x', '{versoin}'] },
      says: 'unknown placeholder {versoin}; known here: {service} {environment} {version}',
    },
    {
      name: 'a placeholder that `current` cannot know',
      options: { rollback: ['x'], current: ['x', '{version}'] },
      says: 'known here: {service} {environment}',
    },
    { name: 'double braces', options: { rollback: ['x', '{{version}}'] }, says: 'single braces' },
    { name: 'a variable of a shell', options: { rollback: ['run', '--to=$version'] }, says: 'no shell replaces $version; write {version}' },
    { name: 'a placeholder as the program', options: { rollback: ['{service}'] }, says: 'the program itself' },
    { name: 'a program that looks like an option', options: { rollback: ['-x'] }, says: 'cannot start with -' },
    { name: 'no program', options: { rollback: [] }, says: '' },
    { name: 'a shell line', options: { rollback: 'release v1' }, says: 'expected tuple' },
    { name: 'an unknown key', options: { rollback: ['x'], shell: true }, says: 'shell' },
    { name: 'a variable with a bad name', options: { rollback: ['x'], env: { 'A=B': '1' } }, says: 'environment variable' },
    { name: 'a bad timeout', options: { rollback: ['x'], timeout: 'soon' }, says: 'is not a duration' },
  ])('$name is an error', ({ options, says }) => {
    expect(() => command.bind(options)).toThrow(says);
  });
});
