import type { RollbackOrder } from '../../src/ports/hook.ts';

/** An order to go back from v2 to v1. */
export function anOrder(rest: Partial<RollbackOrder> = {}): RollbackOrder {
  return {
    id: 'bake-1:7:0',
    place: { service: 'shop', environment: 'production' },
    from: { version: 'v2' },
    target: { deployId: 'deploy-1', version: 'v1' },
    reasons: ['errors 4.2 %'],
    ...rest,
  };
}
