import { expect, test } from 'vitest';
import { type BookContent, type BookOffer, seenForMs } from '../../src/ports/rule-book-store.ts';
import { ruleSet } from '../store/fixtures.ts';
import type { Both } from './store-replicas.ts';

export const bookPolicy = {
  observeOnly: false,
  approvalMs: 3_600_000,
  finishMs: 3_600_000,
  rollbackMs: 900_000,
  blindAfterMs: 60_000,
  drill: { everyMs: null, forRealIn: [] },
  budget: { rollbacks: 3, withinMs: 3_600_000, cooldownMs: 0 },
  sharedCause: null,
  nextKnownGood: false,
};

/** Rules that differ by the length of the bake. */
function rulesOf(forMs: number): BookContent {
  return { entries: [{ file: 'shop.yaml', ruleSet: { ...ruleSet, bake: { ...ruleSet.bake, forMs } } }], policy: bookPolicy };
}

/** What `RuleBookStore` must do. */
export function ruleBooks(both: Both): void {
  const offer = (replica: string, content: BookContent, rest: Partial<BookOffer> = {}) =>
    both().store.offerRuleBook({ replica, content, instances: 'i', isExplicit: false, at: 5, by: `start of ${replica}`, ...rest });
  const [first, second, third] = [rulesOf(60_000), rulesOf(120_000), rulesOf(180_000)];

  test('the last load of changed files wins, and a replica that still has older ones gets the newer book', async () => {
    expect([await both().store.ruleBookVersion(), await both().store.ruleBook()]).toEqual([0, null]);
    expect(await offer('a', first)).toEqual({
      outcome: 'loaded',
      book: { ...first, instances: 'i', version: 1, loadedAt: 5, loadedBy: 'start of a' },
    });
    expect((await offer('b', first)).outcome).toBe('current');
    expect(await offer('a', second)).toMatchObject({ outcome: 'loaded', book: { version: 2 } });
    expect(await both().rival.ruleBook()).toEqual({ ...second, instances: 'i', version: 2, loadedAt: 5, loadedBy: 'start of a' });
    // It starts again with the files that it had.
    expect(await offer('b', first)).toMatchObject({ outcome: 'older', book: { version: 2, ...second } });
    expect(await both().rival.ruleBookVersion()).toBe(2);
    // A replica that is new, with files that the fleet had before.
    expect((await offer('c', first)).outcome).toBe('older');
  });

  test('files that are put back win where the replica had the book of the fleet, and where a person asks for it', async () => {
    expect(await offer('a', first)).toMatchObject({ outcome: 'loaded', book: { version: 3 } });
    expect((await offer('b', first)).outcome).toBe('current');
    expect((await offer('d', second)).outcome).toBe('older');
    expect(await offer('d', second, { isExplicit: true })).toMatchObject({ outcome: 'loaded', book: { version: 4 } });
    expect((await offer('d', second, { isExplicit: true })).outcome).toBe('current');
  });

  test('earlier files win where no replica that runs has the book of the fleet', async () => {
    const at = 5 + seenForMs;
    // The replicas were not seen lately, except for one.
    await both().store.sawReplica('d', 6);
    expect((await offer('e', first, { at })).outcome).toBe('older');
    await both().store.sawReplica('d', 5);
    expect(await offer('f', first, { at })).toMatchObject({ outcome: 'loaded', book: { version: 5 } });
    expect(await offer('d', second, { isExplicit: true })).toMatchObject({ outcome: 'loaded', book: { version: 6 } });
  });

  test('other instances are other files', async () => {
    expect(await offer('d', second, { instances: 'j' })).toMatchObject({ outcome: 'loaded', book: { version: 7, instances: 'j' } });
    expect((await offer('b', second)).outcome).toBe('older');
  });

  test('of two replicas that load at once, one comes after the other', async () => {
    const fourth = rulesOf(240_000);
    const answers = await Promise.all([offer('a', third), offer('b', fourth), offer('c', third)]);
    const versions = answers.filter(({ outcome }) => outcome === 'loaded').map(({ book }) => book.version);
    expect(versions.toSorted()).toEqual([8, 9]);
  });

  test('the order of files and keys does not matter', async () => {
    const other = { ...ruleSet, service: 'cart' };
    const [a, b] = [
      { file: 'a.yaml', ruleSet },
      { file: 'b.yaml', ruleSet: other },
    ];
    await offer('a', { entries: [a, b], policy: bookPolicy }, { isExplicit: true });
    const turned = Object.fromEntries(Object.entries(other).toReversed()) as typeof other;
    expect((await offer('a', { policy: bookPolicy, entries: [{ ...b, ruleSet: turned }, a] })).outcome).toBe('current');
  });
}
