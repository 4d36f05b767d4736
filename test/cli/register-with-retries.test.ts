import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { CallOptions, Client } from '../../src/cli/client.ts';
import { registerWithRetries } from '../../src/cli/register-with-retries.ts';
import { AppError } from '../../src/core/base/errors.ts';
import { aDeployAnswer } from '../support/deploy-answer.ts';

const body = { service: 'shop' };
const headers = { 'idempotency-key': 'k' };

/** Registers while the first calls fail with `error`. */
async function register(error: AppError, { failures, retryMs }: { readonly failures: number; readonly retryMs: number }) {
  const calls: (CallOptions | undefined)[] = [];
  let now = 0;
  const client: Client = {
    call: async <T>(_method: string, _path: string, options?: CallOptions) => {
      calls.push(options);
      if (calls.length <= failures) throw error;
      // A cast: the client answers what its caller reads.
      return aDeployAnswer({}) as T;
    },
    text: async () => '',
  };
  const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const sleep = async (ms: number) => {
    now += ms;
  };
  const io = { out: sink(), err: sink(), isTerminal: false, now: () => now, sleep };
  const result = await registerWithRetries(client, io, { body, headers, retryMs }).catch((thrown: unknown) => thrown);
  return { calls, result };
}

const away = new AppError('unavailable', 'no answer');

test('a retry has the same body and key, and says how long ago the first try was', async () => {
  const { calls, result } = await register(away, { failures: 2, retryMs: 60_000 });
  expect(result).toMatchObject({ id: expect.any(String) });
  expect(calls).toEqual([
    { body, headers },
    { body, headers: { ...headers, 'bakewatch-first-try-ago': '5' } },
    { body, headers: { ...headers, 'bakewatch-first-try-ago': '10' } },
  ]);
});

test('it gives up after the time, and at once where a retry is pointless or not wanted', async () => {
  const endless = await register(away, { failures: 1_000, retryMs: 12_000 });
  expect([endless.result, endless.calls.length]).toEqual([away, 3]);
  const refused = await register(new AppError('conflict', 'a rollback is under way'), { failures: 1, retryMs: 60_000 });
  expect([refused.result, refused.calls.length]).toEqual([expect.objectContaining({ code: 'conflict' }), 1]);
  expect((await register(away, { failures: 1, retryMs: 0 })).calls).toHaveLength(1);
});
