import { expect, test } from 'vitest';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import type { Freeze } from '../../src/core/bake/facts.ts';
import type { FreezeStore } from '../../src/ports/freeze-store.ts';
import { freeze, liftFreeze } from '../../src/usecases/freeze.ts';
import { aRuleSet, t0 } from '../support/builders.ts';

const ruleSets = () => [
  aRuleSet({ service: 'shop', environment: 'production', notify: ['team', 'oncall'] }),
  aRuleSet({ service: 'shop', environment: 'staging', notify: ['team'] }),
  aRuleSet({ service: 'cart', environment: 'production', notify: ['cart-team'] }),
  aRuleSet({ service: 'api-*', pattern: 'api-.*', environment: 'production', notify: ['platform'] }),
];

/** A store that keeps what is queued. */
function aStore(freezes: readonly Freeze[] = []) {
  const queued: QueuedEffect[] = [];
  const store: FreezeStore = {
    freezes: async () => freezes,
    setFreeze: async (_, { effects = [] } = {}) => void queued.push(...effects),
    liftFreeze: async (_, __, { effects = [] } = {}) => queued.push(...effects) > 0,
  };
  return { store, queued };
}

test.for([
  { service: 'shop', notified: ['team', 'oncall'] },
  { service: 'api-users', notified: ['platform'] },
  { service: null, notified: ['team', 'oncall', 'cart-team', 'platform'] },
  { service: 'unknown', notified: [] },
])('a freeze of $service notifies each notifier of its places once', async ({ service, notified }) => {
  const { store, queued } = aStore();
  const until = t0 + 3_600_000;
  await freeze({ store, ruleSets }, { service, by: 'ana', at: t0, why: 'a sale', until });
  expect(queued.map((effect) => 'notifier' in effect && effect.notifier)).toEqual(notified);
  const end = `${new Date(until).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  for (const effect of queued)
    expect(effect).toMatchObject({
      kind: 'announce',
      topic: 'frozen',
      service,
      title: `Automatic rollbacks are frozen for ${service ?? 'all services'}`,
      reasons: ['a sale', `frozen by ana until ${end}`, expect.stringContaining('a bad release stays')],
    });
});

test('a lift notifies the same notifiers of who lifted which freeze; without a freeze nobody is notified', async () => {
  const own = { service: 'shop', by: 'ana', why: 'a sale', since: t0 };
  const { store, queued } = aStore([own]);
  expect(await liftFreeze({ store, ruleSets }, { service: null, by: 'ben', at: t0 })).toBe(false);
  expect(queued).toEqual([]);
  expect(await liftFreeze({ store, ruleSets }, { service: 'shop', by: 'ben', at: t0 })).toBe(true);
  expect(queued).toMatchObject([
    { notifier: 'team', topic: 'unfrozen', reasons: ['lifted by ben', expect.stringMatching(/^frozen by ana since .* UTC: a sale$/)] },
    { notifier: 'oncall' },
  ]);
});
