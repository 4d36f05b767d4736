import { expect, test } from 'vitest';
import { systemClock } from '../../src/app/clock.ts';
import { readStoredGauges } from '../../src/app/stored-gauges.ts';
import { AppError } from '../../src/core/base/errors.ts';
import { createMetrics, type StoredGauges } from '../../src/telemetry/metrics.ts';

test('a provider is up or down according to the last request', async () => {
  const up = new Map([['prom', true]]);
  const { text } = createMetrics();
  const lines = async () =>
    (await text({ stored: null, schedulerIdleSeconds: 0, providersUp: up }))
      .split('\n')
      .filter((line) => line.startsWith('bakewatch_provider_up{'));
  expect(await lines()).toEqual(['bakewatch_provider_up{provider="prom"} 1']);
  up.set('prom', false).set('other', true);
  expect(await lines()).toEqual(['bakewatch_provider_up{provider="prom"} 0', 'bakewatch_provider_up{provider="other"} 1']);
});

test('the skew of each clock is in seconds', async () => {
  const { text } = createMetrics();
  const clockSkews = new Map([
    ['process', -3_600_500],
    ['provider:prom', 40_000],
  ]);
  const lines = (await text({ stored: null, schedulerIdleSeconds: 0, providersUp: new Map(), clockSkews })).split('\n');
  expect(lines.filter((line) => line.startsWith('bakewatch_clock_skew_seconds{'))).toEqual([
    'bakewatch_clock_skew_seconds{of="process"} -3600.5',
    'bakewatch_clock_skew_seconds{of="provider:prom"} 40',
  ]);
});

test('which providers get no questions, how many servers there are and how long a bake waits are shown', async () => {
  const { text, meter } = createMetrics();
  meter.questionSkipped({ provider: 'prom', reason: 'shed' });
  meter.questionSkipped({ provider: 'prom', reason: 'open' });
  meter.questionSkipped({ provider: 'prom', reason: 'open' });
  const stored = { bakes: new Map(), outboxOldestSeconds: 0, overdueSeconds: 2.5 };
  const providersOpen = new Map([
    ['prom', true],
    ['other', false],
  ]);
  const names = /^bakewatch_(provider_open|provider_questions_skipped_total|servers|overdue_seconds)\b/;
  const lines = (await text({ stored, schedulerIdleSeconds: 0, providersUp: new Map(), providersOpen, servers: 3 })).split('\n');
  expect(lines.filter((line) => names.test(line)).toSorted()).toEqual([
    'bakewatch_overdue_seconds 2.5',
    'bakewatch_provider_open{provider="other"} 0',
    'bakewatch_provider_open{provider="prom"} 1',
    'bakewatch_provider_questions_skipped_total{provider="prom",reason="open"} 2',
    'bakewatch_provider_questions_skipped_total{provider="prom",reason="shed"} 1',
    'bakewatch_servers 3',
  ]);
});

test('while the database is away, values in memory are shown, and stored values are missing', async () => {
  let stored: StoredGauges | null = { bakes: new Map([['baking', 2]]), outboxOldestSeconds: 7 };
  const { text } = createMetrics();
  const names = /^bakewatch_(database_up|bakes|outbox_oldest_seconds|scheduler_idle_seconds)\b/;
  const lines = async () =>
    (await text({ stored, schedulerIdleSeconds: 90, providersUp: new Map() })).split('\n').filter((line) => names.test(line));
  const there = [
    'bakewatch_bakes{state="baking"} 2',
    'bakewatch_outbox_oldest_seconds 7',
    'bakewatch_scheduler_idle_seconds 90',
    'bakewatch_database_up 1',
  ];
  expect(await lines()).toEqual(there);
  const before = stored;
  stored = null;
  expect(await lines()).toEqual(['bakewatch_scheduler_idle_seconds 90', 'bakewatch_database_up 0']);
  stored = before;
  expect(await lines()).toEqual(there);
});

test('reading the metrics does not fail while the database is away; any other error is thrown', async () => {
  const queue = { oldestAgeMs: async () => 7_000 };
  const clock = { ...systemClock, now: () => 10_000 };
  const nextDueAt = async () => 7_500;
  const failing = (error: Error) => readStoredGauges({ queue, store: { nextDueAt, countByState: () => Promise.reject(error) } }, clock);
  expect(await failing(new AppError('unavailable', 'the database cannot be reached'))).toBeNull();
  await expect(failing(new Error('a bug'))).rejects.toThrow('a bug');
  expect(await readStoredGauges({ queue, store: { nextDueAt, countByState: async () => new Map() } }, clock)).toEqual({
    bakes: new Map(),
    outboxOldestSeconds: 7,
    overdueSeconds: 2.5,
  });
});
