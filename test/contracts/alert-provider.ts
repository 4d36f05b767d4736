import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { AlertAnswer } from '../../src/core/series/alerts.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import { type SeenRequest, type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

/** An alert that fires at the end of the window: its labels, its summary, and since when. */
export type FiringAlert = { readonly labels: Readonly<Record<string, string>>; readonly summary: string; readonly since: number };

/** How one vendor puts its alerts on the wire. A rule for `alertname="HighErrorRate"` exists. */
export type AlertHarness = {
  /** Creates a provider for the stub, with this credential and a timeout of ten seconds. */
  readonly create: (url: string, secret: string) => MetricsProvider;
  /** Answers each request of a question where these alerts fire. */
  readonly firing: (alerts: readonly FiringAlert[]) => (request: SeenRequest) => StubReply;
  /** Answers each request where no rule makes such alerts. Leave it out if the vendor cannot know. */
  readonly noRule?: (request: SeenRequest) => StubReply;
  /** Bodies with status 200 that no healthy server sends. */
  readonly garbage: readonly (string | object)[];
  readonly sentSecret: (request: SeenRequest) => string | null;
};

const secret = 'a/very+secret=token 42';
/** A window that ends now: a vendor without a history knows no other. */
const to = 1_700_000_100_000;
const query: Extract<SeriesQuery, { form: 'alert' }> = {
  form: 'alert',
  query: 'alerts with alertname="HighErrorRate", service="shop"',
  match: { alertname: 'HighErrorRate', service: 'shop' },
  lookbackMs: 600_000,
  window: { from: to - 60_000, to, stepMs: 15_000 },
};
const labels = { alertname: 'HighErrorRate', service: 'shop' };
const never = new AbortController().signal;

/** Runs the tests that every provider with alerts must pass. */
export function describeAlertContract(name: string, harness: AlertHarness): void {
  describe(`the alerts of ${name}`, () => {
    let server: StubServer;
    let provider: MetricsProvider;
    beforeEach(async () => {
      server = await startStubServer();
      provider = harness.create(server.url, secret);
    });
    afterEach(() => server.close());
    const ask = async (signal = never): Promise<AlertAnswer> => {
      const answer = await provider.fetchSeries(query, signal);
      if (answer.shape !== 'alerts') throw new Error(`the answer has the shape ${answer.shape}`);
      return answer;
    };
    const errorOf = async (asked: Promise<unknown>): Promise<ProviderError> => {
      const error = await asked.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(ProviderError);
      return error as ProviderError; // Just asserted.
    };

    test('no alert that fires is an empty list, and known', async () => {
      server.reply(harness.firing([]));
      expect(await ask()).toMatchObject({ alerts: [], series: [], unknown: null });
    });

    test('a firing alert has its name, its labels, its summary, and since when', async () => {
      const since = to - 30_000;
      server.reply(harness.firing([{ labels, summary: 'more than 5 % fail', since }]));
      const [alert, ...others] = (await ask()).alerts;
      expect(others).toEqual([]);
      expect(alert).toMatchObject({ name: 'HighErrorRate', labels, summary: 'more than 5 % fail', endedAt: null, muted: null });
      expect(alert?.activeAt).toBeGreaterThan(since - 1_000);
      expect(alert?.activeAt).toBeLessThanOrEqual(since);
      expect(alert?.firingAt).toBeLessThanOrEqual(to);
    });

    test('keeps alerts of one rule apart', async () => {
      const pods = ['a', 'b'].map((pod, i) => ({ labels: { ...labels, pod }, summary: '', since: to - 15_000 * (i + 1) }));
      server.reply(harness.firing(pods));
      expect((await ask()).alerts.map((alert) => alert.labels.pod).toSorted()).toEqual(['a', 'b']);
    });

    const { noRule } = harness;
    if (noRule)
      test('no such rule is not the same as no alert', async () => {
        server.reply(noRule);
        expect((await ask()).unknown).toContain('HighErrorRate');
      });

    test.for<readonly [string, StubReply, Partial<ProviderError>]>([
      ['401', { status: 401, body: 'Unauthorized' }, { kind: 'unauthorized', retryable: false }],
      ['403', { status: 403, body: {} }, { kind: 'unauthorized', retryable: false }],
      ['429', { status: 429, headers: { 'retry-after': '7' } }, { kind: 'rate_limited', retryAfterMs: 7_000, retryable: true }],
      ['500', { status: 500, body: 'oops' }, { kind: 'unavailable', retryable: true }],
      ['502', { status: 502, body: '<html>' }, { kind: 'unavailable', retryable: true }],
      ['404', { status: 404, body: '<html>not here</html>' }, { kind: 'bad_response', retryable: false }],
      ['a connection that is cut', 'drop', { kind: 'unavailable', retryable: true }],
    ])('%s is the right kind of error, and never an inactive alert', async ([, reply, error]) => {
      server.reply(reply);
      expect(await errorOf(ask())).toMatchObject(error);
    });

    test.for(harness.garbage)('%j is a bad response', async (body) => {
      server.reply({ body });
      expect((await errorOf(ask())).kind).toBe('bad_response');
    });

    test('an abort is a timeout', async () => {
      server.reply('hang');
      const controller = new AbortController();
      const asked = errorOf(ask(controller.signal));
      await expect.poll(() => server.requests.length).toBeGreaterThan(0);
      controller.abort();
      expect((await asked).kind).toBe('timeout');
    });

    test('sends the credentials, and no error holds them', async () => {
      const echo = `token ${secret}, ${encodeURIComponent(secret)}, ${Buffer.from(secret).toString('base64')}`;
      for (const status of [200, 400, 401, 403, 404, 422, 429, 500, 503]) {
        server.reply({ status, body: JSON.stringify(echo) });
        const error = await errorOf(ask());
        const shown = `${inspect(error, { depth: 10 })} ${JSON.stringify(error)} ${inspect(provider, { depth: 10 })}`;
        for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')])
          expect(shown).not.toContain(form);
      }
      expect(server.requests.every((request) => harness.sentSecret(request) === secret)).toBe(true);
    });
  });
}
