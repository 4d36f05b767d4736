import { assertNever } from '../base/assert-never.ts';
import type { Bake } from './bake.ts';

/**
 * Names the position of a bake, as a person saw it: it changes with each move and each decision of a person, and stays while passes only measure. A decision
 * that carries the stamp is refused where somebody else has decided meanwhile. Part of addresses and headers: letters, digits, `_` and `.`.
 */
export function stampOf(bake: Bake): string {
  return [bake.state, ...placeOf(bake)].join('.');
}

function placeOf(bake: Bake): readonly (string | number)[] {
  switch (bake.state) {
    case 'warming':
      return [bake.deployedAt ?? 'deploying'];
    case 'shifting':
      return [bake.since, bake.shift.weight];
    case 'baking':
      return [bake.from, bake.endsAt];
    case 'awaiting_approval':
    case 'rolling_back':
    case 'verifying':
      return [bake.since];
    case 'passed':
    case 'rolled_back':
    case 'inconclusive':
    case 'failed':
    case 'canceled':
    case 'superseded':
      return [bake.at];
    default:
      return assertNever(bake);
  }
}
