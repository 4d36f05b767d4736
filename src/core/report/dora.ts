import { quantileSorted } from 'simple-statistics';
import type { StateName } from '../bake/bake.ts';
import type { VerdictMarkKind } from '../bake/verdict-mark.ts';
import { clopperPearson } from '../base/clopper-pearson.ts';

/** The outcome of one deploy, as far as the four keys need it. */
export type DeployOutcome = {
  readonly registeredAt: number;
  readonly deployedAt: number | null;
  readonly cause: 'release' | 'rollback';
  readonly adopted: boolean;
  readonly state: StateName;
  readonly endedAt: number | null;
  /** If it was rolled back: when the rollback was ordered, and whether the bake had already ended. */
  readonly orderedAt: number | null;
  readonly hadEnded: boolean;
  /** The time of its commit, if the pipeline sent it (`metadata.committed_at`). */
  readonly committedAt: string | null;
  /** A mark that takes the failure away from this deploy: a false alarm, or a cause elsewhere. */
  readonly mark?: VerdictMarkKind | null | undefined;
};

/** The median and the 90th percentile of `n` durations, in milliseconds. */
export type DurationStats = { readonly n: number; readonly medianMs: number; readonly p90Ms: number };

/** The four keys of DORA over a time range. Without data a key is `null`. */
export type Dora = {
  readonly from: number;
  readonly to: number;
  /** The number of deployed releases, good or bad. */
  readonly deploys: { readonly count: number; readonly perDay: number };
  /** The share of bad releases among those with a verdict. `interval` is the 95 % confidence interval. */
  readonly changeFailure: {
    readonly failed: number;
    readonly of: number;
    readonly rate: number | null;
    readonly interval: readonly [low: number, high: number] | null;
  };
  /** From the bad deploy (or the rollback order, if the bake had already passed) until the recovery. `open`: the number of failures without a known recovery. */
  readonly restore: { readonly took: DurationStats | null; readonly open: number };
  /** From the commit to the deploy, for deploys whose pipeline sent the time of the commit. */
  readonly leadTime: DurationStats | null;
  /** The deploys that the failure share leaves out, by reason. */
  readonly notCounted: Readonly<Record<NotCountedReason, number>>;
};

type NotCountedReason = 'open' | 'inconclusive' | 'canceled' | 'superseded' | 'rollbacks' | 'adopted' | 'false_alarm' | 'elsewhere';

const badStates: ReadonlySet<StateName> = new Set(['rolled_back', 'failed', 'awaiting_approval', 'rolling_back', 'verifying']);
const dayMs = 86_400_000;

/** Computes the four keys of one service and environment from its deploys, oldest first. Pure. */
export function doraOf(outcomes: readonly DeployOutcome[], { from, to }: { readonly from: number; readonly to: number }): Dora {
  const releases = outcomes.filter(({ cause, adopted }) => cause === 'release' && !adopted);
  const deployed = releases.filter(({ deployedAt }) => deployedAt !== null);
  const bad = releases.filter(({ state }) => badStates.has(state));
  const failures = bad.filter(isOwnFailure);
  const markedAs = (kind: VerdictMarkKind) => bad.filter(({ mark }) => mark === kind).length;
  const of = failures.length + countOf(releases, 'passed');
  const restores = restoresOf(outcomes);
  const waits = restores.filter((ms) => ms !== null);
  return {
    from,
    to,
    deploys: { count: deployed.length, perDay: to > from ? (deployed.length * dayMs) / (to - from) : 0 },
    changeFailure: {
      failed: failures.length,
      of,
      rate: of === 0 ? null : failures.length / of,
      interval: of === 0 ? null : clopperPearson(failures.length, of, 0.025),
    },
    restore: { took: durationStatsOf(waits), open: restores.length - waits.length },
    leadTime: durationStatsOf(deployed.flatMap(leadTimeOf)),
    notCounted: {
      open: releases.length - (bad.length + countOf(releases, 'passed')) - countOf(releases, 'inconclusive', 'canceled', 'superseded'),
      inconclusive: countOf(releases, 'inconclusive'),
      canceled: countOf(releases, 'canceled'),
      superseded: countOf(releases, 'superseded'),
      rollbacks: outcomes.filter(({ cause }) => cause === 'rollback').length,
      adopted: outcomes.filter(({ adopted }) => adopted).length,
      false_alarm: markedAs('false_alarm'),
      elsewhere: markedAs('elsewhere'),
    },
  };
}

/** Whether the failure counts against the release: no mark says otherwise. */
function isOwnFailure({ mark = null }: DeployOutcome): boolean {
  return mark === null;
}

function countOf(list: readonly DeployOutcome[], ...states: readonly StateName[]): number {
  return list.filter(({ state }) => states.includes(state)).length;
}

/** How long each bad release lasted, or `null` if unknown. A failure without a rollback ends with the next deploy that passed. */
function restoresOf(outcomes: readonly DeployOutcome[]): readonly (number | null)[] {
  let nextGoodAt: number | null = null;
  const restores: (number | null)[] = [];
  for (const one of outcomes.toReversed()) {
    const startAt = one.hadEnded ? one.orderedAt : one.deployedAt;
    if (one.cause === 'release' && !one.adopted && badStates.has(one.state) && isOwnFailure(one)) {
      const endAt = one.state === 'rolled_back' ? one.endedAt : nextGoodAt;
      restores.push(startAt === null || endAt === null ? null : Math.max(0, endAt - startAt));
    }
    if (one.state === 'passed') nextGoodAt = one.deployedAt ?? one.registeredAt;
  }
  return restores;
}

/** The time from commit to deploy. Ignores a commit after its deploy (a wrong clock) and a time without a zone. */
function leadTimeOf({ committedAt, deployedAt }: DeployOutcome): readonly number[] {
  if (committedAt === null || deployedAt === null || !/T.*(?:Z|[+-]\d\d:?\d\d)$/.test(committedAt)) return [];
  const ms = deployedAt - Date.parse(committedAt);
  return ms >= 0 ? [ms] : [];
}

function durationStatsOf(list: readonly number[]): DurationStats | null {
  if (list.length === 0) return null;
  const sorted = list.toSorted((a, b) => a - b);
  return { n: list.length, medianMs: quantileSorted(sorted, 0.5), p90Ms: quantileSorted(sorted, 0.9) };
}
