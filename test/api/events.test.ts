import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { createEventBody, type EventBody } from '../../src/api/event-body.ts';
import { createSeats } from '../../src/api/seats.ts';
import { systemClock as clock } from '../../src/app/clock.ts';
import { register, start } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
const ending = new AbortController();
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(async () => {
  ending.abort();
  await database.close();
});

const ours: Token = {
  name: 'ours',
  sha256: createHash('sha256').update('ours').digest('hex'),
  verbs: ['read'],
  services: ['ours'],
  environments: [],
};

type Sent = { readonly event: string; readonly id: string; readonly data: Record<string, unknown> };

/** Opens a stream. `next` returns its next event. */
async function open(headers: Record<string, string> = {}, api = aReadingApi(database.store, [ours], { stopping: ending.signal, clock })) {
  const answer = await api.request('/v1/events', { headers: { host: 'localhost:8700', authorization: 'Bearer ours', ...headers } });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<Sent> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const lines = new Map(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => [line.split(': ')[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
        );
        text = text.slice(end + 2);
        if (lines.has('event'))
          return { event: lines.get('event') ?? '', id: lines.get('id') ?? '', data: JSON.parse(lines.get('data') ?? '') };
        continue;
      }
      const part = await reader?.read();
      if (part === undefined || part.done) throw new Error('the stream has ended');
      text += part.value;
    }
  };
  return { answer, next, close: () => reader?.cancel() };
}

const move = async (id: string) => await database.store.appendTimeline(id, { at: start, kind: 'k', by: 'b', text: 't' });

describe('the stream of events', () => {
  test('says hello, and sends the deploys that move where the caller may read', async () => {
    const { deploy } = await register(database.store, { service: 'ours', version: 'v7' }, 'baking');
    const theirs = await register(database.store, { service: 'theirs' }, 'baking');
    const { answer, next, close } = await open();
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'text/event-stream',
      'no-store',
    ]);
    expect(await next()).toMatchObject({ event: 'hello', data: { heartbeat_seconds: 15 } });
    await move(theirs.deploy.id);
    await move(deploy.id);
    expect(await next()).toMatchObject({ event: 'deploy', data: { id: deploy.id, release: { version: 'v7' }, state: 'baking' } });
    await database.store.setFreeze({ service: 'theirs', by: 'them', why: 'secret', since: start });
    await database.store.setFreeze({ service: 'ours', by: 'us', why: 'sale', since: start });
    const frozen = await next();
    expect(frozen.event).toBe('freeze');
    expect(JSON.stringify(frozen.data)).not.toContain('secret');
    await close();
  });

  test('goes on after the last event that the client has seen', async () => {
    const { deploy } = await register(database.store, { service: 'ours' }, 'baking');
    const before = await open();
    const { id } = await before.next();
    await before.close();
    await move(deploy.id);
    const { next, close } = await open({ 'last-event-id': id });
    expect((await next()).event).toBe('hello');
    const seen: unknown[] = [];
    for (let sent = await next(); sent.event !== 'freeze'; sent = await next()) seen.push(sent.data.id);
    expect(seen).toContain(deploy.id);
    await close();
  });

  test.for(['from-another-server', '99999999', '-1'])('sends a client back to the lists that comes from %s', async (id) => {
    const { next, close } = await open({ 'last-event-id': id });
    expect([(await next()).event, (await next()).event]).toEqual(['hello', 'reset']);
    await close();
  });

  test('is refused without a seat; who goes away frees one', async () => {
    const streams = createSeats({ perCaller: 1, inAll: 5 });
    const api = aReadingApi(database.store, [ours], { stopping: ending.signal, clock, streams });
    const first = await open({}, api);
    const second = await open({}, api);
    expect([second.answer.status, second.answer.headers.get('retry-after')]).toEqual([429, '5']);
    await first.close();
    const third = await open({}, api);
    expect(third.answer.status).toBe(200);
    await third.close();
  });

  test('ends within a minute after its token has lost its rights', async () => {
    const manual = createManualClock(start);
    const token = { ...ours, expiresAt: start + 70_000 };
    const { next } = await open({}, aReadingApi(database.store, [token], { stopping: ending.signal, clock: manual }));
    expect((await next()).event).toBe('hello');
    await expect(next()).rejects.toThrow('the stream has ended');
    expect(manual.now() - start).toBeLessThanOrEqual(120_000);
  });

  test('ends with the server', async () => {
    const stopping = new AbortController();
    const { next } = await open({}, aReadingApi(database.store, [ours], { stopping: stopping.signal, clock }));
    await next();
    stopping.abort();
    await expect(next()).rejects.toThrow('the stream has ended');
  });
});

test('a reader that is too slow is cut off, what waits for it is dropped, and nobody is troubled', async ({ onTestFinished }) => {
  const errors = vi.spyOn(console, 'error');
  const app = new Hono<{ Bindings: HttpBindings }>();
  const cutOff = Promise.withResolvers<EventBody>();
  app.get('/', (c) => {
    const body = createEventBody(() => c.env.outgoing.destroy(), 1_000_000);
    const more = setInterval(() => body.send({ event: 'deploy', id: 1, data: 'x'.repeat(500_000) }), 1);
    body.closed.addEventListener('abort', () => {
      clearInterval(more);
      cutOff.resolve(body);
    });
    return c.body(body.stream);
  });
  const server = createAdaptorServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1', () => reader.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n'));
  reader.on('error', () => {});
  const { stream } = await cutOff.promise;
  const closed = once(reader, 'close');
  reader.resume();
  await closed;
  expect(stream.locked).toBe(true);
  expect(errors).not.toHaveBeenCalled();
});

test('seats are limited for each caller and in all, and leaving twice frees one', () => {
  const seats = createSeats({ perCaller: 2, inAll: 3 });
  const caller = (name: string) => ({ kind: 'token', name }) as const;
  const first = seats.take(caller('a'));
  expect(
    [seats.take(caller('a')), seats.take(caller('a')), seats.take(caller('b')), seats.take(caller('c'))].map((seat) => seat !== null),
  ).toEqual([true, false, true, false]);
  first?.leave();
  first?.leave();
  expect([seats.take(caller('c')), seats.take(caller('d'))].map((seat) => seat !== null)).toEqual([true, false]);
});
