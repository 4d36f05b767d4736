import { isFinal } from '../core/bake/bake.ts';
import { describeBake, type TimelineEntry } from '../core/bake/narrate.ts';
import { AppError } from '../core/base/errors.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { Attempt, DeployRecord, FrozenHistory, Store } from '../ports/store.ts';

/** A check's newest answer, the newest of the bake itself and of the recovery after a rollback, and how many passes asked it. */
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

/** Everything that a person sees of a deploy. */
export type DeployView = {
  readonly record: DeployRecord;
  readonly checks: readonly CheckView[];
  readonly measurements: readonly Measurement[];
  readonly timeline: readonly TimelineEntry[];
  readonly attempts: readonly Attempt[];
  /** When its single measurements were deleted; the last one of each check stays. */
  readonly prunedAt: number | null;
};

/** Loads a deploy. Throws `AppError('not_found')`. */
export async function findDeploy(store: Store, id: string): Promise<DeployRecord> {
  const record = await store.find(id);
  if (record === null) throw new AppError('not_found', `there is no deploy ${id.slice(0, 100)}`);
  return record;
}

/** Loads a deploy with its checks, its story and its hook attempts. Throws `AppError('not_found')`. */
export async function viewDeploy(store: Store, id: string): Promise<DeployView> {
  const record = await findDeploy(store, id);
  const [measurements, timeline, attempts, prunedAt] = await Promise.all([
    store.measurements(id),
    store.timeline(id),
    store.attempts(id),
    store.prunedAt(id),
  ]);
  return { record, checks: checksOf(record, measurements), measurements, timeline, attempts, prunedAt };
}

/** All that there is to tell of a deploy: what is seen of it, and the past that it was compared with. */
export type DeployStory = DeployView & { readonly histories: readonly FrozenHistory[] };

/** Loads what the page and the report tell. Throws `AppError('not_found')`. */
export async function loadStory(store: Store, id: string): Promise<DeployStory> {
  const [view, histories] = await Promise.all([viewDeploy(store, id), store.histories(id)]);
  return { ...view, histories };
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

/** Why the bake is where it is. */
export function reasonsOf({ bake }: DeployRecord): readonly string[] {
  switch (bake.state) {
    case 'rolling_back':
    case 'verifying':
    case 'rolled_back':
      return bake.order.reasons;
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

/** Waits until the bake is final, its version has moved past `after`, or the signal aborts; returns what it is then. */
export async function waitForMove(
  store: Store,
  wanted: { readonly id: string; readonly after: number | null },
  pause: () => Promise<boolean>,
): Promise<DeployRecord> {
  for (;;) {
    const record = await findDeploy(store, wanted.id);
    if (isFinal(record.bake) || (wanted.after !== null && record.version > wanted.after)) return record;
    if (!(await pause())) return record;
  }
}
