import { type NonEmpty, nonEmpty } from '../base/non-empty.ts';
import type { Bake, Order, ReplacedRelease } from './bake.ts';
import type { BakeEvent } from './event.ts';
import { hasNoHook, isReplaced, isRollbackDeploy } from './guards.ts';
import type { Plan } from './plan.ts';
import { type AcceptedTransition, accept, addReasons, commonFields, notify, refuse, type Transition } from './transition-result.ts';

type ForwardRequestedEvent = Extract<BakeEvent, { type: 'forward_requested' }>;
type RollingBake = Extract<Bake, { state: 'rolling_back' }>;

/** Handles `forward_requested`: a person puts the release back that was rolled back. There is no such automatic order. */
export function onForwardRequested(bake: Bake, event: ForwardRequestedEvent, plan: Plan): Transition {
  const { at, by, why, own, facts } = event;
  const replaces = replacedRelease(bake, event);
  if (typeof replaces === 'string') return refuse(replaces);
  for (const guard of [isRollbackDeploy, isReplaced, hasNoHook]) {
    const hold = guard({ bake, plan, facts, before: null, at });
    if (hold !== null)
      return refuse(hold.reason.replace(/^not rolled back/, 'not rolled forward').replace('roll back by hand', 'do it by hand'));
  }
  const holds = automaticHolds(bake, event, plan);
  if (holds.length > 0 && !event.isConfirmed)
    return refuse(`not rolled forward: ${holds.join('; ')}; to do it nevertheless, confirm it (--confirm, or "confirm": true)`);
  const forwards = (bake.forwards ?? 0) + 1;
  const reasons = addReasons([`roll forward requested by ${by}: ${why}`], ...holds.map((hold) => `confirmed by ${by}: ${hold}`));
  const order: Order = { id: `${bake.id}:${own.deployId}:${forwards}`, target: own, reasons, replaces };
  const next: Bake = { ...commonFields(bake), forwards, state: 'rolling_back', since: at, order, nextAt: at + plan.rollbackMs };
  return accept(next, { kind: 'roll_back', order });
}

/** The release that runs instead of this one, or why there is nothing to roll forward. */
function replacedRelease(bake: Bake, { facts }: ForwardRequestedEvent): ReplacedRelease | string {
  switch (bake.state) {
    case 'rolling_back':
    case 'verifying':
      return `a ${bake.order.replaces === undefined ? 'rollback' : 'roll forward'} is in progress`;
    case 'rolled_back':
      return { target: bake.order.target, rolledBack: 'yes' };
    case 'failed': {
      if (bake.rolledBack === 'no') return 'this deploy was not rolled back, so its release still runs';
      const target = bake.rolledBackTo ?? facts.knownGood;
      return target === null ? 'it is not known which release runs now; deploy this one again' : { target, rolledBack: bake.rolledBack };
    }
    default:
      return `only a deploy that was rolled back can be rolled forward; the bake is ${bake.state}`;
  }
}

/** What holds automatic orders. A person overrides it, knowingly. */
function automaticHolds(bake: Bake, { facts: { freeze }, isExonerated }: ForwardRequestedEvent, { observeOnly }: Plan): readonly string[] {
  const frozen = freeze && `${freeze.service ?? 'everything'} is frozen by ${freeze.by} (${freeze.why})`;
  const isBad = !bake.didNotHelp && !isExonerated;
  return [
    ...(isBad ? [`this release was rolled back (${badReason(bake)}), and nothing shows that the rollback did not help`] : []),
    ...(observeOnly ? ['the server runs with observe_only'] : []),
    ...(frozen === null ? [] : [frozen]),
  ];
}

function badReason(bake: Bake): string {
  if (bake.state === 'rolled_back') return bake.order.reasons[0];
  return bake.state === 'failed' ? bake.reasons[0] : bake.state;
}

type ForwardFailure = { readonly at: number; readonly reasons: NonEmpty<string>; readonly outcome: 'no' | 'unknown' };

/** The hook gave up, or its result is unknown: the other release may still run. A person can request it again. */
export function onForwardFailed(bake: RollingBake, { at, reasons, outcome }: ForwardFailure): AcceptedTransition {
  const { replaces } = bake.order;
  const rolledBack = outcome === 'no' ? (replaces?.rolledBack ?? 'unknown') : 'unknown';
  return accept(
    { ...commonFields(bake), state: 'failed', at, rolledBack, reasons, ...(replaces && { rolledBackTo: replaces.target }) },
    notify('failed', at, reasons),
  );
}

type ForwardResult = {
  readonly at: number;
  readonly topic: 'recovered' | 'inconclusive';
  readonly what: string;
  readonly open: readonly string[];
};

/** The release runs again, and nothing is seen against it. It is not known-good: no bake passed, and no person vouched for it. */
export function onForwardRuns(bake: Extract<Bake, { state: 'verifying' }>, { at, topic, what, open }: ForwardResult): AcceptedTransition {
  const reasons = nonEmpty([what, ...open, ...bake.order.reasons, 'it is not known-good: adopt it if it is'], what);
  return accept({ ...commonFields(bake), state: 'inconclusive', at, reasons }, notify(topic, at, reasons));
}
