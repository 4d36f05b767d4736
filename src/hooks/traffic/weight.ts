import { EffectError } from '../../core/base/errors.ts';
import { formatWeight } from '../../core/rules/stage.ts';
import { watchOnlyActs } from '../../net/program-watch.ts';
import type { ShiftOrder, ShiftReceipt } from '../../ports/shift-hook.ts';
import type { ActResult } from '../look-act-look.ts';
import { nothingToProve } from '../rehearsal-findings.ts';

/** Parses a share in percent: `25`, `25%` or `0.5 %`. Throws `EffectError` `failed` for any other text. */
export function parseWeight(text: string, source: string): number {
  const line = text.trim().split('\n', 1)[0]?.trim() ?? '';
  const weight = /^\d{1,3}(\.\d+)?\s*%?$/.test(line) ? Number.parseFloat(line) : Number.NaN;
  if (weight >= 0 && weight <= 100) return weight;
  throw new EffectError(
    'failed',
    `${source} returned ${line === '' ? 'nothing' : `"${line.slice(0, 60)}"`}, not a share in percent such as 25`,
  );
}

type WeightSteps = { readonly look: () => Promise<number | null>; readonly act: () => Promise<Omit<ActResult, 'alreadyThere'>> };

/**
 * Shifts traffic and verifies it: looks, acts unless the share is right, and looks again. It acts even if the look before failed, because the new share
 * does not depend on the present one. Throws `EffectError`: `timeout` if it acted and the share is unknown or not reached yet, `failed` if the action
 * reports success and the share is another one.
 */
export async function shiftAndLook({ weight }: Pick<ShiftOrder, 'weight'>, steps: WeightSteps): Promise<ShiftReceipt> {
  const { look, act } = watchOnlyActs(steps);
  const before = await look().catch(ignoreUnlessRefused);
  if (before === weight)
    return { summary: `the release already gets ${formatWeight(weight)}; nothing was done`, alreadyThere: true, output: '' };
  const { what, output, isPending = false } = await act();
  const after = await look().catch((error: unknown) => {
    if (!(error instanceof EffectError)) throw error;
    throw new EffectError('timeout', `${what}, but the share could not be read: ${error.message}`, { cause: error, output });
  });
  if (after === null)
    return {
      summary: `${what}; it is unproven that the release gets ${formatWeight(weight)}, because the hook cannot read it`,
      alreadyThere: false,
      output,
    };
  if (after === weight) return { summary: `${what}, and the release gets ${formatWeight(weight)}`, alreadyThere: false, output };
  const kind = isPending ? 'timeout' : 'failed';
  throw new EffectError(kind, `${what}, but the release gets ${formatWeight(after)}, not ${formatWeight(weight)}`, { output });
}

/** Ignores a failed look, except a refusal: a retry cannot help there. */
function ignoreUnlessRefused(error: unknown): null {
  if (error instanceof EffectError && error.kind !== 'refused') return null;
  throw error;
}

/** The findings of a rehearsal. If there are none, throws `EffectError` `refused` with `advice` on what the operator can add to the hook. */
export function shiftFindings(weight: number | null, others: readonly string[], advice: string): readonly string[] {
  const all = [...(weight === null ? [] : [`the release gets ${formatWeight(weight)}`]), ...others];
  if (all.length === 0) throw new EffectError('refused', `${nothingToProve} shifting traffic: ${advice}`);
  return all;
}
