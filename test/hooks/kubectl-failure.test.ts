import { expect, test } from 'vitest';
import { type Dialect, failureOf } from '../../src/hooks/kubectl/failure.ts';

const dialect: Dialect = { name: 'helm', contextFlag: '--kube-context', troubles: [], actsInSteps: false };
const failure = (stderr: string) =>
  failureOf({ exitCode: 1, signalName: null, stdout: '', stderr, output: stderr }, { what: 'the wait', phase: 'wait' }, dialect);

test('log lines of the client are not part of the reason', () => {
  const { message } = failure('E1128 23:01:07.1 1 memcache.go:265] "Unhandled Error"\nerror: timed out waiting for the condition');
  expect(message).toBe('the wait failed: helm exited with 1: error: timed out waiting for the condition');
});

test('a log line that says what is forbidden is the reason: the program itself says only that its time is over', () => {
  const reflector = (at: string) =>
    `E1128 23:01:${at} 1 reflector.go:204] "Failed to watch" err="deployments.apps \\"shop\\" is forbidden: User \\"bot\\" cannot list"`;
  const error = failure([reflector('07.1'), reflector('09.2'), 'error: timed out waiting for the condition'].join('\n'));
  expect(error.kind).toBe('failed');
  expect(error.message).toMatch(/exited with 1: "Failed to watch".*cannot list" error: timed out.*\(grant the account the rights/);
  expect(error.message.match(/is forbidden/g)).toHaveLength(1);
});
