import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { MetricsProvider, SeriesQuery, Urgency } from '../../src/ports/provider.ts';
import { aCheck, aCondition, step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createFakeProvider } from '../support/fake-provider.ts';
import { createWorld } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const failWhen = [aCondition('threshold', { above: 0.1 })];
const questionOf = (name: string) => ({ kind: 'ratio', bad: { query: `${name}_bad` }, total: { query: 'total' } }) as const;
const own = aCheck({ name: 'own', provider: 'watched', failWhen, question: questionOf('own'), unless: ['postal'] });
const postal = aCheck({ name: 'postal', provider: 'watched', critical: false, failWhen, question: questionOf('postal') });
const hint = aCheck({ name: 'hint', provider: 'watched', critical: false, failWhen, question: questionOf('hint') });

/** A provider that notes how urgent each question is, and has too much to ask for advisory ones where `isBusy`. */
function aWatchedProvider(badOf: (query: string, at: number) => number) {
  const fake = createFakeProvider((query, at) => (query === 'total' ? 100 : badOf(query, at)));
  const seen: { readonly query: string; readonly from: number; readonly urgency: Urgency | undefined }[] = [];
  const world = { isBusy: () => false };
  const provider: MetricsProvider = {
    ...fake.provider,
    fetchSeries: async (query: SeriesQuery, signal, urgency) => {
      if (query.form === 'events') seen.push({ query: query.query, from: query.window.from, urgency });
      if (urgency === 'advisory' && world.isBusy()) throw new ProviderError('rate_limited', 'not asked: too much to ask');
      return await fake.provider.fetchSeries(query, signal);
    },
  };
  return { provider, seen, world };
}

test('a critical check becomes urgent with a bad sign and near the end; one that excuses it counts like it', async () => {
  const badFrom = 4 * step;
  let deployedAt = Number.POSITIVE_INFINITY;
  const { provider, seen } = aWatchedProvider((query, at) => (query === 'hint_bad' && at > deployedAt + badFrom ? 40 : 1));
  const world = createWorld(database.store, {
    ruleSet: { checks: [own, postal, hint] },
    plan: { forMs: 12 * step },
    more: { watched: provider },
  });
  deployedAt = world.clock.now();
  const { record } = await world.release('v2');
  await world.run(record.deploy.id);
  const urgenciesOf = (name: string) => seen.filter(({ query }) => query === `${name}_bad`).map(({ urgency }) => urgency);
  expect(new Set(urgenciesOf('hint'))).toEqual(new Set(['advisory']));
  expect(urgenciesOf('postal')).toEqual(urgenciesOf('own'));
  const own1 = urgenciesOf('own');
  expect(own1[0]).toBe('normal');
  expect(own1.at(-1)).toBe('urgent');
  const firstUrgent = own1.indexOf('urgent');
  expect(firstUrgent).toBeGreaterThan(1);
  expect(firstUrgent).toBeLessThan(own1.length - 3);
  expect(own1.slice(firstUrgent).every((urgency) => urgency === 'urgent')).toBe(true);
});

test('what was not asked for lack of room is asked later, and the verdict is the same', async () => {
  const { provider, seen, world: load } = aWatchedProvider(() => 1);
  const world = createWorld(database.store, {
    ruleSet: { checks: [own, postal, hint] },
    plan: { forMs: 8 * step },
    more: { watched: provider },
  });
  const startedAt = world.clock.now();
  load.isBusy = () => world.clock.now() < startedAt + 6 * step;
  const { record } = await world.release('v2');
  const bake = await world.run(record.deploy.id);
  expect(bake.state).toBe('passed');
  const measurements = await world.store.measurements(record.deploy.id);
  const ofHint = measurements.filter(({ check }) => check === 'hint');
  expect(ofHint.some(({ result }) => result.outcome === 'error' && result.reason === 'not asked: too much to ask')).toBe(true);
  expect(ofHint.at(-1)?.result.outcome).toBe('pass');
  const answered = ofHint.filter(({ ticks }) => ticks !== null);
  const first = measurements.find(({ check, ticks }) => check === 'own' && ticks !== null);
  expect(answered[0]?.window.from).toBe(first?.window.from);
  expect(seen.length).toBeGreaterThan(0);
});
