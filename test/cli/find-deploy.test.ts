import { Writable } from 'node:stream';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { DeployAnswer } from '../../src/cli/client.ts';
import { exitCodeOfError } from '../../src/cli/exit-codes.ts';
import { addOperateCommands } from '../../src/cli/operate-commands.ts';
import { addStatusCommand } from '../../src/cli/status-command.ts';
import { AppError } from '../../src/core/base/errors.ts';
import { aDeployAnswer } from '../support/deploy-answer.ts';
import { fakeClient } from '../support/fake-client.ts';

const places = [
  { service: 'shop', environment: 'production' },
  { service: 'shop', environment: 'staging' },
  { service: 'billing', environment: 'production' },
];

type Call = { readonly method: string; readonly path: string; readonly body: unknown };

/** What the commands print and call, on a server with these deploys, newest first. */
async function run(argv: readonly string[], { deploys = [] as readonly DeployAnswer[], mayList = true } = {}) {
  const printed = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk, _encoding, done) => {
        printed[name] += String(chunk);
        done();
      },
    });
  const io = {
    out: into('out'),
    err: into('err'),
    isTerminal: false,
    columns: 200,
    now: () => Date.parse('2026-11-21T14:05:00Z'),
    sleep: async () => {},
  };
  const calls: Call[] = [];
  const answer = (path: string): unknown => {
    const query = new URLSearchParams(path.split('?')[1] ?? '');
    if (path === '/v1/services') {
      if (!mayList) throw new AppError('forbidden', 'no');
      return { services: places };
    }
    const isWanted = (deploy: DeployAnswer) =>
      (['service', 'environment', 'state'] as const).every((key) => !query.has(key) || query.get(key) === deploy[key]);
    return path.startsWith('/v1/deploys?') ? { deploys: deploys.filter(isWanted) } : (deploys[0] ?? {});
  };
  const client = fakeClient(({ method, path, body }) => {
    calls.push({ method, path, body });
    if (path === '/v1/freeze') return { freezes: [] };
    return path.includes('/report') ? path : answer(path);
  });
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  const cli = { io, client: () => client, done: () => {} };
  addStatusCommand(program, cli);
  addOperateCommands(program, cli);
  const failure = await program.parseAsync(argv, { from: 'user' }).then(
    () => null,
    (error: unknown) => error,
  );
  return { ...printed, calls, failure, code: failure instanceof AppError ? exitCodeOfError(failure) : null };
}

const v2 = aDeployAnswer({ id: 'id-of-v2', service: 'shop', environment: 'production' });

test.for([
  { argv: ['rollback', '--why', 'slow'], verb: 'rollback', body: { why: 'slow' } },
  { argv: ['cancel'], verb: 'cancel', body: undefined },
  { argv: ['approve'], verb: 'approve', body: undefined },
  { argv: ['extend', '--by', '10m'], verb: 'extend', body: { by: '10m' } },
  { argv: ['roll-forward', '--why', 'x'], verb: 'roll-forward', body: { why: 'x', confirm: false } },
  { argv: ['mark', '--false-alarm', '--why', 'x'], verb: 'mark', body: { kind: 'false_alarm', why: 'x', undo: false } },
])('$verb of a place is about its newest deploy, and says which one', async ({ argv, verb, body }) => {
  const { calls, err } = await run([...argv, '-s', 'shop'], { deploys: [v2] });
  expect(calls[0]?.path).toBe('/v1/deploys?service=shop&environment=production&limit=1');
  expect(calls[1]).toEqual({ method: 'POST', path: `/v1/deploys/id-of-v2/${verb}`, body });
  expect(err).toBe('the newest deploy of shop in production: v2 (id-of-v2), baking\n');
  expect((await run([...argv, 'an-id'], { deploys: [v2] })).calls[0]?.path).toBe(`/v1/deploys/an-id/${verb}`);
});

test('what is written to a file or a pipe holds nothing but the report', async () => {
  const { out, err } = await run(['report', '-s', 'shop', '-e', 'production'], { deploys: [v2] });
  expect(out).toBe('/v1/deploys/id-of-v2/report?format=md\n');
  expect(err).toContain('v2 (id-of-v2)');
});

test.for([
  { argv: ['cancel'], says: 'name the deploy: its id, or --service (and --environment; default: production)' },
  { argv: ['cancel', 'an-id', '-s', 'shop'], says: 'name the deploy by its id, or by --service and --environment, not by both' },
  { argv: ['cancel', '-s', 'shpo'], says: 'no service is named "shpo" (did you mean `shop`? known: shop, billing)' },
  {
    argv: ['cancel', '-s', 'shop', '-e', 'stagin'],
    says: 'shop was never deployed in "stagin" (did you mean `staging`? known: production, staging)',
  },
  { argv: ['status', '-s', 'shpo'], says: 'no service is named "shpo" (did you mean `shop`? known: shop, billing)' },
  { argv: ['status', '-e', 'prod'], says: 'nothing was ever deployed in "prod"' },
  { argv: ['freeze', '-s', 'shpo', '--why', 'x'], says: 'no service is named "shpo" (did you mean `shop`? known: shop, billing)' },
])('$argv is a mistake', async ({ argv, says }) => {
  const { failure, code, calls } = await run(argv);
  expect(failure).toBeInstanceOf(AppError);
  expect(String(failure)).toContain(says);
  expect(code).toBe(2);
  expect(calls.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('a service that was never deployed can be frozen by force, and where services may not be listed', async () => {
  for (const { argv, mayList } of [
    { argv: ['freeze', '-s', 'new', '--why', 'x', '--force'], mayList: true },
    { argv: ['freeze', '-s', 'new', '--why', 'x'], mayList: false },
  ])
    expect((await run(argv, { mayList })).calls.at(-1)).toMatchObject({ method: 'PUT', path: '/v1/freeze' });
});

test('status shows trouble first, of the newest deploy of each place; history follows', async () => {
  const one = (service: string, state: string, version: string) => aDeployAnswer({ service, state, release: { version }, stage: null });
  const deploys = [
    one('a', 'passed', 'v9'),
    one('b', 'baking', 'v8'),
    one('c', 'failed', 'v7'),
    one('a', 'failed', 'v6'),
    one('d', 'awaiting_approval', 'v5'),
  ];
  const { out } = await run(['status'], { deploys });
  expect(
    out
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => /v\d/.exec(line)?.[0]),
  ).toEqual(['v5', 'v7', 'v8', 'v9', 'v6']);
  expect((await run(['status', '--state', 'failed'], { deploys })).calls[0]?.path).toBe('/v1/deploys?limit=20&state=failed');
  expect(String((await run(['status', '--state', 'fialed'], { deploys })).failure)).toContain("argument 'fialed' is invalid");
});
