import { unhealthyIntervals } from '../core/bake/unhealthy-intervals.ts';
import type { Interval } from '../core/base/window.ts';
import { type BoundCheck, calibrateInSteps, readCalibrations } from '../core/judge/check.ts';
import { type DataRhythm, dataRhythm } from '../core/judge/data-rhythm.ts';
import { excludeIntervals } from '../core/judge/exclude-intervals.ts';
import type { AskError } from '../core/judge/verdict.ts';
import type { DeployRecord, DeploySummary } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { FrozenHistory, MeasurementStore } from '../ports/measurement-store.ts';
import type { Providers } from '../ports/providers.ts';
import type { SplitValues } from './ask.ts';
import { type FetchedPast, fetchPast, lookAtPast } from './fetch-past.ts';
import { canLook } from './look-at-sources.ts';
import { toAskError } from './measure.ts';
import type { Turn } from './turns.ts';

/**
 * A frozen history with how often it had data, and the values of its split. Both are read off the stretch, and stay in memory when the stretch does not.
 */
export type RhythmicHistory = FrozenHistory & { readonly rhythm: DataRhythm | null; readonly split: SplitValues };

/** The past of each check, and the errors of checks whose past could not be fetched. */
export type Pasts = { readonly histories: ReadonlyMap<string, RhythmicHistory>; readonly errors: ReadonlyMap<string, AskError> };

/** Maximum number of the service's newest deploys that are searched for unhealthy intervals. */
const maxDeploys = 200;

type PastDeps = { readonly store: DeployCatalog & MeasurementStore; readonly providers: Providers; readonly turn: Turn };
type PastRequest = {
  readonly record: DeployRecord;
  readonly checks: readonly BoundCheck[];
  readonly known: readonly RhythmicHistory[];
  readonly alpha: number;
  readonly now: number;
};

/**
 * Fetches the past of every check that needs one and has none yet (of a check with fixed limits: only whether its selectors match), leaves out what is known to have been unhealthy, learns from it, and freezes both
 * with the bake: what a bake is compared with never moves. A past that cannot be asked for is an error of that check, asked for again at the next tick.
 */
export async function pastsOf(deps: PastDeps, asked: PastRequest, signal: AbortSignal): Promise<Pasts> {
  const histories = new Map(asked.known.map((history) => [history.check, history]));
  const needsPast = (check: BoundCheck) => check.historyMs > 0 || canLook(deps.providers, check.rule);
  const missing = asked.checks.filter((check) => needsPast(check) && !histories.has(check.rule.name));
  if (missing.length === 0) return { histories, errors: new Map() };
  const errors = new Map<string, AskError>();
  const intervals = await unhealthyOf(deps.store, asked);
  const fetched: FrozenHistory[] = [];
  await Promise.all(
    missing.map(async (check) => {
      try {
        const past = await (check.historyMs > 0 ? fetchPast : lookAtPast)(deps, { record: asked.record, check }, signal);
        fetched.push(await learn(deps, asked, { check, ...past, stretch: past.stretch && excludeIntervals(past.stretch, intervals) }));
      } catch (error) {
        errors.set(check.rule.name, toAskError(error));
      }
    }),
  );
  await deps.store.saveHistory(asked.record.deploy.id, fetched);
  for (const history of fetched) histories.set(history.check, withRhythm(history, asked.record.ruleSet.bake.forMs));
  return { histories, errors };
}

/** Stored histories with their calibrations checked and their rhythm read once, here, and not by every pass. */
export function readStoredHistories(
  checks: readonly BoundCheck[],
  histories: readonly FrozenHistory[],
  forMs: number,
): readonly RhythmicHistory[] {
  return histories.map((history) => {
    const check = checks.find(({ rule }) => rule.name === history.check);
    const known = withRhythm(history, forMs);
    return check === undefined ? known : { ...known, calibrations: readCalibrations(check, history.calibrations) };
  });
}

function withRhythm(history: FrozenHistory, forMs: number): RhythmicHistory {
  const { values = [], others = [] } = history.stretch?.ticks.split ?? {};
  return { ...history, rhythm: dataRhythm(history.stretch, forMs), split: { values, except: others } };
}

/** Returns true if the calibrations hold all that the analyzers need from the past. The past itself (up to 100 KB) then need not stay in memory. */
export function isLearned({ analyzers }: BoundCheck, { calibrations }: FrozenHistory): boolean {
  return analyzers.every((analyzer, i) => (analyzer.calibrate ? calibrations[i] != null : analyzer.needs.historyMs === 0));
}

/** The intervals in which the service was unhealthy, according to its other deploys. A verdict that is marked as a false alarm does not count. */
export async function unhealthyOf(
  store: DeployCatalog,
  { record, now }: Pick<PastRequest, 'record' | 'now'>,
): Promise<readonly Interval[]> {
  const { id, service, environment } = record.deploy;
  const records = await store.list({ service, environment, limit: maxDeploys });
  const isFalseAlarm = ({ marks = [] }: DeploySummary) => marks.some(({ kind }) => kind === 'false_alarm');
  const bakes = records.filter((one) => one.deploy.id !== id && !isFalseAlarm(one)).map(({ bake }) => bake);
  return unhealthyIntervals(bakes, now);
}

async function learn(
  { turn }: PastDeps,
  { record, alpha }: PastRequest,
  { check, ...past }: FetchedPast & { check: BoundCheck },
): Promise<FrozenHistory> {
  if (!check.analyzers.some((analyzer) => analyzer.calibrate)) return { check: check.rule.name, ...past, calibrations: [] };
  const deployedAt = record.bake.deployedAt ?? record.bake.begunAt;
  const data = { control: null, history: past.stretch, deployedAt, alpha, stepMs: record.plan.stepMs };
  const steps = calibrateInSteps(check, data, record.ruleSet);
  for (;;) {
    await turn();
    const step = steps.next();
    if (step.done) return { check: check.rule.name, ...past, calibrations: step.value };
  }
}
