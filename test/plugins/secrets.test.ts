import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plugins } from '../../src/app/plugins.ts';
import { EffectError, ProviderError } from '../../src/core/base/errors.ts';
import { createHttp, type Http } from '../../src/net/http.ts';
import { createRunProcess, type RunProcess } from '../../src/net/process.ts';
import type { RollbackHook } from '../../src/ports/hook.ts';
import type { Notifier } from '../../src/ports/notifier.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { anOrder } from '../contracts/hook.ts';
import { aNotice, firstTry } from '../contracts/notifier.ts';
import { everythingIn } from '../support/effect-error.ts';
import { echoesOf, leakIn } from '../support/leaks.ts';
import { secretOptions } from '../support/secret-options.ts';
import { type SeenRequest, type StubServer, startStubServer } from '../support/stub-server.ts';

const never = new AbortController().signal;
const window = { from: 1_700_000_000_000, to: 1_700_000_060_000, stepMs: 15_000 };

/** Everything that an instance can be asked to do, as what it answers or throws. */
const everythingOf = {
  providers: (provider: MetricsProvider) => [
    () => provider.ping(never),
    () => provider.fetchSeries({ form: 'gauge', query: 'up', window }, never),
    () => provider.fetchSeries({ form: 'counter', query: 'hits_total', matchers: '', window, lookbackMs: 60_000 }, never),
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

/** For a plug-in with options that stand for each other: those that its own example cannot show. */
const furtherExamples: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  slack: [
    {
      ...{ token: 'xoxb-placeholder', channel: 'C0123ABCD', pace: '0s' },
      buttons: { signing_secret: 'a-secret-of-at-least-16-characters', people: [{ slack: 'U0123ABCD', name: 'jane' }] },
    },
  ],
};

/** Each plug-in with options that hold secrets: a new one is here by being in its index. */
const cases = (['providers', 'hooks', 'notifiers'] as const).flatMap((kind) =>
  [...plugins[kind].values()].flatMap((plugin) =>
    secretOptions(plugin, furtherExamples[plugin.type]).map(({ options, secrets, name }) => ({
      title: `${kind}: ${plugin.type}, with ${name}`,
      secrets,
      make: (deps: { http: Http; run: RunProcess }) =>
        everythingOf[kind](plugin.bind(options)(deps) as MetricsProvider & RollbackHook & Notifier),
      bound: (deps: { http: Http; run: RunProcess }) => plugin.bind(options)(deps),
    })),
  ),
);

/** An answer that begins with an echo: as text, or wherever a vendor may put its words. */
const shapes = [
  (echo: string) => echo,
  (echo: string) => ({ ...{ message: echo, error: echo, current: echo, status: echo, id: echo }, errors: [{ message: echo }] }),
];

const statuses = [200, 400, 401, 429, 500];

/** What the far side says to a request, whichever way it came. */
type Answer = { readonly name: string; readonly status: number; readonly body: (request: SeenRequest) => string | object };

describe('no secret is anywhere', () => {
  const real = createHttp();
  let server: StubServer;
  let http: Http;
  let answering: Answer = { name: '', status: 200, body: () => '' };
  let asked = 0;
  // A program sees what the far side of a network would, and hands it back in the same way.
  const realRun = createRunProcess(process.env);
  const run: RunProcess = (request, signal) => {
    asked += 1;
    const { argv, env = {}, stdin = '' } = request;
    const body = answering.body({ method: '', url: argv.join(' '), headers: env, body: stdin, bytes: Buffer.from(stdin) });
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const script = 'printf "%s\\n" "$1"; printf "%s\\n" "$1" >&2; exit "$2"';
    return realRun({ ...request, argv: ['/bin/sh', '-c', script, 'sh', text, answering.status < 400 ? '0' : '1'] }, signal);
  };
  beforeAll(async () => {
    server = await startStubServer();
    server.reply((request) => {
      asked += 1;
      return { status: answering.status, body: answering.body(request) };
    });
    http = { ...real, request: (request, signal) => real.request({ ...request, url: moved(request.url) }, signal) };
  });
  afterAll(async () => {
    await real.close();
    await server.close();
  });

  /** The same address at the server of the test, name and password included. */
  function moved(address: string): string {
    const [url, here] = [new URL(address), new URL(server.url)];
    Object.assign(url, { protocol: here.protocol, host: here.host });
    return url.href;
  }

  test('every kind of plug-in has some', () => {
    for (const kind of Object.keys(everythingOf)) expect(cases.map(({ title }) => title).join()).toContain(`${kind}: `);
  });

  test.for(cases)('$title', async ({ secrets, make, bound }) => {
    const leaks = new Set<string>();
    asked = 0;
    const look = (value: unknown, where: string) => {
      const text = everythingIn(value);
      for (const secret of secrets) if (leakIn(text, secret) !== null) leaks.add(`${where}: ${secret} in ${text.slice(0, 400)}`);
    };
    look(bound({ http, run }), 'the instance');
    for (const answer of answersOf(secrets)) {
      answering = answer;
      for (const act of make({ http, run })) {
        const outcome = await act().catch((error: unknown) => {
          if (error instanceof EffectError || error instanceof ProviderError) return error;
          throw error;
        });
        look(outcome, answer.name);
      }
    }
    expect([...leaks].slice(0, 5)).toEqual([]);
    expect(asked, 'nobody was asked').toBeGreaterThan(0);
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
        Object.entries(status > 400 ? { plain: secret } : echoesOf(secret)).flatMap(([form, echo]) =>
          shapes.map((shape, index) => ({ name: `${status}, ${form} in shape ${index}`, status, body: () => shape(echo) })),
        ),
      ),
    ]);
  }
});
