import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Client, DeployAnswer } from '../../src/cli/client.ts';
import { type WaitOptions, waitFor } from '../../src/cli/wait.ts';
import { aDeployAnswer } from '../support/deploy-answer.ts';

const deploy = aDeployAnswer({ state: 'rolling_back', summary: 'rolling back to v1: errors 9 %', reasons: ['errors 9 %'], target: 'v1' });

/** Waits while the server answers one after the other; what was asked, and what people read. */
async function waitThrough(answers: readonly Partial<DeployAnswer>[], options: Partial<WaitOptions> = {}) {
  const asked: string[] = [];
  let read = '';
  let said = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      read += String(chunk);
      done();
    },
  });
  const client: Client = {
    // A cast: the client answers whatever its caller reads into the answer.
    call: async <T>(_method: string, path: string) => ({ ...deploy, ...answers[asked.push(path) - 1] }) as T,
    text: async () => '',
  };
  const io = {
    out: new Writable({
      write: (chunk, _encoding, done) => {
        said += String(chunk);
        done();
      },
    }),
    err: stream,
    isTerminal: false,
    now: () => 0,
    sleep: async () => {},
  };
  const code = await waitFor(client, io, { id: 'd2', timeoutMs: null, json: false, ...options });
  return { asked, code, said: said.split('\n').slice(0, -1), lines: read.split('\n').slice(0, -1) };
}

const printed = (output: string, number = 1) => ({ attempts: [{ order: 'd2:d1', number, output }] });
const ended = { state: 'rolled_back', final: true, summary: 'rolled back to v1 and recovered' };

test('who waits reads what the hook prints, as it comes, and every line once', async () => {
  const { lines, asked } = await waitThrough([
    printed(''),
    printed('one\n'),
    printed('one\n'),
    printed('one\ntwo\nthree\n'),
    { ...ended, ...printed('one\ntwo\nthree\n') },
  ]);
  expect(lines.filter((line) => line.startsWith('  | '))).toEqual(['  | one', '  | two', '  | three']);
  expect(asked[1]).toContain('timeout=2s');
  const words = ['rolling back to v1', '| one', '| three', 'rolled back to v1 and recovered'];
  expect(words.map((text) => lines.findIndex((line) => line.includes(text)))).toEqual([0, 1, 3, 4]);
});

test('of what is cut on the server the beginning is shown, and where the rest is', async () => {
  const cut = (end: string) => printed(`one\n… 70,000 bytes cut …\n${end}\n`);
  const { lines } = await waitThrough([printed('one\ntwo\n'), cut('x'), cut('y'), { ...ended, ...cut('z') }]);
  expect(lines.filter((line) => line.startsWith('  | '))).toEqual([
    '  | one',
    '  | two',
    '  | (more output than is printed here: https://bake.example.com/deploys/d2)',
  ]);
});

test('two attempts are two outputs', async () => {
  const both = { attempts: [...printed('one\n').attempts, ...printed('one\n', 2).attempts] };
  const { lines } = await waitThrough([printed('one\n'), both, { ...ended, ...both }]);
  expect(lines.filter((line) => line === '  | one')).toHaveLength(2);
});

test('who waits for a bake in stages reads which one it is in, and until when', async () => {
  const stage = { number: 2, of: 3, weight: 25, ends_at: '2026-11-21T14:05:30.000Z' };
  const baking = { from: stage.ends_at, ends_at: stage.ends_at, limit_at: stage.ends_at };
  const { lines } = await waitThrough([{ state: 'baking', baking, stage }, ended]);
  expect(lines[0]).toBe('[0s] stage 2 of 3: 25 %, until 14:05:30 UTC: no check asked yet');
});

describe('until it is clear', () => {
  const baking = { from: '2026-11-21T13:35:00.000Z', ends_at: '2026-11-21T13:45:00.000Z', limit_at: '2026-11-21T14:00:00.000Z' };
  const watched = { state: 'baking', baking, deployed_at: '2026-11-21T13:30:00.000Z', clear_at: null, target: null } as const;
  const clear = { ...watched, clear_at: '2026-11-21T13:34:15.000Z' };
  const passed = { state: 'passed', final: true, reasons: ['errors: 0.1 %'], target: null };
  const until = { untilClear: true };

  test('stops with success as soon as harm is ruled out, and says what goes on', async () => {
    const { code, said, asked } = await waitThrough([watched, clear], until);
    expect(code).toBe(0);
    expect(asked[1]).toContain('until=clear');
    expect(said).toEqual([
      'shop v2 (production): clear after 4m15s: every critical check has ruled out harm; the bake goes on until 13:45 UTC and still rolls back',
      '  https://bake.example.com/deploys/d2',
    ]);
  });

  test('stops at once where it was clear before', async () => {
    expect(await waitThrough([clear], until)).toMatchObject({ code: 0, asked: { length: 1 } });
  });

  test('does not stop there without the option', async () => {
    const { code, asked } = await waitThrough([clear, { ...passed, clear_at: clear.clear_at }]);
    expect([code, asked.length]).toEqual([0, 2]);
    expect(asked[1]).not.toContain('until=clear');
  });

  test.for([
    { name: 'a bake that failed after it was clear', end: { ...ended, clear_at: clear.clear_at }, expected: 3 },
    { name: 'a bake that was never clear', end: { state: 'inconclusive', final: true }, expected: 5 },
    { name: 'a bake that passed', end: passed, expected: 0 },
  ])('$name exits as ever', async ({ end, expected }) => {
    const rollingBack = { state: 'rolling_back', clear_at: clear.clear_at };
    expect((await waitThrough([watched, rollingBack, end], until)).code).toBe(expected);
  });
});

test('a rollback to a release that no bake verified says so', async () => {
  const { said } = await waitThrough([{ ...ended, target_unverified: true }]);
  expect(said[0]).toBe('shop v2 (production): rolled back to v1 (unverified)');
});
