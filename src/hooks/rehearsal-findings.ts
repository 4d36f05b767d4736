import { EffectError } from '../core/base/errors.ts';
import { nonEmpty } from '../core/base/non-empty.ts';
import type { Fingerprint } from '../ports/hook.ts';

/** The findings of a rehearsal. If there are none, throws `EffectError` `refused` with `advice` on what the operator can add to the hook. */
export function rehearsalFindings(running: Fingerprint, others: readonly string[], advice: string): readonly string[] {
  const all = [...(running === null ? [] : [`${running} is running`]), ...others];
  if (all.length === 0) throw new EffectError('refused', `nothing can be checked without a rollback: ${advice}`);
  return nonEmpty(all, advice);
}
