import type { Bake } from '../core/bake/bake.ts';
import { isExtended } from '../core/bake/time-left.ts';
import { lookOf, type StateLook } from './badge.ts';
import { type AnsweredCheck, isSuspicious } from './lead-check.ts';

/** The badge of a deploy on its own page, which knows more than a list: what the checks say, and whether a rollback helped. */
export function deployLook(bake: Bake, checks: readonly AnsweredCheck[], now: number): StateLook {
  const unproven = checks.filter(({ answer }) => answer.unproven !== null).length;
  if (bake.state === 'baking') {
    if (checks.some(isSuspicious)) return { tone: 'warn', shape: 'triangle', word: 'Baking, suspicious' };
    if (bake.blind !== null) return { tone: 'warn', shape: 'triangle', word: 'Baking, without metrics' };
    if (bake.extendedSince !== undefined || isExtended(bake, now)) return { ...lookOf(bake), word: 'Baking, extended' };
  }
  if (bake.state === 'passed' && unproven > 0)
    return { tone: 'warn', shape: 'triangle', word: `Passed, ${unproven} ${unproven === 1 ? 'check' : 'checks'} unproven` };
  if (bake.state === 'failed' && bake.rolledBack === 'yes') return { ...lookOf(bake), word: 'Rolled back, not recovered' };
  return lookOf(bake);
}

/** The shape in front of the headline. It shows what was found; the badge shows what was done. */
export function headlineLook(bake: Bake, checks: readonly AnsweredCheck[], now: number): Pick<StateLook, 'tone' | 'shape'> {
  const { state } = bake;
  if (state === 'failed' && bake.didNotHelp) return { tone: 'warn', shape: 'triangle' };
  const isBad = state === 'awaiting_approval' || state === 'rolling_back' || state === 'verifying' || state === 'rolled_back';
  if (isBad && checks.some(({ answer }) => answer.outcome === 'fail')) return { tone: 'bad', shape: 'cross' };
  return deployLook(bake, checks, now);
}
