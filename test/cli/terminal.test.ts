import { Writable } from 'node:stream';
import { Command } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeployAnswer } from '../../src/cli/client.ts';
import { addDeployCommands } from '../../src/cli/deploy-command.ts';
import { addOperateCommands } from '../../src/cli/operate-commands.ts';
import { addStatusCommand } from '../../src/cli/status-command.ts';
import { codePoint } from '../support/code-point.ts';
import { fakeClient } from '../support/fake-client.ts';
import { runs } from '../support/runs.ts';

/** What a terminal acts upon, or shows as something else, and orders that pipelines take from a log. */
const orders = [
  '\u001b]0;x\u0007',
  '\u001b[2J',
  '\u009b31m',
  '\u0007',
  '\b\b',
  '\r',
  '\nDEPLOY ok',
  '\u202egnp',
  '\u2028',
  '::error::x',
  '##[x]',
  '##vso[x]',
];
const text = fc
  .oneof(fc.constantFrom(...orders), fc.string({ unit: codePoint, maxLength: 8 }))
  .chain((a) => fc.constantFrom(a, `\n${a}`, `v1 ${a}`));

/** A deploy in which every text is an attack, and the answers that a client gets of it. */
const anyDeploy = fc.array(text, { minLength: 12, maxLength: 12 }).map((texts): DeployAnswer => {
  let used = 0;
  const next = () => texts[used++ % texts.length] ?? '';
  return {
    id: next(),
    url: next(),
    service: next(),
    environment: next(),
    release: { version: next() },
    state: 'failed',
    bake_version: 1,
    final: true,
    summary: next(),
    reasons: [next(), next()],
    rolled_back: 'no',
    baking: null,
    stage: null,
    registered_at: '2026-11-21T10:00:00Z',
    target: next(),
    attempts: [{ order: 'o', number: 1, output: next() }],
    warnings: [next()],
  };
});

async function printed(argv: readonly string[], deploy: DeployAnswer, isTerminal: boolean) {
  let read = '';
  const out = new Writable({
    write: (chunk, _encoding, done) => {
      read += String(chunk);
      done();
    },
  });
  const io = { out, err: out, isTerminal, now: () => 0, sleep: async () => {} };
  const client = fakeClient(({ path }) => {
    if (path === '/v1/freeze') return { freezes: [] };
    if (path.includes('/report?')) return `# ${deploy.summary}\n\n\tas it is\n`;
    return path.startsWith('/v1/deploys?') ? { deploys: [deploy] } : deploy;
  });
  const program = new Command();
  const deps = { io, client: () => client, done: () => {} };
  for (const add of [addDeployCommands, addOperateCommands, addStatusCommand]) add(program, deps);
  await program.parseAsync(argv, { from: 'user' });
  return read;
}

const place = ['-s', 'shop', '-e', 'production', '-v', 'v1'];
const commands = [
  ['deploy', ...place],
  ['deploy', ...place, '--wait'],
  ['wait', 'd'],
  ['finished', 'd'],
  ['adopt', ...place],
  ['status'],
  ['cancel', 'd'],
  ['roll-forward', 'd', '--why', 'v0 is as bad'],
  ['report', 'd'],
];
const actedUpon = /(?!\n)\p{Cc}|\p{Bidi_Control}|\p{Cs}|[\u2028\u2029]/u;
const order = /^\s*::|##\w*\[/m;

test.for(commands.map((argv) => ({ name: argv.join(' '), argv })))(
  '`$name` shows what it was told and lets a terminal act on none of it',
  async ({ argv }) => {
    await fc.assert(
      fc.asyncProperty(anyDeploy, async (deploy) => {
        const read = (await printed(argv, deploy, argv[0] !== 'status')).replaceAll('\t', '');
        expect(read).not.toMatch(actedUpon);
        // A report is a document, not a log.
        if (argv[0] !== 'report') expect(read).not.toMatch(order);
      }),
      runs(60),
    );
  },
);

test('a table keeps a deploy in its row', async () => {
  const deploy = fc.sample(anyDeploy, 1)[0];
  if (deploy === undefined) throw new Error('there is one');
  const read = await printed(['status'], { ...deploy, reasons: ['one\ntwo\u001b[2J'] }, true);
  expect(read.trimEnd().split('\n')).toHaveLength(2);
  expect(read).toContain('one two[U+001B][2J');
});

test('JSON is the same value, and holds nothing that a terminal acts upon', async () => {
  await fc.assert(
    fc.asyncProperty(anyDeploy, async (deploy) => {
      for (const argv of [
        ['wait', 'd', '--json'],
        ['deploy', ...place, '--json'],
      ]) {
        const lines = (await printed(argv, deploy, true)).split('\n').slice(0, -1);
        expect(JSON.parse(lines.at(-1) ?? '')).toEqual(deploy);
        expect(lines.at(-1)).not.toMatch(/\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u);
      }
    }),
    runs(60),
  );
});

test('a file or a pipe gets a report as the server wrote it', async () => {
  const deploy = fc.sample(anyDeploy, 1)[0];
  if (deploy === undefined) throw new Error('there is one');
  expect(await printed(['report', 'd'], { ...deploy, summary: 'a\u009bb' }, false)).toBe('# a\u009bb\n\n\tas it is\n');
});
