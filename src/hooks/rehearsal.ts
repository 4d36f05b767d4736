import { EffectError } from '../core/base/errors.ts';
import { nonEmpty } from '../core/base/non-empty.ts';
import type { Fingerprint } from '../ports/hook.ts';

/** What was found without acting; `nothing` says what the operator can add where nothing could be proved. */
export function found(running: Fingerprint, more: readonly string[], nothing: string): readonly string[] {
  const all = [...(running === null ? [] : [`${running} is running`]), ...more];
  if (all.length === 0) throw new EffectError('refused', `nothing can be proved without a rollback: ${nothing}`);
  return nonEmpty(all, nothing);
}
