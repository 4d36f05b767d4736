import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { Probe } from '../../src/core/rules/probe.ts';
import type { Answer, Labels, MetricsProvider, Sample, SeriesQuery } from '../../src/ports/provider.ts';
import { type SeenRequest, type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

/** How one vendor formats its requests and replies. */
export type ProviderHarness = {
  /** Creates a provider for the stub, with these credentials and a timeout of ten seconds. */
  readonly create: (url: string, secret: string) => MetricsProvider;
  /** A query for one number per tick, in the vendor's language. */
  readonly gauge: string;
  /** The reply that holds these series. */
  readonly series: (list: readonly { readonly labels: Labels; readonly samples: readonly Sample[] }[]) => StubReply;
  /** The reply to a question about alerts where there are none, if it is not that of series. */
  readonly noAlerts?: StubReply;
  /** The label of the series, where the vendor knows only this one. Default: `pod`. */
  readonly label?: string;
  /** The length of a tick. Default: 15 s. */
  readonly stepMs?: number;
  /** The reply that refuses a query with this message. */
  readonly badQuery: (words: string) => StubReply;
  /** The reply in which the tick that ends at `at` has no value. Leave it out if the vendor leaves such ticks out. */
  readonly gap?: (at: number) => StubReply;
  /** Bodies with status 200 that no healthy server sends. */
  readonly garbage: readonly (string | object)[];
  /** Reads the query and the credentials from a request, decoded. */
  readonly sentQuery: (request: SeenRequest) => string | null;
  readonly sentSecret: (request: SeenRequest) => string | null;
};

const secret = 'a/very+secret=token 42';
const from = 1_700_000_000_000;
const probe: Probe = { target: { kind: 'tcp', host: '127.0.0.1', port: 1, tlsDays: null }, withinMs: 100, attempts: 1, apartMs: 0 };
const never = new AbortController().signal;

/** Runs the tests that every provider over HTTP must pass. */
export function describeProviderContract(name: string, harness: ProviderHarness): void {
  describe(`the ${name} provider`, () => {
    const { stepMs = 15_000 } = harness;
    const window = { from, to: from + 4 * stepMs, stepMs };
    const at = (tick: number): number => from + tick * stepMs;
    let server: StubServer;
    let provider: MetricsProvider;
    beforeEach(async () => {
      server = await startStubServer();
      provider = harness.create(server.url, secret);
    });
    afterEach(() => server.close());

    const gauge = { form: 'gauge', query: harness.gauge, window } as const;
    const ask = (signal = never) => provider.fetchSeries(gauge, signal);
    const errorOf = async (asked: Promise<unknown>): Promise<ProviderError> => {
      const error = await asked.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(ProviderError);
      return error as ProviderError; // Just asserted.
    };

    test('answers with samples inside the window, sorted by time', async () => {
      const samples: Sample[] = [-1, 0, 3, 1, 2, 4, 5].map((tick) => [at(tick), tick]);
      server.reply(harness.series([{ labels: {}, samples }]));
      expect((await ask()).series.map((one) => one.samples)).toEqual([[1, 2, 3, 4].map((tick) => [at(tick), tick])]);
    });

    test('no data is an empty answer, not an error', async () => {
      server.reply(harness.series([]));
      expect(await ask()).toMatchObject({ shape: 'gauge', series: [] });
    });

    const { gap } = harness;
    if (gap)
      test('a tick without a value has no sample: 0 would be a value', async () => {
        server.reply(gap(at(1)));
        expect((await ask()).series.flatMap(({ samples }) => samples)).toEqual([]);
      });

    test.for<readonly [string, SeriesQuery, readonly Answer['shape'][]]>([
      ['counter', { form: 'counter', query: harness.gauge, matchers: '', lookbackMs: 60_000, window }, ['cumulative', 'delta']],
      ['increase', { form: 'increase', query: harness.gauge, matchers: '', by: [], window }, ['delta']],
      ['events', { form: 'events', query: harness.gauge, window }, ['delta']],
      ['gauge', { form: 'gauge', query: harness.gauge, window }, ['gauge']],
      ['probe', { form: 'probe', query: 'connect to 127.0.0.1:1', probe, window }, ['attempts']],
    ])('answers a query of form %s with its shape, or refuses it', async ([, query, shapes]) => {
      server.reply((query.form === 'alert' && harness.noAlerts) || harness.series([]));
      const outcome = await provider.fetchSeries(query, never).catch((error: unknown) => error);
      if (outcome instanceof ProviderError) expect(outcome.kind).toBe('bad_query');
      else expect(shapes).toContain((outcome as Answer).shape); // The contract's promise; anything else has no shape.
    });

    // Alerts have a contract of their own (`alert-provider.ts`). To a provider with alerts, a list of series is no list of alerts.
    test('refuses a question about alerts, or does not take series for alerts', async () => {
      server.reply(harness.series([]));
      const asked = { form: 'alert', query: 'alerts with alertname="X"', match: { alertname: 'X' }, lookbackMs: 600_000, window } as const;
      expect((await errorOf(provider.fetchSeries(asked, never))).kind).toMatch(/^bad_(query|response)$/);
    });

    test('keeps NaN and infinities for the analyzers', async () => {
      const samples: Sample[] = [Number.NaN, Infinity, -Infinity].map((value, i) => [at(i + 1), value]);
      server.reply(harness.series([{ labels: {}, samples }]));
      expect((await ask()).series[0]?.samples.map(([, value]) => value)).toEqual([Number.NaN, Infinity, -Infinity]);
    });

    test('keeps several series apart', async () => {
      const label = harness.label ?? 'pod';
      const list = ['a', 'b'].map((name, i) => ({ labels: { [label]: name }, samples: [[at(1), i]] as const }));
      server.reply(harness.series(list));
      expect((await ask()).series.map(({ labels, samples }) => [labels[label], samples])).toEqual([
        ['a', [[at(1), 0]]],
        ['b', [[at(1), 1]]],
      ]);
    });

    test('sends the query unchanged, and the credentials', async () => {
      server.reply(harness.series([]));
      await ask();
      expect(server.requests.map(harness.sentQuery)).toContain(harness.gauge);
      expect(harness.sentSecret(server.requests[0]!)).toBe(secret);
    });

    test.for<readonly [string, StubReply, Partial<ProviderError>]>([
      ['401', { status: 401, body: 'Unauthorized' }, { kind: 'unauthorized', retryable: false }],
      ['402', { status: 402, body: {} }, { kind: 'unauthorized', retryable: false }],
      ['403', { status: 403, body: {} }, { kind: 'unauthorized', retryable: false }],
      ['429', { status: 429, headers: { 'retry-after': '7' } }, { kind: 'rate_limited', retryAfterMs: 7_000, retryable: true }],
      [
        '503 with Retry-After',
        { status: 503, headers: { 'retry-after': '7' } },
        { kind: 'unavailable', retryAfterMs: 7_000, retryable: true },
      ],
      ['500', { status: 500, body: 'oops' }, { kind: 'unavailable', retryable: true }],
      ['502', { status: 502, body: '<html>' }, { kind: 'unavailable', retryable: true }],
      ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, { kind: 'bad_response', retryable: false }],
      ['404', { status: 404, body: '<html>not here</html>' }, { kind: 'bad_response', retryable: false }],
      ['a connection that is cut', 'drop', { kind: 'unavailable', retryable: true }],
      ['a refused query', harness.badQuery('I cannot read that'), { kind: 'bad_query', retryable: false }],
    ])('%s is the right kind of error', async ([, reply, error]) => {
      server.reply(reply);
      expect(await errorOf(ask())).toMatchObject(error);
    });

    test('the error of a refused query has the message of the server', async () => {
      server.reply(harness.badQuery('I cannot read that'));
      expect((await errorOf(ask())).message).toContain('I cannot read that');
    });

    test.for(harness.garbage)('%j is a bad response', async (body) => {
      server.reply({ body });
      expect((await errorOf(ask())).kind).toBe('bad_response');
    });

    test('a server that is gone is unavailable', async () => {
      await server.close();
      expect((await errorOf(ask())).kind).toBe('unavailable');
      expect((await errorOf(provider.ping(never))).kind).toBe('unavailable');
    });

    test('an abort is a timeout within 100 ms', async () => {
      server.reply('hang');
      const controller = new AbortController();
      const asked = errorOf(ask(controller.signal));
      await expect.poll(() => server.requests.length).toBeGreaterThan(0);
      const abortedAt = performance.now();
      controller.abort();
      expect((await asked).kind).toBe('timeout');
      expect(performance.now() - abortedAt).toBeLessThan(100);
    });

    test('nothing is sent if the signal has already aborted', async () => {
      expect((await errorOf(ask(AbortSignal.abort()))).kind).toBe('timeout');
      expect(server.requests).toHaveLength(0);
    });

    test('no error holds the secret, even where the server echoes it', async () => {
      const echo = `token ${secret}, ${encodeURIComponent(secret)}, ${Buffer.from(secret).toString('base64')}`;
      const replies = [harness.badQuery(echo), ...[200, 400, 401, 403, 404, 422, 429, 500, 503].map((status) => ({ status, body: echo }))];
      for (const reply of replies) {
        server.reply(reply);
        const error = await errorOf(ask());
        const shown = `${inspect(error, { depth: 10 })} ${error.stack} ${JSON.stringify(error)} ${inspect(provider, { depth: 10 })}`;
        for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')]) {
          expect(shown).not.toContain(form);
        }
      }
    });

    test('concurrent instances do not mix their secrets', async () => {
      server.reply(harness.series([]));
      const secrets = Array.from({ length: 10 }, (_, i) => `secret-number-${i}`);
      await Promise.all(secrets.map((text) => harness.create(server.url, text).fetchSeries(gauge, never)));
      expect(server.requests.map(harness.sentSecret).sort()).toEqual(secrets);
    });

    test('a ping proves that the credentials work', async () => {
      server.reply((request) => (harness.sentSecret(request) === secret ? harness.series([]) : { status: 401 }));
      await provider.ping(never);
      expect((await errorOf(harness.create(server.url, 'another one').ping(never))).kind).toBe('unauthorized');
    });
  });
}
