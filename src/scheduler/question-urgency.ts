import type { Bake } from '../core/bake/bake.ts';
import { isUrgent } from '../core/bake/urgency.ts';
import type { BoundCheck } from '../core/judge/check.ts';
import type { Urgency } from '../ports/provider.ts';
import type { PassExcuses } from './pass-excuses.ts';

type QuestionContext = { readonly bake: Bake; readonly hasBadSign: boolean; readonly excuses: PassExcuses };

/**
 * How soon the question of a check must be answered. A check that excuses others decides with them: where it were not asked, a failure would count that is
 * not the deploy's.
 */
export function urgencyOf({ bake, hasBadSign, excuses }: QuestionContext, check: BoundCheck): Urgency {
  if (!check.rule.critical && !excuses.isExcusing(check)) return 'advisory';
  return isUrgent(bake, hasBadSign) ? 'urgent' : 'normal';
}
