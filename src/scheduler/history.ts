import { type BoundCheck, calibrateCheck } from '../core/check.ts';
import { type Interval, leaveOut, unhealthyStretches } from '../core/leave-out.ts';
import type { Stretch } from '../core/series.ts';
import { lengthOf } from '../core/series.ts';
import type { AskError } from '../core/verdict.ts';
import { ceilTo, floorTo, type Window } from '../core/window.ts';
import type { Providers } from '../ports/providers.ts';
import type { DeployRecord, FrozenHistory, Store } from '../ports/store.ts';
import { askHistory, questionFor } from './ask.ts';
import { toAskError } from './measure.ts';
import type { Turn } from './turns.ts';

/** What is known of the past of each check, and which checks' past could not be asked for. */
export type Pasts = { readonly histories: ReadonlyMap<string, FrozenHistory>; readonly errors: ReadonlyMap<string, AskError> };

/** No server likes to give more points of one series at once than about this. */
const maxPoints = 10_000;

/** As many of the service's newest deploys are looked at for stretches in which it was unhealthy. */
const mostDeploys = 200;

type PastDeps = { readonly store: Store; readonly providers: Providers; readonly turn: Turn };
type Asked = {
  readonly record: DeployRecord;
  readonly checks: readonly BoundCheck[];
  readonly known: readonly FrozenHistory[];
  readonly alpha: number;
  readonly now: number;
};

/**
 * Fetches the past of every check that needs one and has none yet, leaves out what is known to have been unhealthy, learns from it, and freezes both
 * with the bake: what a bake is compared with never moves. A past that cannot be asked for is an error of that check, asked for again at the next tick.
 */
export async function pastsOf(deps: PastDeps, asked: Asked, signal: AbortSignal): Promise<Pasts> {
  const histories = new Map(asked.known.map((history) => [history.check, history]));
  const missing = asked.checks.filter((check) => check.historyMs > 0 && !histories.has(check.rule.name));
  if (missing.length === 0) return { histories, errors: new Map() };
  const errors = new Map<string, AskError>();
  const intervals = await unhealthyBefore(deps.store, asked);
  const fetched: FrozenHistory[] = [];
  await Promise.all(
    missing.map(async (check) => {
      try {
        const stretch = await fetchHistory(deps, asked.record, check, signal);
        fetched.push(await learn(deps, asked, { check, stretch: stretch && leaveOut(stretch, intervals) }));
      } catch (error) {
        errors.set(check.rule.name, toAskError(error));
      }
    }),
  );
  await deps.store.saveHistory(asked.record.deploy.id, fetched);
  for (const history of fetched) histories.set(history.check, history);
  return { histories, errors };
}

/** All that the check's analyzers want of the past is in what they have learned from it: the past itself (up to 100 KB) need not be held in memory. */
export function isLearned({ analyzers }: BoundCheck, { calibrations }: FrozenHistory): boolean {
  return analyzers.every((analyzer, i) => (analyzer.calibrate ? calibrations[i] != null : analyzer.needs.historyMs === 0));
}

async function unhealthyBefore(store: Store, { record, now }: Asked): Promise<readonly Interval[]> {
  const { id, service, environment } = record.deploy;
  const records = await store.list({ service, environment, limit: mostDeploys });
  const bakes = records.filter(({ deploy }) => deploy.id !== id).map(({ bake }) => bake);
  return unhealthyStretches(bakes, now);
}

async function learn(
  { turn }: PastDeps,
  { record, alpha }: Asked,
  { check, stretch }: { check: BoundCheck; stretch: Stretch | null },
): Promise<FrozenHistory> {
  if (!check.analyzers.some((analyzer) => analyzer.calibrate)) return { check: check.rule.name, stretch, calibrations: [] };
  const deployedAt = record.bake.deployedAt ?? record.bake.begunAt;
  const data = { control: null, history: stretch, deployedAt, alpha, stepMs: record.plan.stepMs };
  await turn();
  return { check: check.rule.name, stretch, calibrations: calibrateCheck(check, data, record.ruleSet) };
}

async function fetchHistory(
  { providers }: PastDeps,
  record: DeployRecord,
  check: BoundCheck,
  signal: AbortSignal,
): Promise<Stretch | null> {
  const window = historyWindow(record, Math.min(check.historyMs, record.ruleSet.baseline.historyMs));
  const ticks = await askHistory(providers, questionFor(record, check, 'verifying'), window, signal);
  const isEmpty = lengthOf(ticks) === 0 || hasNoData(ticks);
  return isEmpty ? null : { startAt: window.from, stepMs: window.stepMs, ticks };
}

/** The past ends where the deploy began: a rollout under way mixes versions. Long pasts are read in coarser ticks. */
function historyWindow({ bake, plan }: DeployRecord, historyMs: number): Window {
  const stepMs = Math.max(plan.stepMs, ceilTo(historyMs / maxPoints, plan.stepMs));
  const to = floorTo(bake.begunAt, stepMs);
  return { from: to - ceilTo(historyMs, stepMs), to, stepMs };
}

function hasNoData(ticks: Stretch['ticks']): boolean {
  switch (ticks.kind) {
    case 'ratio':
      return ticks.total.every((v) => v === null);
    case 'rate':
      return ticks.count.every((v) => v === null);
    case 'latency':
      return ticks.buckets.every((v) => v === null);
    case 'value':
      return ticks.value.every((v) => v === null);
  }
}
