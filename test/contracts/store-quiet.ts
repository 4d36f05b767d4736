import { expect, test } from 'vitest';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import { aMeasurement, bakeIn, commitOf, register, ruleSet, start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `BakeStore.updateQuietly` must do. */
export function updatingQuietly(both: Both): void {
  const baking = async (count: number) =>
    await Promise.all(Array.from({ length: count }, () => register(both().store, { service: fresh() }, 'baking')));
  const quiet = ({ bake, version }: DeployRecord, at = 1, check = 'errors') => ({
    version,
    ruleSet,
    next: { ...bake, state: 'baking', nextAt: start + at } as DeployRecord['bake'],
    timeline: [],
    measurements: [aMeasurement({ check }), aMeasurement({ check: 'other', ticks: null })],
  });
  const ids = (records: readonly DeployRecord[]) => records.map(({ deploy }) => deploy.id).sort();

  test('writes each bake with its measurements and ends its lease, as alone', async () => {
    const records = await baking(20);
    const single = await register(both().store, { service: fresh() }, 'baking');
    await both().store.claimDue({ now: start + 1e6, leaseMs: 1e9, limit: 1_000, worker: 'me' });
    const written = await both().store.updateQuietly(records.map((record, i) => quiet(record, i)));
    expect([...written].sort()).toEqual(ids(records));
    for (const [i, record] of records.entries()) {
      const { next, measurements } = quiet(record, i);
      expect(await both().rival.find(record.deploy.id)).toEqual({ ...record, bake: next, version: 2 });
      expect(await both().rival.measurements(record.deploy.id)).toEqual(measurements);
    }
    await both().store.update(single.deploy.id, 1, () => ({ ok: true, ...quiet(single), effects: [] }));
    const [first] = records;
    expect(await both().rival.measurements(first?.deploy.id ?? '')).toEqual(await both().rival.measurements(single.deploy.id));
    const free = await both().rival.claimDue({ now: start + 1e6, leaseMs: 0, limit: 1_000, worker: 'you' });
    expect(ids(free)).toEqual(expect.arrayContaining(ids([...records, single])));
  });

  test('writes the entries of the timeline in their order, and of a bake that moved meanwhile none', async () => {
    const [first, second, moved] = await baking(3);
    if (first === undefined || second === undefined || moved === undefined) throw new Error('no bakes');
    await both().rival.update(moved.deploy.id, null, ({ bake }) => ({ ok: true, ...commitOf(bake) }));
    const entry = (kind: string) => ({ at: start + 1, kind, by: 'bakewatch', text: `'${kind}' \\ "said"`, detail: `more\nof ${kind}` });
    const [before, ...told] = [entry('extended'), entry('clear'), { at: start, kind: 'blind', by: 'bakewatch', text: 'no answer' }];
    const commits = [
      { ...quiet(first), timeline: [before, ...told] },
      { ...quiet(second), timeline: told.toReversed() },
      { ...quiet(moved), timeline: told },
    ];
    await both().store.updateQuietly(commits);
    const newOf = async ({ deploy }: DeployRecord, known: number) => (await both().rival.timeline(deploy.id)).slice(known);
    const known = (await both().rival.timeline(moved.deploy.id)).length;
    expect(await newOf(first, known)).toEqual([before, ...told]);
    expect(await newOf(second, known)).toEqual(told.toReversed());
    expect(await newOf(moved, known)).toEqual([]);
  });

  test('leaves out the bakes that moved meanwhile, and writes the others', async () => {
    const [moved, ended, ...others] = await baking(6);
    if (moved === undefined || ended === undefined) throw new Error('no bakes');
    await both().rival.update(moved.deploy.id, null, ({ bake }) => ({ ok: true, ...commitOf(bake) }));
    await both().rival.update(ended.deploy.id, null, () => ({ ok: true, ...commitOf(bakeIn(ended.deploy, 'canceled')) }));
    const stale = [moved, { ...ended, version: 2 }, ...others].map((record) => quiet(record));
    expect([...(await both().store.updateQuietly(stale))].sort()).toEqual(ids(others));
    expect((await both().store.find(ended.deploy.id))?.bake.state).toBe('canceled');
    for (const { deploy } of [moved, ended]) expect(await both().store.measurements(deploy.id)).toEqual([]);
  });

  test('waits for nobody: a bake that another transaction holds is left out', async () => {
    const [held, free] = await baking(2);
    if (held === undefined || free === undefined) throw new Error('no bakes');
    const gate = Promise.withResolvers<void>();
    const holding = Promise.withResolvers<void>();
    const other = both().rival.update(held.deploy.id, 1, async ({ bake }) => {
      holding.resolve();
      await gate.promise;
      return { ok: true, ...commitOf(bake) };
    });
    await holding.promise;
    expect(await both().store.updateQuietly([quiet(held), quiet(free)])).toEqual(new Set([free.deploy.id]));
    gate.resolve();
    expect(await other).toMatchObject({ kind: 'committed' });
  });

  test('of two replicas with the same versions, each bake is written by one', async () => {
    const records = await baking(30);
    const [mine, theirs] = await Promise.all([
      both().store.updateQuietly(records.map((record) => quiet(record))),
      both().rival.updateQuietly(records.toReversed().map((record) => quiet(record))),
    ]);
    expect([...mine, ...theirs].length).toBe(new Set([...mine, ...theirs]).size);
    for (const id of [...mine, ...theirs]) expect((await both().store.find(id))?.version).toBe(2);
    expect(await both().store.updateQuietly([])).toEqual(new Set());
  });
}
