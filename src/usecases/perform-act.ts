import { assertNever } from '../core/base/assert-never.ts';
import type { BakeStore } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import { approve, cancel, extend, type InterventionRequest, pass, rollBack } from './intervene.ts';
import { markVerdict } from './mark-verdict.ts';
import { rollForward } from './roll-forward.ts';

/** What a person can do with a deploy from a page. */
export const actVerbs = ['approve', 'roll_back', 'roll_forward', 'pass', 'extend', 'cancel', 'false_alarm'] as const;
export type ActVerb = (typeof actVerbs)[number];

/** One act with what the person wrote. Only some verbs use `why`, `byMs` and `confirm`. `expectedVersion` is that of the page on which the person decided. */
export type ActRequest = InterventionRequest & {
  readonly verb: ActVerb;
  readonly why: string;
  readonly byMs: number;
  readonly confirm: boolean;
  readonly expectedVersion: string;
};

/** Does what a person decided on a page. Throws what the interventions throw: `changed`, where somebody else was first. */
export async function performAct(store: BakeStore & DeployCatalog, { verb, why, byMs, confirm, ...request }: ActRequest): Promise<void> {
  switch (verb) {
    case 'approve':
      await approve(store, request);
      return;
    case 'roll_back':
      await rollBack(store, { ...request, why });
      return;
    case 'roll_forward':
      await rollForward(store, { ...request, why, confirm });
      return;
    case 'pass':
      await pass(store, { ...request, why });
      return;
    case 'extend':
      await extend(store, { ...request, byMs });
      return;
    case 'cancel':
      await cancel(store, request);
      return;
    case 'false_alarm':
      await markVerdict(store, { ...request, why, kind: 'false_alarm', undo: false });
      return;
    default:
      return assertNever(verb);
  }
}
