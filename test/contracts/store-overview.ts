import { expect, test } from 'vitest';
import type { StateName } from '../../src/core/bake/bake.ts';
import { aDeploy, aMeasurement, aRegistration, bakeIn, commitOf, register, ruleSet, start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `OverviewStore` must do. */
export function overview(both: Both): void {
  const everywhere = [{ services: [], environments: [] }];

  test('the places of a scope: the union of its parts, and nothing for no part', async () => {
    const { store } = both();
    const [a, b] = [fresh(), fresh()];
    for (const service of [a, b])
      for (const environment of ['production', 'staging']) await register(store, { service, environment }, 'passed');
    const places = async (scope: Parameters<typeof store.placesIn>[0]) =>
      (await store.placesIn(scope)).filter(({ service }) => service === a || service === b).map((one) => [one.service, one.environment]);
    expect(await places([])).toEqual([]);
    expect(await places([{ services: [b], environments: [] }])).toEqual([
      [b, 'production'],
      [b, 'staging'],
    ]);
    const union = [
      { services: [a], environments: ['staging'] },
      { services: [b], environments: ['production', 'canary'] },
    ];
    expect(new Set((await places(union)).map(String))).toEqual(new Set([`${a},staging`, `${b},production`]));
    expect(await places(everywhere)).toEqual(
      (await store.services()).flatMap(({ service: one, environment }) => (one === a || one === b ? [[one, environment]] : [])),
    );
  });

  test('the neighbors of a deploy: other places in a scope and a period, the newest first', async () => {
    const { store } = both();
    const [own, a, b] = [fresh(), fresh(), fresh()];
    const at = start + 7 * 86_400_000;
    for (const [service, registeredAt] of [
      [own, at],
      [a, at - 60_000],
      [b, at + 60_000],
      [b, at + 3_600_000],
    ] as const)
      await register(store, { service, registeredAt }, 'passed');
    const place = { service: own, environment: 'production' };
    const named = async (scope: Parameters<typeof store.neighbors>[0], limit = 10) =>
      (await store.neighbors(scope, { place, from: at - 600_000, until: at + 600_000, limit }))
        .map(({ deploy }) => deploy.service)
        .filter((service) => service === own || service === a || service === b);
    expect(await named(everywhere)).toEqual([b, a]);
    expect(await named([{ services: [a, own], environments: [] }])).toEqual([a]);
    expect(await named([{ services: [a, b], environments: ['staging'] }])).toEqual([]);
    expect(await named([])).toEqual([]);
    expect(await named([{ services: [a, b], environments: [] }], 1)).toEqual([b]);
  });

  test('the newest answer of each check during the bake, without those after a rollback', async () => {
    const { store } = both();
    const service = fresh();
    const checks = ['errors', 'latency', 'orders'].map((name, i) => ({ ...ruleSet.checks[0]!, name, critical: i < 2 }));
    const deploy = aDeploy({ service });
    const registration = { ...aRegistration(deploy), ruleSet: { ...ruleSet, checks } };
    await store.register(registration, () => ({ ok: true, first: commitOf(bakeIn(deploy, 'baking')), superseded: [] }));
    const silent = await register(store, { service: fresh() }, 'baking');
    const at = (minutes: number, rest: Parameters<typeof aMeasurement>[0]) =>
      aMeasurement({ at: start + minutes * 60_000, window: { from: start, to: start + minutes * 60_000, stepMs: 15_000 }, ...rest });
    const lean = { outcome: 'inconclusive', leans: true, reason: 'high', evidence: { strength: 0.5, measured: 0.2 } } as const;
    const measurements = [
      at(1, { check: 'errors', result: { outcome: 'pass', reason: 'old' } }),
      at(2, { check: 'errors', result: lean }),
      at(2, { check: 'orders', ticks: null, result: { outcome: 'error', kind: 'timeout', reason: 'slow' } }),
      at(9, { check: 'errors', phase: 'verifying', result: { outcome: 'pass', reason: 'after' } }),
    ];
    await store.update(deploy.id, null, ({ bake }) => ({ ok: true, ...commitOf(bake, { measurements }) }));
    const answers = await store.newestAnswers([deploy.id, silent.deploy.id, 'unknown']);
    expect([...answers.keys()]).toEqual([deploy.id]);
    expect(answers.get(deploy.id)).toEqual([
      { name: 'errors', critical: true, result: lean },
      { name: 'orders', critical: false, result: { outcome: 'error', kind: 'timeout', reason: 'slow' } },
    ]);
    expect((await store.newestAnswers([])).size).toBe(0);
  });

  test('the states of the last deploys, oldest first, with the live one', async () => {
    const { store } = both();
    const service = fresh();
    const states: readonly StateName[] = ['failed', 'passed', 'rolled_back', 'passed', 'baking'];
    for (const [i, state] of states.entries()) await register(store, { service, registeredAt: start + i }, state);
    await register(store, { service, environment: 'staging' }, 'inconclusive');
    const place = { service, environment: 'production' };
    const other = { service, environment: 'staging' };
    expect(await store.recentStates([place, other], 3)).toEqual([
      { ...place, states: ['rolled_back', 'passed', 'baking'] },
      { ...other, states: ['inconclusive'] },
    ]);
    expect(await store.recentStates([], 3)).toEqual([]);
  });

  test('deploys that went wrong: what still does, and what ended lately', async () => {
    const { store } = both();
    const service = fresh();
    const scope = [{ services: [service], environments: ['production'] }];
    const day = 86_400_000;
    const at = async (registeredAt: number, state: StateName, rest: { readonly environment?: string } = {}) =>
      (await register(store, { service, registeredAt, ...rest }, state)).deploy.id;
    const old = await at(start - 2 * day, 'failed');
    const open = await at(start - 2 * day + 1, 'awaiting_approval');
    await at(start + 1, 'passed');
    const undecided = await at(start + 2, 'inconclusive');
    const back = await at(start + 3, 'rolled_back');
    await at(start + 4, 'failed', { environment: 'staging' });
    const idsSince = async (since: number, limit = 9) => (await store.troubles(scope, { since, limit })).map(({ deploy }) => deploy.id);
    expect(await idsSince(start)).toEqual([back, undecided, open]);
    expect(await idsSince(start - 3 * day)).toEqual([back, undecided, open, old]);
    expect(await idsSince(start, 1)).toEqual([back]);
    expect(await store.troubles([], { since: 0, limit: 9 })).toEqual([]);
  });
}
