import { Writable } from 'node:stream';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addDeployCommands } from '../../src/cli/deploy-command.ts';
import { addDrillCommand } from '../../src/cli/drill-command.ts';
import { addOperateCommands } from '../../src/cli/operate-commands.ts';
import { fakeClient } from '../support/fake-client.ts';

/** What a command prints, and the body that it sends, where the server gives this answer. */
async function run(argv: readonly string[], answer: unknown) {
  const printed: string[] = [];
  const sent: unknown[] = [];
  const out = new Writable({
    write(chunk, _, done) {
      printed.push(String(chunk));
      done();
    },
  });
  const io = { out, err: out, isTerminal: false, now: () => 0, sleep: async () => {} };
  const client = fakeClient(({ body }) => {
    if (body !== undefined) sent.push(body);
    return answer;
  });
  const program = new Command();
  const deps = { io, client: () => client, done: () => {} };
  addDeployCommands(program, deps);
  addDrillCommand(program, deps);
  addOperateCommands(program, deps);
  await program.parseAsync([...argv], { from: 'user' });
  return { text: printed.join(''), sent };
}

const adopt = ['adopt', '-s', 'shop', '-e', 'production', '-v', 'v1'];
const adopted = { id: 'd1', service: 'shop', environment: 'production', release: { version: 'v1' } };

test('adopt prints the note of the server before the result', async () => {
  const { text, sent } = await run(adopt, { ...adopted, note: 'it was not checked that v1 is running' });
  expect(text).toBe('note: it was not checked that v1 is running\nshop v1 (production) is known-good: d1\n');
  expect(sent).toEqual([{ service: 'shop', environment: 'production', version: 'v1' }]);
});

test('adopt sends force only where a person says so', async () => {
  const { text, sent } = await run([...adopt, '--force'], { ...adopted, note: null });
  expect(text).toBe('shop v1 (production) is known-good: d1\n');
  expect(sent).toEqual([{ service: 'shop', environment: 'production', version: 'v1', force: true }]);
});

test.for([
  { only_known_good: false, says: 'shop can be rolled back to v1' },
  {
    only_known_good: true,
    says: 'nothing failed, but v1 is the only known-good release of shop, so no rollback to another one was rehearsed',
  },
])('drill says what it proved: $says', async ({ only_known_good, says }) => {
  const drill = { service: 'shop', environment: 'production', hook: 'kube', target: 'v1', for_real: false, ok: true, steps: [] };
  const { text } = await run(['drill', 'shop'], { ...drill, only_known_good });
  expect(text.trimEnd().split('\n').at(-1)).toBe(says);
});

test('freeze sends its end, and says when it ends', async () => {
  const answer = {
    freezes: [{ service: 'shop', by: 'ana', why: 'a sale', since: '2026-11-21T14:00:00Z', until: '2026-11-21T16:00:00.000Z' }],
  };
  const { text, sent } = await run(['freeze', '-s', 'shop', '--force', '--why', 'a sale', '--for', '2h'], answer);
  expect(text).toBe('frozen: shop, until 2026-11-21 16:00 UTC\n');
  expect(sent).toEqual([{ frozen: true, service: 'shop', why: 'a sale', for: '2h' }]);
});

test.for([
  { answer: { freezes: [], changed: true }, says: 'no longer frozen: shop' },
  {
    answer: { freezes: [], changed: false, services: [{ service: 'shop', environment: 'production' }] },
    says: 'there was no such freeze: shop',
  },
  // A server of an older version.
  { answer: { freezes: [] }, says: 'no longer frozen: shop' },
])('unfreeze says whether there was a freeze: $says', async ({ answer, says }) => {
  const { text, sent } = await run(['unfreeze', '-s', 'shop'], answer);
  expect(text).toBe(`${says}\n`);
  expect(sent).toEqual([{ frozen: false, service: 'shop' }]);
});
