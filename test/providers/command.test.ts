import { describe, expect, test } from 'vitest';
import { command } from '../../providers/command.ts';
import { createHttp } from '../../src/net/http.ts';
import type { ProcessRequest } from '../../src/net/process.ts';
import type { SeriesQuery } from '../../src/ports/provider.ts';
import { type FakeProgram, hangs, runInProcess } from '../support/fake-program.ts';

const window = { from: 1_700_000_000_000, to: 1_700_000_060_000, stepMs: 15_000 };
const never = new AbortController().signal;
const options = {
  commands: {
    plain: { argv: ['/bin/figures'] },
    orders: { argv: ['/bin/figures', '--shop={shop}', '{from}', '{to}', '{step:ms}'], args: { shop: '[a-z ;$-]+' } },
  },
  env: { API_TOKEN: 'a-token-of-the-tests' },
  timeout: '50ms',
};

/** A provider whose programs are `program`, and the calls that it makes. */
function world(program: FakeProgram, more: object = {}) {
  const calls: ProcessRequest[] = [];
  const run = runInProcess({ '/bin/figures': program });
  const provider = command.bind({ ...options, ...more })({
    http: { ...createHttp(), now: () => window.to + 1_000 },
    run: (request, signal) => {
      calls.push(request);
      return run(request, signal);
    },
  });
  const ask = (query: string, form: 'gauge' | 'events' = 'gauge', signal = never, at = window) =>
    provider.fetchSeries({ form, query, window: at } as SeriesQuery, signal);
  return { calls, ask, provider };
}

const printing =
  (text: string, code = 0): FakeProgram =>
  ({ print }) => {
    print(text);
    return code;
  };
const problemOf = (asked: Promise<unknown>) =>
  asked.then(
    () => null,
    ({ kind, message }) => ({ kind, message }),
  );

describe('the command provider', () => {
  test('reads a number, a pair from one run, and samples', async () => {
    expect((await world(printing('12.5')).ask('plain')).series[0]?.samples).toEqual([[window.to, 12.5]]);
    const pair = world(printing('{"bad":1,"total":9}'));
    const both = await Promise.all(['$.bad', '$.total'].map((path) => pair.ask(`plain ${path}`, 'events')));
    expect(both.map(({ series }) => series[0]?.samples)).toEqual([[[window.to, 1]], [[window.to, 9]]]);
    expect(pair.calls).toHaveLength(1);
    const samples = world(printing('{"times":[1700000015,1700000030],"values":[1,"NaN"]}'));
    expect((await samples.ask('plain samples')).series[0]?.samples).toEqual([
      [1_700_000_015_000, 1],
      [1_700_000_030_000, Number.NaN],
    ]);
  });

  test('each value lies in one argument, and the tick is in arguments and in the environment', async () => {
    const { calls, ask } = world(printing('1'));
    await ask('orders shop=a;$(b)'.replace('(b)', 'b'));
    await ask('orders samples'.replace('orders', 'orders shop=x')).catch(() => {});
    expect(calls[0]?.argv).toEqual(['/bin/figures', '--shop=a;$b', '1700000045', '1700000060', '15000']);
    expect(calls[0]?.env).toEqual({
      API_TOKEN: 'a-token-of-the-tests',
      BAKEWATCH_FROM: '1700000045',
      BAKEWATCH_TO: '1700000060',
      BAKEWATCH_STEP: '15',
    });
    expect(calls[1]?.argv.slice(2)).toEqual(['1700000000', '1700000060', '15000']);
  });

  test.for([
    ['/bin/sh', 'the config has no command named "/bin/sh"'],
    ['constructor', 'the config has no command named "constructor"'],
    ['orders', 'the command orders needs shop=…'],
    ['orders shop=-rf', 'the value of shop begins with "-"'],
    ['orders shop=ABC', 'the value of shop does not match'],
    ['orders shop=a shop=b', 'shop is given twice'],
    ['orders shop=a more=b', 'the config declares no "more"; declared: shop'],
    ['plain --help', '"--help" is not an argument: write name=value'],
  ] as const)('%s starts nothing', async ([query, problem]) => {
    const { calls, ask } = world(printing('1'));
    expect(await problemOf(ask(query))).toEqual({ kind: 'bad_query', message: expect.stringContaining(problem) });
    expect(calls).toEqual([]);
  });

  test('a value that looks like a placeholder is compared with its pattern, too', async () => {
    const { calls, ask } = world(printing('1'));
    expect(await problemOf(ask('orders shop=$a/../../etc/passwd'))).toMatchObject({
      kind: 'bad_query',
      message: expect.stringContaining('the value of shop does not match'),
    });
    expect(calls).toEqual([]);
  });

  test('a failure has the last line, without secrets', async () => {
    const { ask } = world(printing('first\nlogin with a-token-of-the-tests failed', 3));
    expect(await problemOf(ask('plain'))).toEqual({
      kind: 'unavailable',
      message: '/bin/figures exited with 3: login with [redacted] failed',
    });
  });

  test('a program that hangs is killed: a timeout', async () => {
    expect(await problemOf(world(() => hangs).ask('plain'))).toMatchObject({ kind: 'timeout' });
    expect(await problemOf(world(() => hangs).ask('plain', 'gauge', AbortSignal.timeout(10)))).toMatchObject({ kind: 'timeout' });
  });

  test('what it prints is bounded, and never quoted', async () => {
    expect(await problemOf(world(printing('1'.repeat(2_000_000))).ask('plain'))).toMatchObject({
      kind: 'bad_response',
      message: expect.stringMatching(/printed more than/),
    });
    expect(await problemOf(world(printing('so secret')).ask('plain'))).toEqual({
      kind: 'bad_response',
      message: 'the answer cannot be read: the answer is a text that is not a number',
    });
  });

  test('a number of now is refused for a tick that ended long ago', async () => {
    const { calls, ask } = world(printing('1'));
    expect(await problemOf(ask('plain', 'gauge', never, { ...window, to: window.to - 60_000 }))).toMatchObject({ kind: 'bad_query' });
    expect(calls).toEqual([]);
  });

  test('a ping runs the command that the operator names for it', async () => {
    const { calls, provider } = world(printing('no login', 1), { ping: 'plain' });
    expect(await problemOf(provider.ping(never))).toEqual({ kind: 'unavailable', message: '/bin/figures exited with 1: no login' });
    expect(calls).toHaveLength(1);
    expect(() => command.bind({ ...options, ping: 'orders' })).toThrow('must name a command without `args`');
  });

  test.for([
    [{ argv: ['/bin/x', '{shop}'] }, 'uses {shop}'],
    [{ argv: ['/bin/x'], args: { shop: 'a' } }, 'is not used'],
    [{ argv: ['{shop}'], args: { shop: 'a' } }, 'must be a program'],
    [{ argv: ['/bin/x', '{shop}'], args: { shop: '(' } }, 'is not a regular expression'],
  ] as const)('%j is refused', ([program, problem]) => {
    expect(() => command.bind({ commands: { program } })).toThrow(problem);
  });
});
