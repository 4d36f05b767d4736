import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { start } from '../store/fixtures.ts';
import type { Both } from './store-replicas.ts';

/** What `ActLinkStore` must do. */
export function actLinks(both: Both): void {
  const aLink = (expiresAt = start + 1_000) => ({
    sha256: randomUUID(),
    deployId: randomUUID(),
    verb: 'approve',
    version: 'awaiting_approval.1',
    notifier: 'team',
    expiresAt,
  });

  test('a link is found by the hash of its secret, on every replica', async () => {
    const link = aLink();
    await both().store.addActLinks([link, aLink()], start);
    expect(await both().rival.findActLink(link.sha256)).toEqual({ ...link, usedAt: null });
    expect(await both().rival.findActLink(randomUUID())).toBeNull();
  });

  test('of two replicas that use a link at once, one gets it', async () => {
    const link = aLink();
    await both().store.addActLinks([link], start);
    const { store, rival } = both();
    const results = await Promise.all([store, rival, store].map((one) => one.useActLink(link.sha256, start + 1)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await rival.findActLink(link.sha256)).toMatchObject({ usedAt: start + 1 });
  });

  test('a link that has expired, or that does not exist, is not used', async () => {
    const link = aLink();
    await both().store.addActLinks([link], start);
    expect(await both().store.useActLink(link.sha256, start + 1_000)).toBe(false);
    expect(await both().store.useActLink(randomUUID(), start)).toBe(false);
    expect(await both().store.findActLink(link.sha256)).toMatchObject({ usedAt: null });
  });

  test('new links delete those that expired long ago', async () => {
    const [old, young] = [aLink(start), aLink(start + 10)];
    await both().store.addActLinks([old, young], start - 1);
    await both().store.addActLinks([], start + 5);
    expect(await both().store.findActLink(old.sha256)).toBeNull();
    expect(await both().store.findActLink(young.sha256)).not.toBeNull();
  });
}
