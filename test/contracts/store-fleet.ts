import { expect, test } from 'vitest';
import type { Both } from './store-replicas.ts';

/** What `Fleet` must do. */
export function fleet(both: Both): void {
  const at = (id: string, now: number) => ({ id, now, aliveSince: now - 15_000 });

  test('counts the servers that are alive', async () => {
    const { store, rival } = both();
    expect(await store.beat(at('a', 100_000))).toBe(1);
    expect(await rival.beat(at('b', 101_000))).toBe(2);
    expect(await store.beat(at('a', 105_000))).toBe(2);
    // b was killed.
    expect(await store.beat(at('a', 116_001))).toBe(1);
    // It only hung.
    expect(await rival.beat(at('b', 117_000))).toBe(2);
    await rival.leave('b');
    expect(await store.beat(at('a', 118_000))).toBe(1);
    await store.leave('a');
  });

  test('counts servers that begin at the same time', async () => {
    const { store, rival } = both();
    await Promise.all(['a', 'b', 'c', 'd'].map((id, i) => (i % 2 === 0 ? store : rival).beat(at(id, 200_000))));
    expect(await store.beat(at('a', 200_001))).toBe(4);
    for (const id of ['a', 'b', 'c', 'd']) await store.leave(id);
  });
}
