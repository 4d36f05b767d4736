import type { Analyzer } from '../core/analyzer.ts';
import { type BoundCheck, bindChecks } from '../core/check.ts';
import type { Stretch } from '../core/series.ts';
import { lengthOf } from '../core/series.ts';
import type { AskError } from '../core/verdict.ts';
import { ceilTo, floorTo, type Window } from '../core/window.ts';
import type { Providers } from '../ports/providers.ts';
import type { DeployRecord, FrozenHistory, Store } from '../ports/store.ts';
import { askHistory, questionFor } from './ask.ts';
import { toAskError } from './measure.ts';

/** What is known of the past of each check, and which checks' past could not be asked for. */
export type Histories = { readonly stretches: ReadonlyMap<string, Stretch | null>; readonly errors: ReadonlyMap<string, AskError> };

/** No server likes to give more points of one series at once than about this. */
const maxPoints = 10_000;

type HistoryDeps = { readonly store: Store; readonly providers: Providers; readonly analyzers: ReadonlyMap<string, Analyzer> };

/**
 * Fetches the past of every check that needs one and has none yet, and freezes it with the bake: a baseline never moves while it is compared with.
 * A past that cannot be asked for is an error of that check, asked for again at the next tick.
 */
export async function missingHistories(
  deps: HistoryDeps,
  { record, known }: { record: DeployRecord; known: readonly FrozenHistory[]; at: number },
  signal: AbortSignal,
): Promise<Histories> {
  const stretches = new Map(known.map((history) => [history.check, history.stretch]));
  const errors = new Map<string, AskError>();
  const missing = bindChecks(record.ruleSet, deps.analyzers).filter((check) => check.historyMs > 0 && !stretches.has(check.rule.name));
  const fetched: FrozenHistory[] = [];
  await Promise.all(
    missing.map(async (check) => {
      try {
        const stretch = await fetchHistory(deps, record, check, signal);
        stretches.set(check.rule.name, stretch);
        fetched.push({ check: check.rule.name, stretch });
      } catch (error) {
        errors.set(check.rule.name, toAskError(error));
      }
    }),
  );
  if (fetched.length > 0) await deps.store.saveHistory(record.deploy.id, fetched);
  return { stretches, errors };
}

async function fetchHistory(
  { providers }: HistoryDeps,
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
