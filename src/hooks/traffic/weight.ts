import { EffectError } from '../../core/base/errors.ts';
import { formatWeight } from '../../core/rules/stage.ts';
import type { ShiftOrder, ShiftReceipt } from '../../ports/shift-hook.ts';
import type { ActResult } from '../look-act-look.ts';

/** A share in percent as people and programs write it: `25`, `25%` or `0.5 %`. Throws `EffectError` `failed` for anything else. */
export function readWeight(text: string, from: string): number {
  const line = text.trim().split('\n', 1)[0]?.trim() ?? '';
  const weight = /^\d{1,3}(\.\d+)?\s*%?$/.test(line) ? Number.parseFloat(line) : Number.NaN;
  if (weight >= 0 && weight <= 100) return weight;
  throw new EffectError('failed', `${from} gave ${line === '' ? 'nothing' : `"${line.slice(0, 60)}"`}, not a share in percent such as 25`);
}

type WeightSteps = { readonly look: () => Promise<number | null>; readonly act: () => Promise<Omit<ActResult, 'alreadyThere'>> };

/**
 * Shifts traffic and proves it as far as it can be proved: looks, acts unless the share is right, and looks again. A look that fails beforehand holds
 * nothing up: the share that is wanted does not depend on the one that is there. Throws `EffectError`: `timeout` where it acted and the share is not
 * known or not there yet, `failed` where the action claims success and the share is another.
 */
export async function shiftAndLook({ weight }: Pick<ShiftOrder, 'weight'>, { look, act }: WeightSteps): Promise<ShiftReceipt> {
  const before = await look().catch(unknownBefore);
  if (before === weight)
    return { summary: `the release gets ${formatWeight(weight)} already: nothing was done`, alreadyThere: true, output: '' };
  const { what, output, isPending = false } = await act();
  const after = await look().catch((error: unknown) => {
    if (!(error instanceof EffectError)) throw error;
    throw new EffectError('timeout', `${what}, but the share could not be asked: ${error.message}`, { cause: error, output });
  });
  if (after === null)
    return {
      summary: `${what}; that the release gets ${formatWeight(weight)} is unproven: there is no way to ask`,
      alreadyThere: false,
      output,
    };
  if (after === weight) return { summary: `${what}, and the release gets ${formatWeight(weight)}`, alreadyThere: false, output };
  const kind = isPending ? 'timeout' : 'failed';
  throw new EffectError(kind, `${what}, but the release gets ${formatWeight(after)}, not ${formatWeight(weight)}`, { output });
}

/** What is refused cannot work, however often it is tried. */
function unknownBefore(error: unknown): null {
  if (error instanceof EffectError && error.kind !== 'refused') return null;
  throw error;
}

/** What a rehearsal found without acting. `nothing` says what the operator can add where nothing could be proved. */
export function foundOut(weight: number | null, more: readonly string[], nothing: string): readonly string[] {
  const all = [...(weight === null ? [] : [`the release gets ${formatWeight(weight)}`]), ...more];
  if (all.length === 0) throw new EffectError('refused', `nothing can be proved without shifting traffic: ${nothing}`);
  return all;
}
