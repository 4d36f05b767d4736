import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { registerWithRetries } from '../../src/cli/register-with-retries.ts';
import { aDeployAnswer } from '../support/deploy-answer.ts';
import { fakeClient } from '../support/fake-client.ts';

const body = { service: 'shop', environment: 'production', version: 'v1' };
const second = 1_000;

/** What the network does in the place of an answer. */
const refused = () => new TypeError('fetch failed', { cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) });
const unknownHost = () =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }) });
const problem = (status: number, detail: string) => Response.json({ detail }, { status });

/** Registers while the first calls end with `end`. */
async function register(
  end: () => Response | Error,
  { failures, retryMs = null as number | null }: { failures: number; retryMs?: number | null },
) {
  const calls: { readonly body: unknown; readonly key: string | null; readonly ago: string | null }[] = [];
  let [now, printed] = [0, ''];
  const client = fakeClient(({ body: sent, headers }) => {
    calls.push({ body: sent, key: headers.get('idempotency-key'), ago: headers.get('bakewatch-first-try-ago') });
    if (calls.length > failures) return aDeployAnswer();
    const result = end();
    if (result instanceof Error) throw result;
    return result;
  });
  const into = new Writable({
    write(chunk, _, done) {
      printed += String(chunk);
      done();
    },
  });
  const io = {
    out: into,
    err: into,
    isTerminal: false,
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const result = await registerWithRetries(client, io, { body, key: 'one', retryMs }).catch((thrown: unknown) => thrown);
  return { calls, result, printed, waitedMs: now };
}

test('a retry has the same body and key, and says how long ago the first try was', async () => {
  const { calls, result } = await register(() => problem(500, 'down'), { failures: 2, retryMs: 60 * second });
  expect(result).toMatchObject({ id: 'd2' });
  expect(calls).toEqual([
    { body, key: 'one', ago: null },
    { body, key: 'one', ago: '5' },
    { body, key: 'one', ago: '10' },
  ]);
});

test('it gives up after the time, and at once where a retry is pointless or not wanted', async () => {
  const endless = await register(() => problem(500, 'down'), { failures: 1_000, retryMs: 12 * second });
  expect([endless.result, endless.calls.length]).toEqual([expect.objectContaining({ code: 'unavailable', message: 'down' }), 3]);
  const conflict = await register(() => problem(409, 'a rollback is under way'), { failures: 1, retryMs: 60 * second });
  expect([conflict.result, conflict.calls.length]).toEqual([expect.objectContaining({ code: 'conflict' }), 1]);
  expect((await register(refused, { failures: 1, retryMs: 0 })).calls).toHaveLength(1);
});

test.for([
  { what: 'refuses connections', end: refused, says: /connect ECONNREFUSED; .*; retrying for 30s\n$/ },
  {
    what: 'is a proxy without a server behind it',
    end: () => new Response('Bad Gateway', { status: 502 }),
    says: /answered 502; retrying for 30s\n$/,
  },
  {
    what: 'says that it starts',
    end: () => problem(503, 'the server is starting: migrations'),
    says: /^the server is starting: migrations; retrying/,
  },
])('a server that $what may be starting: it is retried for a bounded time, and one line says so', async ({ end, says }) => {
  const late = await register(end, { failures: 7 });
  expect(late).toMatchObject({ result: { id: 'd2' }, printed: expect.stringMatching(says) });
  expect(late.printed.split('\n')).toHaveLength(2);
  expect(new Set(late.calls.map(({ key }) => key))).toEqual(new Set(['one']));
  const never = await register(end, { failures: 1_000 });
  expect(never.result).toMatchObject({ code: 'unavailable' });
  expect(never.waitedMs).toBe(30 * second);
});

test.for([
  ['a host name that does not exist', unknownHost],
  ['an error of the server', () => problem(500, 'a bug')],
  ['a busy server', () => problem(429, 'slow down')],
] as const)('%s is no start of a server: without --retry it is an error at once', async ([, end]) => {
  expect(await register(end, { failures: 1 })).toMatchObject({ calls: [{ ago: null }], printed: '', result: { code: 'unavailable' } });
});
