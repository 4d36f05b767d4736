import { expect, test } from 'vitest';
import type { Bake } from '../../src/core/bake/bake.ts';
import type { Deploy } from '../../src/core/bake/deploy.ts';
import type { Store } from '../../src/ports/store.ts';
import { bakeIn, register, start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `DeployCatalog` must do. */
export function catalog(both: Both): void {
  test('lists newest first, page by page, by service, environment and state', async () => {
    const service = fresh();
    const records = [];
    for (let i = 0; i < 5; i += 1) {
      const registeredAt = start + Math.floor(i / 2);
      records.push(await register(both().store, { service, registeredAt, id: `${service}-${i}` }, i % 2 === 0 ? 'passed' : 'baking'));
    }
    const ids = (list: readonly { readonly deploy: { readonly id: string } }[]) => list.map(({ deploy }) => Number(deploy.id.at(-1)));
    const page = await both().store.list({ service, limit: 2 });
    expect(ids(page)).toEqual([4, 3]);
    const { registeredAt, id } = page[1]!.deploy;
    expect(ids(await both().store.list({ service, limit: 9, before: { registeredAt, id } }))).toEqual([2, 1, 0]);
    expect(ids(await both().store.list({ service, state: 'passed', limit: 9 }))).toEqual([4, 2, 0]);
    // Of two deploys of the same instant, the id decides, by the deploy and by the bake.
    expect(ids(await both().store.list({ service, state: 'passed', limit: 1, before: { registeredAt, id } }))).toEqual([2]);
    expect(ids(await both().store.list({ service, state: 'baking', limit: 9, before: { registeredAt, id } }))).toEqual([1]);
    expect(await both().store.list({ service, environment: 'staging', limit: 9 })).toEqual([]);
    expect(await both().store.list({ service, environment: 'staging', state: 'passed', limit: 9 })).toEqual([]);
    expect((await both().store.list({ limit: 1_000 })).length).toBeGreaterThan(5);
  });

  test('reads how the deploys of a place since an instant ended, oldest first', async () => {
    const { store } = both();
    const service = fresh();
    const metadata = { committed_at: '2026-09-20T10:00:00Z' };
    await register(store, { service, registeredAt: start - 1 }, 'passed');
    await register(store, { service, metadata, registeredAt: start, adopted: true }, 'passed');
    await register(store, { service, registeredAt: start + 1, cause: { kind: 'rollback' } }, 'baking');
    const late = await register(store, { service, registeredAt: start + 2 }, 'verifying');
    const soon = await register(store, { service, registeredAt: start + 3 }, 'verifying');
    await register(store, { service, environment: 'staging' }, 'passed');
    for (const [kind, id, at] of [
      ['passed', late, 1],
      ['rolling_back', late, 2],
      ['rolling_back', late, 3],
      ['rolling_back', soon, 4],
    ] as const)
      await store.appendTimeline(id.deploy.id, { kind, at: start + at, by: 'ana', text: '' });
    for (const { deploy } of [late, soon]) await moveTo(store, deploy, 'rolled_back');
    const expected = (after: number, rest: object) => ({
      registeredAt: start + after,
      deployedAt: start + after,
      endedAt: start + after + 60_000,
      cause: 'release',
      adopted: false,
      orderedAt: null,
      hadEnded: false,
      committedAt: null,
      mark: null,
      ...rest,
    });
    expect(await both().rival.outcomes({ service, environment: 'production' }, start)).toEqual([
      expected(0, { state: 'passed', adopted: true, committedAt: metadata.committed_at }),
      expected(1, { state: 'baking', cause: 'rollback', endedAt: null }),
      expected(2, { state: 'rolled_back', orderedAt: start + 3, hadEnded: true }),
      expected(3, { state: 'rolled_back', orderedAt: start + 4 }),
    ]);
    expect(await store.outcomes({ service, environment: 'nowhere' }, 0)).toEqual([]);
    expect(await both().rival.environments(service)).toEqual(['production', 'staging']);
    expect(await store.environments('nothing')).toEqual([]);
  });

  test('reads the outcome of a bake that went on after its end, and ended again', async () => {
    const { store, rival } = both();
    const service = fresh();
    const states = async () => (await rival.outcomes({ service, environment: 'production' }, start)).map(({ state }) => state);
    const { deploy } = await register(store, { service, registeredAt: start }, 'passed');
    await register(store, { service, registeredAt: start + 1 }, 'superseded');
    expect(await states()).toEqual(['passed', 'superseded']);
    for (const state of ['verifying', 'failed', 'baking', 'passed'] as const) {
      await moveTo(store, deploy, state);
      expect(await states()).toEqual([state, 'superseded']);
    }
  });

  test('counts live bakes by state', async () => {
    const before = (await both().store.countByState()).get('verifying') ?? 0;
    await register(both().store, { service: fresh() }, 'verifying');
    await register(both().store, { service: fresh() }, 'failed');
    const counts = await both().store.countByState();
    expect(counts.get('verifying')).toBe(before + 1);
    expect(counts.has('failed')).toBe(false);
  });
}

async function moveTo(store: Store, deploy: Deploy, state: Bake['state']): Promise<void> {
  const moved = await store.update(deploy.id, null, () => ({ ok: true, next: bakeIn(deploy, state), effects: [], timeline: [] }));
  expect(moved.kind).toBe('committed');
}
