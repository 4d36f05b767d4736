import { describe, expect, test } from 'vitest';
import { createSharedReads } from '../../src/usecases/shared-reads.ts';

/** Reads that end when the test says so. */
function gated() {
  const reads: PromiseWithResolvers<number>[] = [];
  const read = () => {
    const gate = Promise.withResolvers<number>();
    reads.push(gate);
    return gate.promise;
  };
  return { reads, read };
}

/** Lets everything that is ready go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('shared reads', () => {
  test('those who come while a read runs share the next one, which begins after it', async () => {
    const share = createSharedReads<number>();
    const { reads, read } = gated();
    const first = share('a', read);
    const later = [share('a', read), share('a', read), share('a', read)];
    await settle();
    expect(reads.length).toBe(1);
    reads[0]?.resolve(1);
    await settle();
    expect(reads.length).toBe(2);
    const last = share('a', read);
    reads[1]?.resolve(2);
    await settle();
    reads[2]?.resolve(3);
    expect([await first, ...(await Promise.all(later)), await last]).toEqual([1, 2, 2, 2, 3]);
    expect(reads.length).toBe(3);
  });

  test('other keys do not wait', async () => {
    const share = createSharedReads<number>();
    const { reads, read } = gated();
    void share('a', read);
    const other = share('b', read);
    reads[1]?.resolve(5);
    expect(await other).toBe(5);
  });

  test('a read that fails fails its own callers only', async () => {
    const share = createSharedReads<number>();
    const { reads, read } = gated();
    const [first, next] = [share('a', read), share('a', read)];
    reads[0]?.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await settle();
    reads[1]?.resolve(7);
    expect(await next).toBe(7);
    const again = share('a', read);
    reads[2]?.resolve(8);
    expect(await again).toBe(8);
  });
});
