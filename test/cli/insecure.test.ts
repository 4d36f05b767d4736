import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { type ProgramDeps, runProgram } from '../../src/cli/program.ts';

/** Runs `reload` against a server that records who calls it with what. */
async function call(argv: readonly string[], more: Partial<ProgramDeps>) {
  const calls: string[] = [];
  let err = '';
  const quiet = new Writable({ write: (_chunk, _, done) => done() });
  const loud = new Writable({
    write(chunk, _, done) {
      err += chunk;
      done();
    },
  });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    calls.push(`${String(input)} ${new Headers(init?.headers).get('authorization')}`);
    return Response.json({ rule_book: 1, outcome: 'current', changes: [], refused: [], needs_restart: [], scope: 'all' });
  };
  const io = { out: quiet, err: loud, isTerminal: false, now: () => 0, sleep: async () => {} };
  // A cast: this command uses nothing else.
  const code = await runProgram([...argv, 'reload'], {
    io,
    version: '0',
    serverUrl: 'http://127.0.0.1:8700',
    ...more,
    fetch,
  } as ProgramDeps);
  return { code, calls, err };
}

test.for<readonly [string, readonly string[], Partial<ProgramDeps>]>([
  ['to another machine over TLS', ['--url', 'https://bakewatch.example.com'], {}],
  ['to this machine', [], {}],
  ['to the IPv6 address of this machine', ['--url', 'http://[::1]:8700'], {}],
  ['with --insecure', ['--url', 'http://bakewatch:8700', '--insecure'], {}],
  ['with BAKEWATCH_INSECURE=1', ['--url', 'http://bakewatch:8700'], { isInsecure: true }],
])('the token is sent %s', async ([, argv, more]) => {
  const { code, calls } = await call(argv, { token: 'a-secret-of-ci-2026', ...more });
  expect({ code, calls }).toEqual({ code: 0, calls: [expect.stringMatching(/ Bearer a-secret-of-ci-2026$/)] });
});

test.for(['http://bakewatch:8700', 'http://127.example.com', 'http://localhost.example.com', 'http://10.0.0.7'])(
  'the token is not sent to %s',
  async (url) => {
    const { code, calls, err } = await call(['--url', url], { token: 'a-secret-of-ci-2026' });
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(err).toBe(
      `bakewatch: ${url} is plain HTTP to another machine: BAKEWATCH_TOKEN could be read on the way; use an https address, or allow it with --insecure or BAKEWATCH_INSECURE=1\n`,
    );
  },
);

test('without a token, every address may be called', async () => {
  expect(await call(['--url', 'http://bakewatch:8700'], { token: null })).toMatchObject({ code: 0, calls: [expect.any(String)] });
});
