import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plugins } from '../../src/app/plugins.ts';
import { EffectError, ProviderError } from '../../src/core/base/errors.ts';
import { createHttp, type Http } from '../../src/net/http.ts';
import type { RunProcess } from '../../src/net/process.ts';
import type { RollbackHook } from '../../src/ports/hook.ts';
import type { Notifier } from '../../src/ports/notifier.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { anOrder } from '../contracts/hook.ts';
import { aNotice, firstTry } from '../contracts/notifier.ts';
import { everythingIn } from '../support/effect-error.ts';
import { type FakeProgram, runInProcess } from '../support/fake-program.ts';
import { echoesOf, leakIn } from '../support/leaks.ts';
import { quick } from '../support/runs.ts';
import { secretOptions } from '../support/secret-options.ts';
import { type SeenRequest, type StubServer, startStubServer } from '../support/stub-server.ts';

const never = new AbortController().signal;
const window = { from: 1_700_000_000_000, to: 1_700_000_060_000, stepMs: 15_000 };

/** All methods of an instance. Each returns or throws something that may hold a secret. */
const everythingOf = {
  providers: (provider: MetricsProvider) => [
    () => provider.ping(never),
    () => provider.fetchSeries({ form: 'gauge', query: 'up', window }, never),
    () => provider.fetchSeries({ form: 'counter', query: 'hits_total', matchers: '', window, lookbackMs: 60_000 }, never),
    () => provider.fetchSeries({ form: 'alert', query: '', match: { alertname: 'X' }, window, lookbackMs: 60_000 }, never),
  ],
  hooks: (hook: RollbackHook) => [
    () => hook.current(anOrder().place, never),
    () => hook.rollBack(anOrder(), never),
    () => hook.rehearse(anOrder(), never),
  ],
  notifiers: (notifier: Notifier) => [
    () => notifier.notify(aNotice({ topic: 'unhealthy' }), firstTry()),
    () => notifier.notify(aNotice({ topic: 'failed', state: 'failed' }), firstTry({ isRepeat: true })),
  ],
};

/** Ways to log in that exclude each other. */
const logins = [
  { url: 'https://p.example.com', oauth2: { token_url: 'https://id.example.com/token', client_id: 'me', client_secret: 'a secret' } },
  { url: 'https://p.example.com', token_command: ['print-token'] },
  {
    url: 'https://p.example.com',
    sigv4: { region: 'eu-west-1', access_key: 'AKIDEXAMPLE00000', secret_key: 'a secret', session_token: 'b' },
  },
];

/** Examples for plug-ins whose options exclude each other: their own example cannot have all options. */
const furtherExamples: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  'providers/prometheus': logins,
  'providers/alertmanager': logins,
  'providers/loki': logins,
  'providers/web': logins,
  'notifiers/webhook': [{ url: 'https://receiver.example.com/hook', secrets: ['a-secret-of-at-least-16-characters'] }],
  'notifiers/slack': [
    {
      ...{ token: 'xoxb-placeholder', channel: 'C0123ABCD', pace: '0s' },
      buttons: { signing_secret: 'a-secret-of-at-least-16-characters', people: [{ slack: 'U0123ABCD', name: 'jane' }] },
    },
    {
      ...{ token: 'xoxb-placeholder', channel: 'C0123ABCD', pace: '0s' },
      buttons: { signing_secrets: ['a-secret-of-at-least-16-characters'], people: [{ slack: 'U0123ABCD', name: 'jane' }] },
    },
  ],
};

/** Every option with a secret of every plug-in. New plug-ins are included because they are in their index. */
const cases = (['providers', 'hooks', 'notifiers'] as const).flatMap((kind) =>
  [...plugins[kind].values()].flatMap((plugin) =>
    secretOptions(plugin, furtherExamples[`${kind}/${plugin.type}`]).map(({ options, secrets, name }) => ({
      title: `${kind}: ${plugin.type}, with ${name}`,
      secrets,
      make: (deps: { http: Http; run: RunProcess }) =>
        everythingOf[kind](plugin.bind(options)(deps) as MetricsProvider & RollbackHook & Notifier),
      bound: (deps: { http: Http; run: RunProcess }) => plugin.bind(options)(deps),
    })),
  ),
);

/** An answer that echoes a secret: as text, or in the fields of a vendor's error. */
const shapes = [
  (echo: string) => echo,
  (echo: string) => ({ ...{ message: echo, error: echo, current: echo, status: echo, id: echo }, errors: [{ message: echo }] }),
];

const statuses = [200, 400, 401, 429, 500];

/** The answer of a server or a program to a request. */
type Answer = { readonly name: string; readonly status: number; readonly body: (request: SeenRequest) => string | object };

describe('no result and no error holds a secret', () => {
  const real = createHttp();
  let server: StubServer;
  let http: Http;
  let answer: Answer = { name: '', status: 200, body: () => '' };
  let requests = 0;
  // A program gets the same data as a server, and prints the same answer to both streams.
  const run: RunProcess = (request, signal) => {
    requests += 1;
    const { argv, env = {}, stdin = '' } = request;
    const body = answer.body({ method: '', url: argv.join(' '), headers: env, body: stdin, bytes: Buffer.from(stdin) });
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const echo: FakeProgram = ({ print, complain }) => {
      print(text);
      complain(text);
      return answer.status < 400 ? 0 : 1;
    };
    return runInProcess({ [argv[0]]: echo })(request, signal);
  };
  // The frames of a stack name only code, and thousands of errors are shown here: to map their frames to the sources takes longer than to look at them.
  const frames = Error.stackTraceLimit;
  beforeAll(async () => {
    Error.stackTraceLimit = 0;
    server = await startStubServer();
    server.reply((request) => {
      requests += 1;
      return { status: answer.status, body: answer.body(request) };
    });
    http = { ...real, request: (request, signal) => real.request({ ...request, url: moved(request.url) }, signal) };
  });
  afterAll(async () => {
    Error.stackTraceLimit = frames;
    await real.close();
    await server.close();
  });

  /** The same address, with name and password, at the server of the test. */
  function moved(address: string): string {
    const [url, here] = [new URL(address), new URL(server.url)];
    Object.assign(url, { protocol: here.protocol, host: here.host });
    return url.href;
  }

  test('every kind of plug-in is included', () => {
    for (const kind of Object.keys(everythingOf)) expect(cases.map(({ title }) => title).join()).toContain(`${kind}: `);
  });

  test.for(cases)('$title', async ({ secrets, make, bound }) => {
    const leaks = new Set<string>();
    requests = 0;
    const look = (value: unknown, where: string) => {
      const text = everythingIn(value);
      for (const secret of secrets) if (leakIn(text, secret) !== null) leaks.add(`${where}: ${secret} in ${text.slice(0, 400)}`);
    };
    look(bound({ http, run }), 'the instance');
    for (const next of answersOf(secrets)) {
      answer = next;
      // All methods get the same answer, so they can run at the same time.
      const outcomes = await Promise.all(
        make({ http, run }).map((act) =>
          act().catch((error: unknown) => {
            if (error instanceof EffectError || error instanceof ProviderError) return error;
            throw error;
          }),
        ),
      );
      for (const outcome of outcomes) look(outcome, next.name);
    }
    expect([...leaks].slice(0, 5)).toEqual([]);
    expect(requests, 'no request was sent').toBeGreaterThan(0);
  });

  function answersOf(secrets: readonly string[]): readonly Answer[] {
    return statuses.flatMap((status) => [
      { name: `${status}, all of the request`, status, body: ({ url, headers, body }: SeenRequest) => ({ headers, url, body }) },
      {
        name: `${status}, the request's head`,
        status,
        body: ({ url, headers }: SeenRequest) => [url, ...Object.values(headers)].join(' '),
      },
      { name: `${status}, the request's body`, status, body: ({ body }: SeenRequest) => body },
      ...secrets.flatMap((secret) =>
        quick(Object.entries(status > 400 ? { plain: secret } : echoesOf(secret)), 2).flatMap(([form, echo]) =>
          shapes.map((shape, index) => ({ name: `${status}, ${form} in shape ${index}`, status, body: () => shape(echo) })),
        ),
      ),
    ]);
  }
});
