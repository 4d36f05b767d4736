import { Writable } from 'node:stream';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { Client } from '../../src/cli/client.ts';
import { addStatusCommand } from '../../src/cli/status-command.ts';
import { aDeployAnswer } from '../support/deploy-answer.ts';

const deploy = aDeployAnswer({ stage: { number: 2, of: 3, weight: 25, ends_at: '2026-11-21T14:05:30.000Z' } });

test('the table says which stage a bake is in', async () => {
  let read = '';
  const out = new Writable({
    write: (chunk, _encoding, done) => {
      read += String(chunk);
      done();
    },
  });
  const io = { out, err: out, isTerminal: false, now: () => Date.parse('2026-11-21T14:05:00Z'), sleep: async () => {} };
  // A cast: the client answers whatever its caller reads into the answer.
  const client: Client = {
    call: async <T>() => ({ deploys: [deploy, { ...deploy, stage: null }, { ...deploy, reasons: [] }] }) as T,
    text: async () => '',
  };
  const program = new Command();
  addStatusCommand(program, { io, client: () => client, done: () => {} });
  await program.parseAsync(['status'], { from: 'user' });
  const [, staged, plain, fresh] = read.split('\n');
  expect(staged).toBe('shop     production   v2       baking  5m   stage 2 of 3: 25 %, until 14:05:30 UTC; errors: 0.1 %');
  expect(plain).toMatch(/baking +5m +errors: 0\.1 %$/);
  expect(fresh).toMatch(/until 14:05:30 UTC$/);
});
