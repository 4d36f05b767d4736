import type { Bake } from '../core/bake/bake.ts';
import { hasBadSign, newestOf } from '../core/bake/urgency.ts';
import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { Analyzer } from '../core/judge/analyzer.ts';
import type { CheckProgress } from '../core/judge/assess.ts';
import { type BoundCheck, bindChecks, shareOfBudget } from '../core/judge/check.ts';
import { CheckColumns } from '../core/judge/join-measurements.ts';
import { countOfParts } from '../core/judge/last-stage.ts';
import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { MeasurementStore } from '../ports/measurement-store.ts';
import type { Providers } from '../ports/providers.ts';
import { isLearned, type Pasts, pastsOf, readStoredHistories } from './history.ts';
import type { BakeMemory, Memory } from './memory.ts';
import { createPassExcuses, type PassExcuses } from './pass-excuses.ts';
import { askableUntil } from './provider-time.ts';
import type { QuietCommits } from './quiet-commits.ts';
import type { PassDelay } from './spread.ts';
import type { Turn } from './turns.ts';

export type PassDeps = {
  readonly store: BakeStore & DeployCatalog & MeasurementStore;
  readonly providers: Providers;
  readonly analyzers: ReadonlyMap<string, Analyzer>;
  readonly log: Log;
  readonly meter: Meter;
  readonly memory: Memory;
  readonly turn: Turn;
  readonly spread: PassDelay;
  readonly quiet: QuietCommits;
};

type WatchedBake = Extract<Bake, { state: 'baking' | 'verifying' }>;

/** One pass over one bake, with what is known before a provider is asked. */
export type Pass = {
  readonly record: DeployRecord;
  readonly bake: WatchedBake;
  readonly now: number;
  /** Up to when each check is asked. */
  readonly to: ReadonlyMap<string, number>;
  /** The ticks so far of each check. The pass grows them. */
  readonly columns: ReadonlyMap<string, CheckColumns>;
  /** Whether the last pass saw something bad. */
  readonly hasBadSign: boolean;
  readonly pasts: Pasts;
  readonly checks: readonly BoundCheck[];
  /** The share of the false-alarm budget of each check. */
  readonly alpha: number;
  readonly excuses: PassExcuses;
  /** How far each check's folds have come: those of the last pass, replaced by those of this one. */
  readonly progress: Map<string, CheckProgress>;
};

/** Reads what a pass needs, from memory where it can. */
export async function beginPass(
  deps: PassDeps,
  { record, bake, now }: Pick<Pass, 'record' | 'bake' | 'now'>,
  signal: AbortSignal,
): Promise<Pass> {
  const to = await askableUntil(deps.providers, { record, now }, signal);
  const remembered = deps.memory.recall(record.deploy.id, record.version);
  const checks = bindChecks(record.ruleSet, deps.analyzers);
  const ticks = await ticksOf(deps, { record, bake, remembered });
  const known =
    remembered?.histories ?? readStoredHistories(checks, await deps.store.histories(record.deploy.id), record.ruleSet.bake.forMs);
  const alpha = shareOfBudget(checks, record.ruleSet.falseAlarms / countOfParts(record.ruleSet));
  const pasts = await pastsOf(deps, { record, checks, known, alpha, now }, signal);
  const excuses = createPassExcuses(record.ruleSet);
  return { record, bake, now, to, ...ticks, pasts, checks, alpha, excuses, progress: new Map(remembered?.progress) };
}

/** The ticks of each check. Columns of another phase or stage than the present one are of no use. */
async function ticksOf(
  { memory, store }: PassDeps,
  { record, bake, remembered }: Pick<Pass, 'record' | 'bake'> & { readonly remembered: BakeMemory | null },
): Promise<Pick<Pass, 'columns' | 'hasBadSign'>> {
  if (remembered?.phase === bake.state && remembered.from === bake.from) return remembered;
  const request = { phase: bake.state, from: bake.from, stepMs: record.plan.stepMs };
  return await memory.load(async () => {
    const answers = await store.measurements(record.deploy.id);
    const columns = new Map(record.ruleSet.checks.map(({ name }) => [name, new CheckColumns(answers, { ...request, check: name })]));
    return { columns, hasBadSign: hasBadSign(newestOf(answers)) };
  });
}

/** Keeps what the next pass then need not read from the store. A history that could not be read is not kept: the next pass asks for it again. */
export function rememberPass(
  { memory }: PassDeps,
  { record, bake, columns, checks, pasts, progress }: Pass,
  { version, hasBadSign }: Pick<BakeMemory, 'version' | 'hasBadSign'>,
): void {
  const histories = checks.flatMap((check) => {
    const history = pasts.histories.get(check.rule.name);
    return history ? [isLearned(check, history) ? { ...history, stretch: null } : history] : [];
  });
  memory.keep(record.deploy.id, { version, phase: bake.state, from: bake.from, columns, hasBadSign, histories, progress });
}
