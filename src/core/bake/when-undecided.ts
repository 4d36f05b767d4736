import { formatDuration } from '../base/duration.ts';
import type { Judgement } from '../judge/judgement.ts';
import type { UndecidedEnding } from '../rules/rule-set.ts';
import type { Bake, BakingBake } from './bake.ts';
import type { BakeEvent } from './event.ts';
import type { Plan } from './plan.ts';

/** How a bake ends that is undecided at its limit, and why in words. `reason` is `null` where the rules say nothing about it. */
export type UndecidedDecision = { readonly ending: UndecidedEnding; readonly reason: string | null };

/**
 * Applies `when_undecided` of the rules. It decides only where no critical check is in error, unproven or silent, and total failure is ruled out. Where
 * it may not decide, the bake is held.
 */
export function decideUndecided(
  bake: BakingBake,
  { judgement, until }: { judgement: Judgement; until: number },
  plan: Plan,
): UndecidedDecision {
  const { whenUndecided = 'hold' } = plan;
  if (judgement.kind !== 'undecided' || whenUndecided === 'hold') return { ending: 'hold', reason: null };
  const rule = `the rules say when_undecided: ${whenUndecided}`;
  if (judgement.endsByRule === true) {
    return { ending: whenUndecided, reason: `undecided after ${formatDuration(Math.max(plan.stepMs, until - bake.from))}; ${rule}` };
  }
  const why = judgement.heldBecause ?? 'it is not known whether that is safe';
  return { ending: 'hold', reason: `held, although ${rule}: ${why}` };
}

/** Whether the event may end the bake with a rollback by `when_undecided`. The decision then needs the facts for the guards. */
export function mayRollBackUndecided(bake: Bake, event: Pick<BakeEvent, 'type'>, plan: Plan): boolean {
  if (bake.state !== 'baking' || plan.whenUndecided !== 'roll_back' || !isJudged(event)) return false;
  return event.judgement.kind === 'undecided' && event.judgement.endsByRule === true && event.until >= bake.limitAt;
}

type JudgedFields = { readonly type: 'judged'; readonly judgement: Judgement; readonly until: number };

function isJudged(event: Pick<BakeEvent, 'type'>): event is JudgedFields {
  return event.type === 'judged';
}
