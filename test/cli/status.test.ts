import { Writable } from 'node:stream';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { Client, DeployAnswer } from '../../src/cli/client.ts';
import { addStatusCommand } from '../../src/cli/status-command.ts';

const deploy: DeployAnswer = {
  id: 'd2',
  url: 'https://bake.example.com/deploys/d2',
  service: 'shop',
  environment: 'production',
  release: { version: 'v2' },
  state: 'baking',
  bake_version: 3,
  final: false,
  summary: 'baking',
  reasons: ['errors: 0.1 %'],
  rolled_back: null,
  baking: null,
  stage: { number: 2, of: 3, weight: 25, ends_at: '2026-11-21T14:05:30.000Z' },
  registered_at: '2026-11-21T14:00:00Z',
  target: null,
};

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
