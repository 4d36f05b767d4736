import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { DeployAnswer } from '../../src/cli/client.ts';
import { type WaitOptions, waitFor } from '../../src/cli/wait.ts';
import { aDeployAnswer } from '../support/deploy-answer.ts';
import { fakeClient } from '../support/fake-client.ts';

const deploy = aDeployAnswer({ state: 'rolling_back', summary: 'rolling back to v1: errors 9 %', reasons: ['errors 9 %'], target: 'v1' });

type WaitSetup = Partial<WaitOptions> & { /** The time between two answers. */ readonly everyMs?: number };

const begin = Date.parse('2026-11-21T14:00:00Z');

/** Waits while the server answers one after the other; what was asked, the log, the result, and the exit code. */
async function waitThrough(answers: readonly Partial<DeployAnswer>[], { everyMs = 0, ...options }: WaitSetup = {}) {
  const asked: string[] = [];
  const read = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk, _encoding, done) => {
        read[name] += String(chunk);
        done();
      },
    });
  const client = fakeClient(({ path }) => ({ ...deploy, ...answers[asked.push(path) - 1] }));
  const io = {
    out: into('out'),
    err: into('err'),
    isTerminal: false,
    // The first reading of the clock is the start of the wait.
    now: () => begin + Math.max(0, asked.length - 1) * everyMs,
    sleep: async () => {},
  };
  const code = await waitFor(client, io, { id: 'd2', timeoutMs: null, json: false, ...options });
  const linesOf = (text: string) => text.split('\n').slice(0, -1);
  return { asked, code, lines: linesOf(read.err), result: linesOf(read.out) };
}

const printed = (output: string, number = 1) => ({ attempts: [{ order: 'd2:d1', number, output }] });
const ended = { state: 'rolled_back', final: true, summary: 'rolled back to v1 and recovered' };

test('who waits reads what the hook prints, as it comes, and every line once', async () => {
  const { lines, result, asked } = await waitThrough([
    printed(''),
    printed('one\n'),
    printed('one\n'),
    printed('one\ntwo\nthree\n'),
    { ...ended, ...printed('one\ntwo\nthree\n') },
  ]);
  expect(lines.filter((line) => line.startsWith('  | '))).toEqual(['  | one', '  | two', '  | three']);
  expect(asked[1]).toContain('timeout=2s');
  const words = ['rolling back to v1', '| one', '| three'];
  expect(words.map((text) => lines.findIndex((line) => line.includes(text)))).toEqual([0, 1, 3]);
  expect(result[0]).toBe('shop v2 (production): rolled back to v1');
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
  expect(lines[0]).toBe('[0s] stage 2 of 3: 25 % of the traffic, until 14:05:30 UTC');
});

describe('the log of a bake', () => {
  const baking = { from: '2026-11-21T14:00:00Z', ends_at: '2026-11-21T14:10:00Z', limit_at: '2026-11-21T14:20:00Z' };
  const check = (outcome: string, headline: string, name = 'errors') => ({
    name,
    critical: true,
    outcome,
    headline,
    reason: `${headline}; because; note`,
  });
  const at = (checks: NonNullable<DeployAnswer['checks']>, rest: Partial<DeployAnswer> = {}) =>
    ({ state: 'baking', baking, stage: null, reasons: [], checks, ...rest }) as const;
  const fine = at([check('pass', '0.4 % of requests failed')]);

  test('has a line when the outcome of a check changes, and none for each tick', async () => {
    const { lines } = await waitThrough(
      [
        at([check('inconclusive', 'only 3 requests')]),
        at([check('inconclusive', 'only 9 requests')]),
        at([check('pass', '0.4 % of 200 requests failed')]),
        at([check('inconclusive', '2 % of 300 requests failed')]),
        at([check('pass', '0.5 % of 400 requests failed')]),
        at([check('fail', '11.2 % of requests failed (12 of 107), was 0.5 %')], { state: 'rolling_back', target: 'v1' }),
        ended,
      ],
      { everyMs: 15_000 },
    );
    expect(lines).toEqual([
      '[0s] baking until 14:10:00 UTC',
      '[0s] errors: cannot tell: only 3 requests',
      '[30s] errors: ok: 0.4 % of 200 requests failed',
      '[1m15s] errors: FAILS: 11.2 % of requests failed (12 of 107), was 0.5 %',
      '[1m15s] rolling back to v1',
    ]);
  });

  test('says when a check could not be asked, and when it could again', async () => {
    const down = at([{ ...check('error', 'could not ask: down'), reason: 'down' }]);
    const { lines } = await waitThrough([fine, down, down, fine, down, ended]);
    expect(lines.slice(1)).toEqual([
      '[0s] errors: ok: 0.4 % of requests failed',
      '[0s] errors: could not be asked: down',
      '[0s] errors: ok: 0.4 % of requests failed',
      '[0s] errors: could not be asked: down',
    ]);
  });

  test('of a long bake says now and then that it goes on', async () => {
    const { lines } = await waitThrough([...Array.from({ length: 25 }, () => fine), ended], { everyMs: 20_000 });
    expect(lines.slice(2)).toEqual(['[5m] still baking, 5m left: 1 check ok']);
  });

  test('says until when and why it is extended, and names no instant that is past', async () => {
    const open = at([check('inconclusive', 'too few to tell', 'latency')], { reasons: ['Latency: too few to tell'] });
    const { lines } = await waitThrough([...Array.from({ length: 20 }, () => open), ended], { everyMs: 60_000 });
    expect(lines).toEqual([
      '[0s] baking until 14:10:00 UTC',
      '[0s] latency: cannot tell: too few to tell',
      '[5m] still baking, 5m left: 1 check cannot tell',
      '[10m] still baking, about to end: 1 check cannot tell',
      '[11m] extended until 14:20:00 UTC: latency: cannot tell yet',
      '[16m] still baking, extended until 14:20:00 UTC: 1 check cannot tell',
    ]);
  });

  test('takes the end and the reason of an extension from the server, where it sends them', async () => {
    const extended = { ...baking, extended_until: '2026-11-21T14:30:00Z', extended_because: 'a freeze holds the shift' };
    const { lines } = await waitThrough([at([], { baking: extended }), ended]);
    expect(lines).toContain('[0s] extended until 14:30:00 UTC: a freeze holds the shift');
  });

  test('has short lines', async () => {
    const { lines } = await waitThrough([at([check('inconclusive', 'many words '.repeat(60))]), ended]);
    expect(lines[1]).toMatch(/^\[0s\] errors: cannot tell: many words .* (many|words)…$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(126);
  });

  test('with --verbose has the whole answer of each check', async () => {
    const { lines } = await waitThrough([fine, ended], { verbose: true });
    expect(lines.at(-1)).toBe('[0s]   errors ok (0.4 % of requests failed; because; note)');
  });

  test('with --json is empty, and the result is one line of JSON', async () => {
    const { lines, result } = await waitThrough(
      [
        { ...fine, ...printed('one\n') },
        { ...ended, ...printed('one\n') },
      ],
      { json: true },
    );
    expect(lines).toEqual([]);
    expect(result.map((line) => JSON.parse(line))).toMatchObject([{ state: 'rolled_back' }]);
  });
});

test('the result shows the layers of each reason, and what the server of an older version sends', async () => {
  const explained = [{ text: 'Errors: 9 %', because: 'as good as certain', notes: ['a note'] }];
  const { result } = await waitThrough([{ ...ended, explained, asides: ['latency is unproven: no series'] }]);
  expect(result).toEqual([
    'shop v2 (production): rolled back to v1',
    '  Errors: 9 %',
    '    as good as certain',
    '  latency is unproven: no series',
    '  https://bake.example.com/deploys/d2',
  ]);
  const old = await waitThrough([ended]);
  expect(old.result[1]).toBe('  errors 9 %');
});

describe('until it is clear', () => {
  const baking = { from: '2026-11-21T13:35:00.000Z', ends_at: '2026-11-21T13:45:00.000Z', limit_at: '2026-11-21T14:00:00.000Z' };
  const watched = { state: 'baking', baking, deployed_at: '2026-11-21T13:30:00.000Z', clear_at: null, target: null } as const;
  const clear = { ...watched, clear_at: '2026-11-21T13:34:15.000Z' };
  const passed = { state: 'passed', final: true, reasons: ['errors: 0.1 %'], target: null };
  const until = { untilClear: true };

  test('stops with success as soon as harm is ruled out, and says what goes on', async () => {
    const { code, result: said, asked } = await waitThrough([watched, clear], until);
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
  const target = { target: 'v1', target_unverified: true };
  const { lines, result: said } = await waitThrough([
    { state: 'rolling_back', ...target },
    { ...ended, ...target },
  ]);
  expect(lines).toContain('[0s] rolling back to v1 (unverified)');
  expect(said[0]).toBe('shop v2 (production): rolled back to v1 (unverified)');
});
