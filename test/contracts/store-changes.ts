import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { register, start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `ChangeJournal` must do. */
export function changes(both: Both): void {
  test('every entry of a timeline is a change, for all replicas; the newest one is the place to begin', async () => {
    const { store, rival } = both();
    const { deploy } = await register(store, { service: fresh() });
    const before = await store.newestChange();
    const entry = { at: start, kind: 'k', by: 'b', text: 't' };
    await store.appendTimeline(deploy.id, entry);
    await rival.appendTimeline(deploy.id, entry);
    const seen = (await rival.changesAfter(before, 10)).filter(({ deployId }) => deployId === deploy.id);
    expect(seen.length).toBe(2);
    expect(seen.map(({ place }) => place)).toEqual(seen.map(({ place }) => place).sort((a, b) => a - b));
    expect((await store.changesAfter(before, 1)).length).toBe(1);
    expect(await store.newestChange()).toBeGreaterThanOrEqual(seen.at(-1)?.place ?? Number.NaN);
  });

  test('versions and summaries are those of the deploys that there are', async () => {
    const { store } = both();
    const { deploy, version } = await register(store, { service: fresh() });
    const ids = [deploy.id, randomUUID()];
    expect(await store.versions(ids)).toEqual(new Map([[deploy.id, version]]));
    expect((await store.summaries(ids)).map((one) => [one.deploy.id, one.version])).toEqual([[deploy.id, version]]);
    expect([await store.versions([]), await store.summaries([])]).toEqual([new Map(), []]);
  });
}
