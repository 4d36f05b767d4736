import { Writable } from 'node:stream';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { DeployAnswer } from '../../src/cli/client.ts';
import type { FreezeItem } from '../../src/cli/freeze-lines.ts';
import { addStatusCommand } from '../../src/cli/status-command.ts';
import { aDeployAnswer } from '../support/deploy-answer.ts';
import { fakeClient } from '../support/fake-client.ts';

const deploy = aDeployAnswer({ stage: { number: 2, of: 3, weight: 25, ends_at: '2026-11-21T14:05:30.000Z' } });

/** What `status` prints where the server has these deploys. */
async function statusOf(
  deploys: readonly DeployAnswer[],
  argv: readonly string[] = [],
  columns?: number,
  freezes: readonly FreezeItem[] = [],
) {
  let read = '';
  const out = new Writable({
    write: (chunk, _encoding, done) => {
      read += String(chunk);
      done();
    },
  });
  const io = { out, err: out, isTerminal: false, columns, now: () => Date.parse('2026-11-21T14:05:00Z'), sleep: async () => {} };
  const client = fakeClient(({ path }) => (path === '/v1/freeze' ? { freezes } : path.includes('?') ? { deploys } : deploys[0]));
  const program = new Command();
  addStatusCommand(program, { io, client: () => client, done: () => {} });
  await program.parseAsync(['status', ...argv], { from: 'user' });
  return read.trimEnd().split('\n');
}

test('the table says which stage a bake is in, and how long it still takes', async () => {
  const baking = { from: '2026-11-21T14:00:00Z', ends_at: '2026-11-21T14:05:30Z', limit_at: '2026-11-21T14:09:00Z' };
  const [head, staged, plain, fresh] = await statusOf([
    { ...deploy, baking },
    { ...deploy, stage: null },
    { ...deploy, reasons: [] },
  ]);
  expect(head).toBe('STATE   SERVICE  ENVIRONMENT  VERSION  AGE  LEFT      WHY');
  expect(staged).toBe('baking  shop     production   v2       5m   30s left  stage 2 of 3: 25 %; errors: 0.1 %');
  expect(plain).toMatch(/5m +errors: 0\.1 %$/);
  expect(fresh).toMatch(/stage 2 of 3: 25 %$/);
});

test('a line is cut between two words at the width of the terminal, and says how many reasons follow', async () => {
  const reasons = ['Latency: 77 % of requests slower than 50 ms, was 65 %', 'Errors: 9 %'];
  const lines = await statusOf([{ ...deploy, state: 'rolled_back', stage: null, reasons }], [], 100);
  expect(lines[1]).toBe('rolled back  shop     production   v2       5m         Latency: 77 % of requests slower than 50…');
  const [, wide] = await statusOf([{ ...deploy, state: 'rolled_back', stage: null, reasons }]);
  expect(wide).toMatch(/was 65 % \(and 1 more\)$/);
});

test('freezes stand above the deploys that they concern, with their end', async () => {
  const one = { by: 'ana', why: 'a sale', since: '2026-11-21T14:00:00Z' };
  const freezes = [
    { ...one, service: null, until: null },
    { ...one, service: 'shop', until: '2026-11-21T16:30:00.000Z' },
    { ...one, service: 'cart' },
  ];
  const all = 'no automatic rollbacks for all services: frozen by ana (a sale)';
  const shop = 'no automatic rollbacks for shop, until 2026-11-21 16:30 UTC: frozen by ana (a sale)';
  const cart = 'no automatic rollbacks for cart: frozen by ana (a sale)';
  expect((await statusOf([deploy], [], undefined, freezes)).slice(0, 3)).toEqual([all, shop, cart]);
  expect((await statusOf([deploy], ['an-id'], undefined, freezes)).slice(0, 3)).toEqual([all, shop, expect.stringContaining('baking')]);
});

test('a pass of low confidence is no plain pass', async () => {
  const [, line] = await statusOf([{ ...deploy, state: 'passed', confidence: 'low', stage: null }]);
  expect(line).toMatch(/^passed, low confidence {2}shop/);
});

test('one deploy is shown in layers, and each sentence once', async () => {
  const checks = [
    { name: 'errors', critical: true, outcome: 'fail', headline: '9 % failed', because: 'as good as certain', reason: 'x' },
    { name: 'latency', critical: true, outcome: 'pass', headline: '230 ms', because: 'as before', reason: 'y' },
    { name: 'new', critical: true, outcome: 'not_asked', headline: 'not asked yet', because: '', reason: 'not asked yet' },
  ];
  const explained = [{ text: 'Errors: 9 % failed', because: 'as good as certain', notes: ['a note'] }];
  expect(await statusOf([{ ...deploy, state: 'failed', stage: null, reasons: ['Errors: 9 % failed'], explained, checks }], ['d2'])).toEqual(
    [
      'shop v2 (production): failed, registered 5m ago',
      '  Errors: 9 % failed',
      '    as good as certain',
      '    note: a note',
      '  checks:',
      '    latency: ok: 230 ms',
      '      as before',
      '    new: not asked yet',
      '  https://bake.example.com/deploys/d2',
    ],
  );
});
