import type { Freeze } from '../core/bake/facts.ts';

/** Who stopped automatic rollbacks, and where. */
export interface FreezeStore {
  freezes(): Promise<readonly Freeze[]>;
  /** Sets or replaces a freeze. Every decision after this call sees it. */
  setFreeze(freeze: Freeze): Promise<void>;
  /** `null` is the freeze of all services. Returns `true` where there was one to lift. */
  liftFreeze(service: string | null): Promise<boolean>;
}
