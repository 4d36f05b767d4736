import { EffectError } from '../core/base/errors.ts';
import { nonEmpty } from '../core/base/non-empty.ts';
import type { Fingerprint, RollbackOrder } from '../ports/hook.ts';

/** What a rehearsal has found: the running release, what else is proven, and what it could not check. */
export type Rehearsal = { readonly running: Fingerprint; readonly proven?: readonly string[]; readonly notChecked?: readonly string[] };

/** How the refusal of every rehearsal begins that can prove nothing. */
export const nothingToProve = 'nothing can be checked without';

/** The findings of a rehearsal. If nothing is proven, throws `EffectError` `refused` with `advice` on what the operator can add to the hook. */
export function rehearsalFindings({ running, proven = [], notChecked = [] }: Rehearsal, advice: string): readonly string[] {
  const all = [...(running === null ? [] : [`${running} is running`]), ...proven];
  if (all.length === 0) throw new EffectError('refused', `${nothingToProve} a rollback: ${advice}`);
  return [...nonEmpty(all, advice), ...notChecked.map((each) => `not checked: ${each}`)];
}

/** What a hook without a `rehearse` command leaves open. */
export function notRehearsed({ target }: RollbackOrder): string {
  return `whether \`rollback\` works and ${target.version} is still there; a \`rehearse\` command would say`;
}
