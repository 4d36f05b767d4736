import { type Bake, isClear, isFinal } from '../core/bake/bake.ts';
import { describeBake, type TimelineEntry } from '../core/bake/narrate.ts';
import { describeMark } from '../core/bake/verdict-mark.ts';
import { AppError } from '../core/base/errors.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { Attempt, AuditLog } from '../ports/audit-log.ts';
import type { BakeStore, DeployRecord, DeploySummary } from '../ports/bake-store.ts';
import type { FrozenHistory, MeasurementStore } from '../ports/measurement-store.ts';

/** A check with its newest measurement: of all, of the bake, and of the recovery after a rollback. `asked` counts the passes that asked it. */
export type CheckView = {
  readonly name: string;
  readonly provider: string;
  readonly critical: boolean;
  readonly latest: Measurement | null;
  readonly baking: Measurement | null;
  readonly verifying: Measurement | null;
  readonly asked: number;
  readonly couldNotAsk: number;
};

/** Everything that the API shows of a deploy. */
export type DeployView = {
  readonly record: DeployRecord;
  readonly checks: readonly CheckView[];
  readonly measurements: readonly Measurement[];
  readonly timeline: readonly TimelineEntry[];
  readonly attempts: readonly Attempt[];
  /** When its measurements were deleted, except the last one of each check; `null`: not yet. */
  readonly prunedAt: number | null;
  /** When the past that its checks were compared with was deleted; `null`: not yet. */
  readonly pastPrunedAt: number | null;
};

/** The roles of the storage that hold the story of a deploy. */
export type DetailsStore = BakeStore & MeasurementStore & AuditLog;

/** Loads a deploy. Throws `AppError('not_found')`. */
export async function findDeploy(store: BakeStore, id: string): Promise<DeployRecord> {
  const record = await store.find(id);
  if (record === null) throw new AppError('not_found', `there is no deploy ${id.slice(0, 100)}`, { problem: 'no_deploy' });
  return record;
}

/** Loads a deploy with its checks, its timeline and its hook attempts. Throws `AppError('not_found')`. */
export async function viewDeploy(store: DetailsStore, id: string): Promise<DeployView> {
  const record = await findDeploy(store, id);
  const [measurements, timeline, attempts, deletions] = await Promise.all([
    store.measurements(id),
    store.timeline(id),
    store.attempts(id),
    store.deletions(id),
  ]);
  const { measurements: prunedAt, pasts: pastPrunedAt } = deletions;
  return { record, checks: checksOf(record, measurements), measurements, timeline, attempts, prunedAt, pastPrunedAt };
}

/** A deploy with the past that it was compared with. */
export type DeployDetails = DeployView & { readonly histories: readonly FrozenHistory[] };

/** Loads what the page and the report show. Throws `AppError('not_found')`. */
export async function loadDetails(store: DetailsStore, id: string): Promise<DeployDetails> {
  const [view, histories] = await Promise.all([viewDeploy(store, id), store.histories(id)]);
  return { ...hideOtherDeploys(view), histories };
}

const uuid = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

/**
 * Takes the ids of other deploys out of what is shown to everyone with the link of this one: an id opens the page of its deploy. They stand in timelines
 * of older versions, and in the output of hooks that print their environment.
 */
function hideOtherDeploys(view: DeployView): DeployView {
  const own = view.record.deploy.id;
  const hide = (text: string) => text.replace(uuid, (id) => (id.toLowerCase() === own.toLowerCase() ? id : 'a deploy'));
  return {
    ...view,
    timeline: view.timeline.map((entry) => ({ ...entry, text: hide(entry.text), ...(entry.detail && { detail: hide(entry.detail) }) })),
    attempts: view.attempts.map((attempt) => ({ ...attempt, output: hide(attempt.output) })),
  };
}

function checksOf({ ruleSet }: DeployRecord, measurements: readonly Measurement[]): readonly CheckView[] {
  return ruleSet.checks.map(({ name, provider, critical }) => {
    const own = measurements.filter((m) => m.check === name);
    return {
      name,
      provider,
      critical,
      latest: own.at(-1) ?? null,
      baking: own.findLast((m) => m.phase === 'baking') ?? null,
      verifying: own.findLast((m) => m.phase === 'verifying') ?? null,
      asked: own.length,
      couldNotAsk: own.filter((m) => m.result.outcome === 'error').length,
    };
  });
}

/** The reasons for the state of the bake, and what was found about its verdict afterwards. */
export function reasonsOf({ bake, marks = [] }: DeploySummary): readonly string[] {
  return [...marks.map(describeMark), ...reasonsOfState(bake)];
}

function reasonsOfState(bake: Bake): readonly string[] {
  switch (bake.state) {
    case 'rolling_back':
    case 'verifying':
      return bake.order.reasons;
    case 'rolled_back':
      return bake.unconfirmed === undefined
        ? bake.order.reasons
        : [...bake.order.reasons, `its recovery could not be measured: ${bake.unconfirmed.join('; ')}`];
    case 'warming':
    case 'shifting':
      return [describeBake(bake)];
    case 'canceled':
    case 'superseded':
      return [describeBake(bake)];
    default:
      return bake.reasons;
  }
}

/** Until what a caller waits: until the bake is final, or also until it is clear. */
export type WaitGoal = 'final' | 'clear';

type WaitRequest = { readonly id: string; readonly after: number | null; readonly until?: WaitGoal };

/** Waits until the bake is final or as far as `until` says, its version is greater than `after`, or `pause` returns false. Returns the deploy as it is then. */
export async function waitForMove(
  store: BakeStore,
  { id, after, until = 'final' }: WaitRequest,
  pause: (record: DeployRecord) => Promise<boolean>,
): Promise<DeployRecord> {
  for (;;) {
    const record = await findDeploy(store, id);
    const isReached = isFinal(record.bake) || (until === 'clear' && isClear(record.bake));
    if (isReached || (after !== null && record.version > after)) return record;
    if (!(await pause(record))) return record;
  }
}
