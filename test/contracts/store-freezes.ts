import { expect, test } from 'vitest';
import { register, start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `FreezeStore` must do. */
export function freezes(both: Both): void {
  const freezeSeen = async (service: string) => {
    const { deploy } = await register(both().store, { service });
    let seen: unknown;
    await both().store.update(deploy.id, null, async (_, facts) => {
      seen = (await facts()).freeze;
      return { ok: false, refusal: 'only looking' };
    });
    return seen;
  };

  test('a freeze of the service or of all services is a fact; one of another service is not', async () => {
    const service = fresh();
    expect(await freezeSeen(service)).toBeNull();
    const own = { service, by: 'ann', why: 'sale', since: start };
    await both().store.setFreeze(own);
    expect(await freezeSeen(service)).toEqual(own);
    expect(await freezeSeen(fresh())).toBeNull();
    const all = { service: null, by: 'bob', why: 'holiday', since: start + 1 };
    await both().store.setFreeze({ ...all, why: 'replaced' });
    await both().rival.setFreeze(all);
    expect(await freezeSeen(fresh())).toEqual(all);
    expect(await both().store.freezes(start)).toEqual([all, own]);
    expect(await both().store.liftFreeze(null, start)).toBe(true);
    expect(await both().store.liftFreeze(null, start)).toBe(false);
    expect(await freezeSeen(service)).toEqual(own);
    expect(await both().store.liftFreeze(service, start)).toBe(true);
    expect(await freezeSeen(service)).toBeNull();
  });

  test('of two freezes the one that ends last is the fact, and one that has ended is not in force', async () => {
    const service = fresh();
    const own = { service, by: 'ann', why: 'sale', since: start, until: start + 2_000 };
    const all = { service: null, by: 'bob', why: 'holiday', since: start, until: start + 1_000 };
    await both().store.setFreeze(own);
    await both().store.setFreeze(all);
    expect(await freezeSeen(service)).toEqual(own);
    expect(await both().store.freezes(start + 999)).toEqual([all, own]);
    expect(await both().store.freezes(start + 1_000)).toEqual([own]);
    expect(await both().store.liftFreeze(null, start + 1_000)).toBe(false);
    await both().store.setFreeze({ ...all, until: undefined });
    expect(await freezeSeen(service)).toEqual({ service: null, by: 'bob', why: 'holiday', since: start });
    expect(await both().store.liftFreeze(null, start)).toBe(true);
    expect(await both().store.liftFreeze(service, start + 1_999)).toBe(true);
  });
}
