import { describe, expect, test } from 'vitest';
import type { HookDeps } from '../../../src/hooks/deps.ts';
import { command } from '../../../src/hooks/traffic/command.ts';
import { createHttp } from '../../../src/net/http.ts';
import { createRunProcess, type ProcessRequest } from '../../../src/net/process.ts';
import { aShiftOrder, describeShiftHookContract } from '../../contracts/shift-hook.ts';
import { describeShiftKilled } from '../../contracts/shift-killed.ts';
import { effectErrorOf } from '../../support/effect-error.ts';
import { createReleaseScript } from '../../support/release-script.ts';

const secret = 'hunter2-hunter2';
const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };
const never = new AbortController().signal;

// The script takes a version or a share: it stores its first argument.
const open = async () => {
  const script = createReleaseScript(secret);
  const shift = [script.path, '{weight}', '{service}'];
  const common = { env: { SPLIT_TOKEN: secret }, timeout: '20s', shift };
  const verifiable = { ...common, weight: [script.path, '--show'] };
  return {
    build: (given: HookDeps) => ({ hook: command.bind(verifiable)(given), unverifiable: command.bind(common)(given) }),
    impatient: command.bind({ ...verifiable, timeout: '4s' })(deps),
    unreachable: command.bind({ ...common, shift: [`${script.folder}/gone`, '{weight}', '{service}'] })(deps),
    secret,
    behave: script.behave,
    weight: () => Number(script.running()),
    split: (weight: number) => script.deploy(String(weight)),
    received: () => script.received().map(({ version }) => Number(version)),
    close: async () => script.remove(),
  };
};
describeShiftHookContract('command', async () => {
  const world = await open();
  return { ...world, ...world.build(deps) };
});
describeShiftKilled('command', open);

function recorder(stdout: string) {
  const requests: ProcessRequest[] = [];
  const run = async (request: ProcessRequest) => {
    requests.push(request);
    return { exitCode: 0, signalName: null, stdout, stderr: '', output: stdout };
  };
  return { requests, deps: { ...deps, run } };
}

describe('the processes and answers of the command', () => {
  test('placeholders are filled inside their argument, and are environment variables, too', async () => {
    const { requests, deps: recording } = recorder('');
    const hook = command.bind({ shift: ['split', '--{service}={weight}', '{environment}', '{version}', '{order}'] })(recording);
    await hook.shift(aShiftOrder({ weight: 0.5 }), never);
    expect(requests[0]).toMatchObject({
      argv: ['split', '--shop=0.5', 'production', 'v2', 'bake-1:shift:25'],
      env: { BAKEWATCH_SERVICE: 'shop', BAKEWATCH_WEIGHT: '0.5', BAKEWATCH_VERSION: 'v2', BAKEWATCH_ORDER: 'bake-1:shift:25' },
      timeoutMs: 30_000,
    });
  });

  test.for([
    ['25', 25],
    ['25%\n', 25],
    [' 0.5 % \nand more', 0.5],
    ['100', 100],
  ] as const)('%j is a share', async ([text, weight]) => {
    const hook = command.bind({ shift: ['split'], weight: ['show'] })(recorder(text).deps);
    expect(await hook.weight(aShiftOrder().place, never)).toBe(weight);
  });

  test.for(['', 'v2', '101', '-1', '25 of 100', '1e1'])('%j is not a share', async (text) => {
    const hook = command.bind({ shift: ['split'], weight: ['show'] })(recorder(text).deps);
    const error = await effectErrorOf(hook.weight(aShiftOrder().place, never));
    expect(error).toMatchObject({ kind: 'failed', message: expect.stringContaining('not a share in percent such as 25') });
  });

  test('a rehearsal is refused without `weight` and `rehearse`', async () => {
    const error = await effectErrorOf(
      command
        .bind({ shift: ['split'] })(recorder('').deps)
        .rehearse(aShiftOrder(), never),
    );
    expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('give the hook `weight` or `rehearse`') });
    const rehearsing = command.bind({ shift: ['split'], rehearse: ['split', '--dry', '{weight}'] })(recorder('').deps);
    expect(await rehearsing.rehearse(aShiftOrder(), never)).toEqual(['the `rehearse` command exited with 0']);
  });
});
