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
    expect(await both().store.freezes()).toEqual([all, own]);
    expect(await both().store.liftFreeze(null)).toBe(true);
    expect(await both().store.liftFreeze(null)).toBe(false);
    expect(await freezeSeen(service)).toEqual(own);
    expect(await both().store.liftFreeze(service)).toBe(true);
    expect(await freezeSeen(service)).toBeNull();
  });
}
