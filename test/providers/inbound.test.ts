import { expect, test } from 'vitest';
import { inbound } from '../../providers/inbound.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { PushedAlertQuestion, PushedAlerts } from '../../src/ports/alert-store.ts';
import type { SeriesQuery } from '../../src/ports/provider.ts';

const to = 1_700_000_100_000;
const query: Extract<SeriesQuery, { form: 'alert' }> = {
  form: 'alert',
  query: 'alerts with service="shop"',
  match: { service: 'shop', severity: 'page' },
  lookbackMs: 600_000,
  window: { from: to - 60_000, to, stepMs: 15_000 },
};
const run = { name: 'Slow', summary: '', labels: { service: 'shop' }, activeAt: to - 1, firingAt: to - 1, endedAt: null, muted: null };
const http = { send: () => Promise.reject(new Error('nothing is sent')) } as never;

function make(stored: PushedAlerts | undefined, options: object = {}) {
  const asked: PushedAlertQuestion[] = [];
  const pushedAlerts = async (question: PushedAlertQuestion) => {
    asked.push(question);
    return stored ?? { runs: [], heardAt: null };
  };
  const deps = { http, run: createRunProcess({}), ...(stored && { alerts: { pushedAlerts } }) };
  return { provider: inbound.bind(options)(deps), asked };
}
const never = new AbortController().signal;

test('answers with the stored alerts of a sender that is alive, and knows the newest tick only', async () => {
  const later = { ...run, activeAt: to + 1, firingAt: to + 1 };
  const { provider, asked } = make({ runs: [run, later], heardAt: to - 900_000 });
  expect(await provider.fetchSeries(query, never)).toEqual({
    shape: 'alerts',
    series: [],
    alerts: [run],
    unknown: null,
    knownFrom: to - 15_000,
  });
  expect(asked).toEqual([{ match: query.match, since: to - 660_000 }]);
});

test.for([
  ['nothing was ever received', null, {}, 'no alert of shop has ever been received'],
  ['the sender is silent', to - 900_001, {}, 'in the last 15m'],
  ['the sender is silent for less, but the config wants more', to - 60_001, { alive: '1m' }, 'in the last 1m'],
] as const)('silence is unknown, never healthy, and nothing is held against a deploy: %s', async ([, heardAt, options, says]) => {
  const { provider } = make({ runs: [run], heardAt }, options);
  expect(await provider.fetchSeries(query, never)).toMatchObject({ alerts: [], unknown: expect.stringContaining(says) });
});

test('refuses what it cannot answer', async () => {
  const alive = make({ runs: [], heardAt: to }).provider;
  const { match, ...rest } = query;
  const refused = [
    alive.fetchSeries({ ...rest, match: { severity: match.severity ?? '' } }, never),
    alive.fetchSeries({ form: 'gauge', query: 'up', window: query.window }, never),
  ];
  for (const one of refused) await expect(one).rejects.toMatchObject({ kind: 'bad_query' });
  const error: unknown = await make(undefined)
    .provider.fetchSeries(query, never)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ProviderError);
  expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('only a running server') });
});
