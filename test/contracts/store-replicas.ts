import { randomUUID } from 'node:crypto';
import type { Store } from '../../src/ports/store.ts';

/** A store under test, and a second one on the same data, as another replica has it. */
export type StoreUnderTest = { readonly store: Store; readonly rival: Store; readonly close: () => Promise<void> };

/** Returns the stores once they are open. */
export type Both = () => Pick<StoreUnderTest, 'store' | 'rival'>;

/** The name of a service that no other test uses. */
export const fresh = () => `service-${randomUUID()}`;
