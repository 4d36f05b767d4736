import { decide } from '../../src/core/bake/decide.ts';
import type { Store } from '../../src/ports/store.ts';
import { release, ruleSetOf } from '../world.ts';

/** A bake has moved: its version, and the instant after the commit. */
export type Move = { readonly id: string; readonly version: number; readonly at: number };

/** Registers bakes that go on for an hour, each of a service of its own. Returns their ids. */
export async function startLiveBakes(store: Store, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await release(store, ruleSetOf(`service-${i}`), { registeredAt: Date.now() - 60_000 }));
  return ids;
}

/** Creates what moves a bake: somebody extends it by a second. */
export function createMover(store: Store): (id: string) => Promise<Move> {
  return async (id) => {
    const moved = await store.update(id, null, (record) => decide(record, { type: 'extended', at: Date.now(), byMs: 1_000 }, 'ana'));
    if (moved.kind !== 'committed') throw new Error(JSON.stringify(moved));
    return { id, version: moved.record.version, at: performance.timeOrigin + performance.now() };
  };
}
