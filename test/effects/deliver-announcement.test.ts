import { expect, test } from 'vitest';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import { type DeliveryRules, sendEverything } from '../../src/core/notify/route.ts';
import { deliverAnnouncement } from '../../src/effects/deliver-announcement.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { createFakeLog, silentMeter } from '../support/fake-meter.ts';
import { createFakeNotifier } from '../support/fake-notifier.ts';
import { createManualClock } from '../support/manual-clock.ts';

type AnnounceEffect = Extract<QueuedEffect, { kind: 'announce' }>;

/** Night in Istanbul. */
const now = Date.parse('2026-06-04T01:00:00Z');
const everyDay = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const night = { fromMs: 79_200_000, toMs: 25_200_000, timezone: 'Europe/Istanbul', days: everyDay, except: 'bad' } as const;
const effect: AnnounceEffect = {
  id: 'freeze:1:team',
  kind: 'announce',
  notifier: 'team',
  topic: 'frozen',
  service: 'shop',
  at: now,
  title: 'Automatic rollbacks are frozen for shop',
  reasons: ['a sale', 'frozen by ana'],
};

async function deliver(
  {
    rules = {},
    announces = true,
    fails = [],
  }: {
    readonly rules?: Partial<DeliveryRules>;
    readonly announces?: boolean;
    readonly fails?: Parameters<typeof createFakeNotifier>[0];
  },
  sent: AnnounceEffect = effect,
) {
  const { notifier, heard } = createFakeNotifier(fails);
  const { log, lines } = createFakeLog();
  const postponed: AnnounceEffect[] = [];
  const instance = {
    notifier: { ...notifier, ...(announces && { announces: true as const }) },
    type: 'fake',
    rules: { ...sendEverything, ...rules },
  };
  // A cast: an announcement asks nothing else of the store.
  const store = { postpone: async (one: AnnounceEffect) => void postponed.push(one) } as unknown as DispatchDeps['store'];
  const deps: DispatchDeps = {
    store,
    hooks: new Map(),
    shiftHooks: new Map(),
    notifiers: new Map([['team', instance]]),
    clock: createManualClock(now),
    log,
    meter: silentMeter,
    publicUrl: 'https://bake.example.com/',
  };
  await deliverAnnouncement(deps, sent, new AbortController().signal);
  return { heard, postponed, errors: lines.filter(({ level }) => level === 'error') };
}

test('it arrives as a message about no single deploy, with the page of the freezes', async () => {
  const { heard } = await deliver({});
  expect(heard).toMatchObject([
    {
      id: 'freeze:1:team',
      topic: 'frozen',
      isDigest: true,
      service: 'shop',
      environment: 'all environments',
      title: 'Automatic rollbacks are frozen for shop',
      reasons: ['a sale', 'frozen by ana'],
      url: 'https://bake.example.com/freeze',
    },
  ]);
});

test('a notifier of a system that knows only deploys gets none', async () => {
  expect((await deliver({ announces: false })).heard).toEqual([]);
});

const { when } = sendEverything;
test.for<{ name: string; rules: Partial<DeliveryRules>; service: string | null; arrives: boolean }>([
  { name: 'of another service', rules: { when: { ...when, services: ['cart'] } }, service: 'shop', arrives: false },
  { name: 'of all services', rules: { when: { ...when, services: ['cart'] } }, service: null, arrives: true },
  { name: 'whatever its environments', rules: { when: { ...when, environments: ['staging'] } }, service: 'shop', arrives: true },
  { name: 'of other topics', rules: { when: { ...when, topics: ['failed'] } }, service: 'shop', arrives: false },
  { name: 'of bad news only', rules: { when: { ...when, severity: 'bad' } }, service: 'shop', arrives: false },
])('a notifier $name: arrives $arrives', async ({ rules, service, arrives }) => {
  expect((await deliver({ rules }, { ...effect, service })).heard).toHaveLength(arrives ? 1 : 0);
});

test('in a quiet time it waits for its end', async () => {
  const { heard, postponed } = await deliver({ rules: { quiet: [night] } });
  expect(heard).toEqual([]);
  expect(postponed).toEqual([{ ...effect, notBefore: Date.parse('2026-06-04T04:00:00Z') }]);
});

test('one that the receiver refuses is given up with an error in the log; another failure is tried again', async () => {
  const { errors } = await deliver({ fails: ['refused'] });
  expect(errors).toMatchObject([{ message: 'notice given up', fields: { notifier: 'team', topic: 'frozen' } }]);
  await expect(deliver({ fails: ['failed'] })).rejects.toMatchObject({ kind: 'failed' });
  expect((await deliver({}, { ...effect, notifier: 'gone' })).errors).toHaveLength(1);
});
