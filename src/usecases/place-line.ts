import type { Bake } from '../core/bake/bake.ts';
import { targetName } from '../core/bake/deploy.ts';
import type { CheckResult } from '../core/judge/judge.ts';
import { type NearestCheck, nearestCheck } from '../core/judge/nearest-check.ts';
import type { DeploySummary } from '../ports/bake-store.ts';
import type { ServiceSummary } from '../ports/deploy-catalog.ts';
import type { Place } from '../ports/hook.ts';
import { reasonsOf } from './view-deploy.ts';

/** How a place stands by its newest deploy, the worst first. */
export const standings = ['needs_person', 'suspicious', 'went_wrong', 'undecided', 'baking', 'unproven', 'well'] as const;

/** How a place stands. `suspicious`: its bake is under way, and a check leans against the release or could not be asked. */
export type Standing = (typeof standings)[number];

/** A place in one line: what runs, and how its newest deploy ended or stands. */
export type PlaceLine = Place & {
  readonly latest: DeploySummary;
  readonly standing: Standing;
  /** The version that runs, as far as Bakewatch moved it; `null`: not known. */
  readonly runs: string | null;
  readonly knownGood: string | null;
  /** What decided, or the check nearest to failing. */
  readonly because: string;
  readonly nearest: NearestCheck;
  /** When the newest release was deployed, or registered where its deploy has not finished. */
  readonly deployedAt: number;
};

/** Whether the release is still being judged, and has not been found bad. */
export function isBaking({ state }: Bake): boolean {
  return state === 'warming' || state === 'shifting' || state === 'baking';
}

/** Whether a person has to decide now. A mark says that somebody has looked. */
export function needsPerson({ bake, marks = [] }: DeploySummary): boolean {
  return bake.state === 'awaiting_approval' || (bake.state === 'failed' && marks.length === 0);
}

/** Describes a place by its newest deploy and the newest answers of its checks. */
export function placeLine(
  { service, environment, latest, knownGood, isUnverified }: ServiceSummary,
  answers: readonly CheckResult[],
): PlaceLine {
  const { bake, deploy } = latest;
  const nearest = nearestCheck(answers);
  return {
    service,
    environment,
    latest,
    standing: standingOf(latest, nearest),
    runs: runningVersion(latest),
    knownGood: knownGood && targetName({ version: knownGood.deploy.release.version, isUnverified }),
    because: becauseOf(latest, nearest),
    nearest,
    deployedAt: bake.deployedAt ?? deploy.registeredAt,
  };
}

function standingOf(record: DeploySummary, { level }: NearestCheck): Standing {
  const { state } = record.bake;
  if (needsPerson(record)) return 'needs_person';
  if (isBaking(record.bake)) return level === 'failing' || level === 'suspicious' || level === 'unasked' ? 'suspicious' : 'baking';
  if (state === 'failed' || state === 'rolling_back' || state === 'verifying' || state === 'rolled_back') return 'went_wrong';
  if (state === 'inconclusive') return 'undecided';
  return state === 'passed' && level === 'unproven' ? 'unproven' : 'well';
}

/** The version that runs after what Bakewatch did; `null` where the result of a rollback is not known. */
export function runningVersion({ bake, deploy }: DeploySummary): string | null {
  if (bake.state === 'verifying' || bake.state === 'rolled_back') return bake.order.target.version;
  if (bake.state !== 'failed' || bake.rolledBack === 'no') return deploy.release.version;
  return bake.rolledBack === 'yes' ? (bake.rolledBackTo?.version ?? null) : null;
}

function becauseOf(record: DeploySummary, { level, headline }: NearestCheck): string {
  const { bake } = record;
  const [reason = ''] = reasonsOf(record);
  if (isBaking(bake)) {
    if (bake.state !== 'baking' || level === 'waiting') return reason || 'Watching the checks';
    return level === 'healthy' ? `${headline} so far` : headline;
  }
  // A person's word stands above what was measured.
  if (bake.state !== 'passed' || bake.by !== null) return reason;
  return level === 'healthy' || level === 'unproven' ? headline : reason;
}
