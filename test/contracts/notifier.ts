import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Topic } from '../../src/core/bake/effect.ts';
import { severityOf } from '../../src/core/notify/severity.ts';
import { createHttp } from '../../src/net/http.ts';
import type { NotifierDeps } from '../../src/notifiers/deps.ts';
import type { Delivery, Notifier } from '../../src/ports/notifier.ts';
import type { Plugin } from '../../src/ports/plugin.ts';
import { aNotice } from '../support/a-notice.ts';
import { hostileNotices } from '../support/any-notice.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import { recordingHttp } from '../support/recording-http.ts';
import { type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

export { aNotice };

/** What the contract needs to know about a notifier and its vendor. */
export type NotifierHarness = {
  readonly plugin: Plugin<Notifier, NotifierDeps>;
  /** Options for a vendor at `url`, with a timeout of about half a second. */
  readonly options: (url: string) => Readonly<Record<string, unknown>>;
  /** The secrets in `options`, which no error may hold. */
  readonly secrets: readonly string[];
  /** The answer of the vendor to a good request. */
  readonly success: StubReply;
  /** The topics for which it sends nothing. */
  readonly ignores?: readonly Topic[];
  /** It accepts any answer with status 2xx, because the receiver may be any program. */
  readonly acceptsAnyAnswer?: boolean;
  /** Parses a body, and throws if it is invalid. Default: JSON. */
  readonly parse?: (body: string) => unknown;
  /** A length of answers that is refused. Default: 100,000 characters. */
  readonly tooLong?: number;
};

/** The context of a first attempt. */
export function firstTry(rest: Partial<Delivery> = {}): Delivery {
  return { memory: null, isRepeat: false, chart: async () => null, signal: new AbortController().signal, ...rest };
}

/** The contract of every notifier. */
export function describeNotifierContract(name: string, harness: NotifierHarness): void {
  const { plugin, options, secrets, success, ignores = [], acceptsAnyAnswer = false, parse = JSON.parse, tooLong = 100_000 } = harness;
  describe(`the ${name} notifier`, () => {
    const http = createHttp();
    let server: StubServer;
    const notifier = (url = server.url) => plugin.bind(options(url))({ http });
    beforeEach(async () => {
      server = await startStubServer();
      server.reply(success);
    });
    afterEach(() => server.close());

    test('its example works', () => expect(() => plugin.bind(plugin.example)).not.toThrow());

    test('sends the same requests for the same notice, each with its own idempotency key', async () => {
      for (let times = 0; times < 2; times += 1) await notifier().notify(aNotice(), firstTry());
      const sent = server.requests.map(({ method, url, headers, body }) => ({ method, url, body, key: headers['idempotency-key'] }));
      const first = sent.slice(0, sent.length / 2);
      expect(first.length).toBeGreaterThan(0);
      expect(sent.slice(first.length)).toEqual(first);
      expect(new Set(first.map(({ key }) => key)).size).toBe(first.length);
      for (const { method, key, body } of first) {
        expect(method).toBe('POST');
        expect(key).toMatch(/^bake-1:7:1:team/);
        expect(() => parse(body)).not.toThrow();
      }
    });

    test.for(Object.keys(severityOf) as Topic[])('sends a notice of the topic %s, unless it ignores the topic', async (topic) => {
      await notifier().notify(aNotice({ topic }), firstTry());
      expect(server.requests.length > 0).toBe(!ignores.includes(topic));
    });

    test('an abort before the start sends nothing', async () => {
      expect(await effectErrorOf(notifier().notify(aNotice(), firstTry({ signal: AbortSignal.abort() })))).toMatchObject({
        kind: 'unreachable',
      });
      expect(server.requests).toHaveLength(0);
    });

    test('an abort ends the wait', async () => {
      server.reply('hang');
      const controller = new AbortController();
      const sending = effectErrorOf(notifier().notify(aNotice(), firstTry({ signal: controller.signal })));
      await expect.poll(() => server.requests.length).toBe(1);
      controller.abort();
      expect(await sending).toMatchObject({ kind: 'timeout' });
    });

    test.for<{ reply: StubReply; kind: string; retryAfterMs?: number }>([
      { reply: { status: 400, body: 'invalid_payload' }, kind: 'refused' },
      { reply: { status: 401 }, kind: 'refused' },
      { reply: { status: 403, body: 'action_prohibited' }, kind: 'refused' },
      { reply: { status: 404, body: 'channel_not_found' }, kind: 'refused' },
      { reply: { status: 410, body: 'channel_is_archived' }, kind: 'refused' },
      { reply: { status: 302, headers: { location: 'https://elsewhere.example.com' } }, kind: 'refused' },
      { reply: { status: 429, headers: { 'retry-after': '3' } }, kind: 'failed', retryAfterMs: 3_000 },
      { reply: { status: 429, headers: { 'retry-after': 'soon' } }, kind: 'failed' },
      { reply: { status: 500, body: 'rollup_error' }, kind: 'failed' },
      { reply: { status: 503, headers: { 'retry-after': '86400' } }, kind: 'failed', retryAfterMs: 3_600_000 },
      { reply: { body: 'x'.repeat(tooLong) }, kind: 'timeout' },
      { reply: 'drop', kind: 'timeout' },
      { reply: 'hang', kind: 'timeout' },
    ])('the answer $reply.status $reply.body is $kind', async ({ reply, kind, retryAfterMs }) => {
      server.reply(reply);
      expect(await effectErrorOf(notifier().notify(aNotice(), firstTry()))).toMatchObject({ kind, retryAfterMs });
    });

    test('the sign-in page of a proxy is not an answer of the vendor', async () => {
      server.reply({ status: 200, body: '<!doctype html><title>Sign in</title>' });
      const delivery = notifier().notify(aNotice(), firstTry());
      if (acceptsAnyAnswer) await delivery;
      else expect((await effectErrorOf(delivery)).kind).toMatch(/failed|refused/);
    });

    test('an unreachable vendor means that nothing arrived', async () => {
      expect(await effectErrorOf(notifier('http://127.0.0.1:1').notify(aNotice(), firstTry()))).toMatchObject({ kind: 'unreachable' });
    });

    test.for([400, 429, 500, 302])('an error of status %i holds no secret, even if the vendor echoes it', async (status) => {
      server.reply(({ url, headers, body }) => ({ status, body: JSON.stringify({ secrets, url, headers, body }).slice(0, 250) }));
      const error = await effectErrorOf(notifier().notify(aNotice(), firstTry()));
      for (const secret of secrets) expect(everythingIn(error)).not.toContain(secret);
    });

    test('an error of the connection holds no secret', async () => {
      for (const secret of secrets) {
        expect(everythingIn(await effectErrorOf(notifier('http://127.0.0.1:1').notify(aNotice(), firstTry())))).not.toContain(secret);
        expect(everythingIn(notifier())).not.toContain(secret);
      }
    });

    test('any text can be sent', async () => {
      const odd = 'a "b" \'c\' <!channel> & $(id) {x}\n\u0000\ud800 ş 版本 \u202e 👩‍👩‍👧';
      await notifier().notify(
        aNotice({ title: odd, reasons: [odd], service: odd, links: [{ title: odd, url: odd }], url: odd }),
        firstTry(),
      );
      for (const { body } of server.requests) expect(() => parse(body)).not.toThrow();
      expect(server.requests.length).toBeGreaterThan(0);
    });

    test('requests are well-formed for any notice', async () => {
      await fc.assert(
        fc.asyncProperty(hostileNotices(), async (notice) => {
          const { status = 200, body = '' } = success === 'hang' || success === 'drop' ? {} : success;
          const fake = recordingHttp({ status, text: typeof body === 'string' ? body : JSON.stringify(body) });
          await plugin.bind(options('https://far.example.com'))({ http: fake }).notify(notice, firstTry());
          for (const request of fake.requests) {
            expect(() => [new URL(request.url), new Headers(request.headers), parse(request.body ?? '')]).not.toThrow();
            expect(request.body?.isWellFormed()).toBe(true);
          }
        }),
      );
    });
  });
}
