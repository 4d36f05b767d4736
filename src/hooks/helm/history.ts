import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';
import { nameProblem } from '../../core/base/name-pattern.ts';
import type { RollbackOrder } from '../../ports/hook.ts';

/** A revision of a Helm release. */
export type HelmRevision = {
  readonly number: number;
  /** The revision with the same content: a rollback to 2 makes a new revision with the content of 2. */
  readonly origin: number;
  /** Shown to people and compared: `revision 2 (shop-1.4.0, v1)`, with the number of its origin, and with its status if that is not a good one. */
  readonly fingerprint: string;
  readonly status: string;
  readonly chart: string;
  readonly appVersion: string;
};

const Answer = z
  .array(
    z.object({
      revision: z.int().positive(),
      status: z.string(),
      chart: z.string().nullish(),
      app_version: z.string().nullish(),
      description: z.string().nullish(),
      rollback_revision: z.int().nullish(),
    }),
  )
  .min(1);
type Entry = z.output<typeof Answer>[number];

/** Parses the answer of `helm history`, newest revision first. Throws `EffectError` `unreachable` if it has an unknown form. */
export function parseHistory(answer: unknown, what: string): readonly [HelmRevision, ...HelmRevision[]] {
  const result = Answer.safeParse(answer);
  const entries = result.success ? result.data.toSorted((a, b) => a.revision - b.revision) : [];
  const origins = new Map<number, number>();
  for (const entry of entries) origins.set(entry.revision, originOf(entry, origins));
  const [newest, ...older] = entries.map((entry) => revisionOf(entry, origins.get(entry.revision) ?? entry.revision)).reverse();
  if (newest) return [newest, ...older];
  throw new EffectError('unreachable', `${what}: the answer of Helm has an unknown form`);
}

/** Helm 3 names the target of a rollback only in the description. */
function originOf({ revision, description, rollback_revision }: Entry, origins: ReadonlyMap<number, number>): number {
  const target = rollback_revision ?? Number(/^Rollback to (\d+)$/.exec(description ?? '')?.[1] ?? revision);
  return origins.get(target) ?? target;
}

function revisionOf({ revision, status, chart, app_version }: Entry, origin: number): HelmRevision {
  const labels = [chart, app_version].filter((label) => label !== null && label !== undefined && label !== '');
  const trouble = isGood(status) ? '' : `, ${status}`;
  const fingerprint = `revision ${origin}${labels.length === 0 ? '' : ` (${labels.join(', ')})`}${trouble}`;
  return { number: revision, origin, fingerprint, status, chart: chart ?? '', appVersion: app_version ?? '' };
}

function isGood(status: string): boolean {
  return status === 'deployed' || status === 'superseded';
}

/** Finds the revision to go back to. Throws `EffectError` `refused` if it is gone (`targetGone`) or cannot be identified. */
export function findRevision(order: RollbackOrder, history: readonly HelmRevision[]): HelmRevision {
  const isTarget = createMatcher(order);
  const found = history.find((revision) => isGood(revision.status) && isTarget(revision));
  if (found) return found;
  const { target } = order;
  const listed = history.slice(0, 10).map(({ number, fingerprint }) => `${number}: ${fingerprint}`);
  const holds = `the history, which holds ${listed.join('; ')}`;
  // Where not even the version of the bad release is to be seen, the versions are not in the history.
  if (!target.fingerprint?.startsWith('revision ') && !history.some((revision) => hasVersion(revision, order.from.version))) {
    const doubt = 'no revision there shows the version of a deploy; set `appVersion` or the version of the chart in each deploy';
    throw new EffectError('refused', `${target.version} cannot be identified in ${holds}: ${doubt}`);
  }
  const why = `${target.fingerprint ?? target.version} is gone from ${holds}`;
  throw new EffectError('refused', `${why}; deploy ${target.version} again, and raise --history-max if it is low`, { targetGone: true });
}

function createMatcher({ from, target }: RollbackOrder): (revision: HelmRevision) => boolean {
  const { fingerprint, version } = target;
  if (fingerprint?.startsWith('revision ')) return (revision) => revision.fingerprint === fingerprint;
  const problem = nameProblem(version);
  if (problem) throw new EffectError('refused', `the version of the known-good deploy ${problem}; no revision was searched for`);
  if (from.version === version) {
    const why = `the bad release and the known-good one have the same version ${version}, and no fingerprint of the known-good one was recorded`;
    throw new EffectError('refused', `${why}; they cannot be distinguished, so roll back by hand`);
  }
  return (revision) => hasVersion(revision, version) && !hasVersion(revision, from.version);
}

function hasVersion({ appVersion, chart }: HelmRevision, version: string): boolean {
  return appVersion === version || chart === version || chart.endsWith(`-${version}`);
}
