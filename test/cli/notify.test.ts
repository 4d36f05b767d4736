import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { listen } from '../../src/app/listen.ts';
import { runProgram } from '../../src/cli/program.ts';
import { type Topic, topics } from '../../src/core/bake/effect.ts';
import { type DeliveryRules, sendEverything } from '../../src/core/notify/route.ts';
import { createHttp } from '../../src/net/http.ts';
import { webhook } from '../../src/notifiers/webhook.ts';
import type { Store } from '../../src/ports/store.ts';
import { testNotifier } from '../../src/usecases/test-notifier.ts';
import { ruleSet } from '../store/fixtures.ts';
import { silentLog } from '../support/database.ts';
import { createFakeNotifier } from '../support/fake-notifier.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { aReadingApi } from '../support/reading-api.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

function aToken(name: string, rest: Partial<Token>): Token {
  return { name, sha256: createHash('sha256').update(name).digest('hex'), verbs: ['read'], services: [], environments: [], ...rest };
}
const quiet = [{ fromMs: 0, toMs: 86_400_000, timezone: 'UTC', days: ['mon'], except: 'bad' }] as const satisfies DeliveryRules['quiet'];
const monday = Date.parse('2026-06-01T12:00:00Z');

const http = createHttp();
let receiver: StubServer;
let closers: (() => Promise<void>)[];
beforeEach(async () => {
  receiver = await startStubServer();
  closers = [receiver.close];
});
afterEach(async () => {
  for (const close of closers) await close();
});

/** A server with two notifiers: a webhook whose receiver is a stub, and a channel with rules. */
async function serve(tokens: readonly Token[] = []) {
  const channel = createFakeNotifier();
  const options = { url: receiver.url, secret: 'a-secret-of-at-least-16-characters', timeout: '500ms' };
  const notifiers = new Map([
    ['hook', { type: 'webhook', notifier: webhook.bind(options)({ http }), rules: sendEverything }],
    ['team', { type: 'fake', notifier: channel.notifier, rules: { ...sendEverything, quiet, template: { title: '{service}: {topic}' } } }],
  ]);
  const deps = { notifiers, clock: createManualClock(monday), log: silentLog, publicUrl: 'https://bake.example.com' };
  // A cast: nothing else is asked of the store.
  const api = aReadingApi({ hasTokens: async () => false, recordAudit: async () => {} } as unknown as Store, tokens, {
    ruleSetFor: (service) => ({ ...ruleSet, service, notify: ['team'] }),
    testNotifier: (testing) => testNotifier(deps, testing, new AbortController().signal),
  });
  const listening = await listen({ host: '127.0.0.1', port: 0 });
  listening.answer(api.fetch);
  closers.push(listening.close);
  return { url: listening.url, heard: channel.heard };
}

async function run(url: string, ...argv: readonly string[]) {
  return await runAs(null, url, argv);
}

async function runAs(token: string | null, url: string, argv: readonly string[]) {
  const lines: string[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      lines.push(...String(chunk).trimEnd().split('\n'));
      done();
    },
  });
  const io = { out, err: out, isTerminal: false, now: () => 0, sleep: async () => {} };
  // The other commands' dependencies are not asked for.
  const deps = { io, version: '0', serverUrl: url, token } as unknown as Parameters<typeof runProgram>[1];
  const code = await runProgram(['--url', url, 'notify', 'test', ...argv], deps);
  return { code, lines };
}

test('a sample notice arrives, marked as a test, and the command says so', async () => {
  const { url } = await serve();
  const { code, lines } = await run(url, 'hook', '--topic', 'recovered', '--service', 'shop');
  expect(JSON.parse(receiver.requests[0]?.body ?? '')).toMatchObject({
    topic: 'recovered',
    title: '[test] shop v2 (production) was rolled back to v1, and the service has recovered',
    service: 'shop',
  });
  expect([code, lines]).toEqual([
    0,
    ['hook (webhook): delivered after 0.0 s: [test] shop v2 (production) was rolled back to v1, and the service has recovered'],
  ]);
});

test.for<{ reply: Parameters<StubServer['reply']>[0]; says: RegExp }>([
  { reply: { status: 500 }, says: /^hook \(webhook\): failed after/ },
  { reply: { status: 404 }, says: /^hook \(webhook\): refused after/ },
  { reply: 'hang', says: /^hook \(webhook\): timeout after/ },
])('a receiver that answers $reply is told, with the reason', async ({ reply, says }) => {
  const { url } = await serve();
  receiver.reply(reply);
  const { code, lines } = await run(url, 'hook');
  expect(code).toBe(1);
  expect(lines[0]).toMatch(says);
  expect(lines[1]?.trim()).not.toBe('');
  expect(receiver.requests).toHaveLength(1);
});

test.for<{ topic: Topic; says: readonly string[] }>([
  { topic: 'failed', says: [] },
  { topic: 'blind', says: ['a real notice would be held back until 2026-06-02T00:00:00.000Z: quiet time until 2026-06-02T00:00:00.000Z'] },
  { topic: 'passed', says: ['a real notice would not be sent: quiet time until 2026-06-02T00:00:00.000Z'] },
])('what the rules would make of $topic stands beside it, and the words are the template’s', async ({ topic, says }) => {
  const { url, heard } = await serve();
  const { code, lines } = await run(url, 'team', '--topic', topic);
  expect([code, ...lines]).toEqual([0, `team (fake): delivered after 0.0 s: [test] example: ${topic}`, ...says]);
  expect(heard).toMatchObject([{ topic, deployId: 'bakewatch-test', isDigest: false }]);
});

test.for([...topics])('a test can tell of every topic: %s', async (topic) => {
  const { url, heard } = await serve();
  const { code, lines } = await run(url, 'team', '--topic', topic, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ notifier: 'team', ok: true, outcome: 'delivered', topic, title: heard[0]?.title });
});

test.for([
  { argv: ['taem'], code: 1, says: 'bakewatch: no notifier is named "taem" (did you mean `team`? defined: hook, team)' },
  { argv: ['team', '--topic', 'fialed'], code: 2, says: expect.stringContaining('body.topic') },
  { argv: ['team', '--service', 'a b'], code: 2, says: expect.stringContaining('body.service') },
])('$argv is refused with a reason', async ({ argv, code, says }) => {
  const { url, heard } = await serve();
  expect(await run(url, ...argv)).toEqual({ code, lines: [says] });
  expect(heard).toEqual([]);
});

test('only who may operate the service may test', async () => {
  const { url, heard } = await serve([aToken('reader', {}), aToken('ana', { verbs: ['operate'], services: ['shop'] })]);
  expect(await runAs('reader', url, ['team'])).toEqual({ code: 1, lines: ['bakewatch: the token reader may not operate'] });
  expect(await runAs('ana', url, ['team'])).toEqual({
    code: 1,
    lines: ['bakewatch: the token ana may not operate for example in production'],
  });
  expect(heard).toEqual([]);
  expect((await runAs('ana', url, ['team', '-s', 'shop', '-e', 'staging'])).code).toBe(0);
  expect(heard).toMatchObject([{ service: 'shop', environment: 'staging', registeredBy: 'ana' }]);
});
