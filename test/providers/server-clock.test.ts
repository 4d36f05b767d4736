import { expect, test } from 'vitest';
import { watchServerClock } from '../../providers/server-clock.ts';
import type { Http } from '../../src/net/http.ts';

const never = new AbortController().signal;
const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
const dated = Date.parse(date);
const request = { method: 'GET', url: 'http://metrics.example/', timeoutMs: 1_000 } as const;

/** A server whose answers have these headers, and come 10 ms after the question. */
function aServer(...answers: readonly Readonly<Record<string, string>>[]) {
  let monotonic = 1_000;
  let count = 0;
  const http: Http = {
    request: async () => {
      monotonic += 10;
      return { status: 200, headers: answers[count++] ?? {}, text: '' };
    },
    close: async () => {},
  };
  const { clock, http: watched } = watchServerClock(http, () => monotonic);
  return {
    clock,
    ask: () => watched.request(request, never),
    waits: (ms: number) => {
      monotonic += ms;
    },
  };
}

test('the time of a server is known from its first answer, to the second', async () => {
  const { ask, clock, waits } = aServer({ date });
  expect(clock.now()).toBeNull();
  await ask();
  expect(clock.now()).toEqual({ earliest: dated, latest: dated + 1_010 });
  waits(5_000);
  expect(clock.now()).toEqual({ earliest: dated + 5_000, latest: dated + 6_010 });
});

test('further answers narrow it down', async () => {
  const { ask, clock, waits } = aServer({ date }, { date });
  await ask();
  waits(900);
  await ask();
  // The server still showed the same second: so it began at most 90 ms before the first question.
  const { earliest = 0, latest = 0 } = clock.now() ?? {};
  expect(earliest - dated).toBeCloseTo(910, 0);
  expect(latest - dated).toBeCloseTo(1_010, 0);
});

test('a clock that was set is followed', async () => {
  const { ask, clock } = aServer({ date }, { date: 'Sun, 06 Nov 1994 09:49:37 GMT' });
  await ask();
  await ask();
  expect(clock.now()?.earliest).toBe(dated + 3_600_000);
});

test('an answer from a cache says by its age what time it is', async () => {
  const { ask, clock } = aServer({ date, age: '40' });
  await ask();
  expect(clock.now()?.earliest).toBe(dated + 40_000);
});

test.for([{}, { date: '' }, { date: 'yesterday' }])('an answer without a readable date says nothing: %o', async (headers) => {
  const { ask, clock } = aServer(headers as Record<string, string>);
  await ask();
  expect(clock.now()).toBeNull();
});
