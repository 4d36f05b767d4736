import { decide } from '../core/bake/decide.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import { type Facts, isInForce } from '../core/bake/facts.ts';
import { delayPass } from '../core/bake/tick-schedule.ts';
import { mayRollBackUndecided } from '../core/bake/when-undecided.ts';
import type { Log } from '../core/base/log.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { BakeStore, DeployRecord, QuietCommit, UpdateResult } from '../ports/bake-store.ts';
import type { QuietCommits } from './quiet-commits.ts';
import type { PassDelay } from './spread.ts';

type JudgedPassEvent = Extract<BakeEvent, { type: 'judged' }>;
type UnhealthyPassEvent = Extract<JudgedPassEvent, { before: string | null }>;

/** The event that a pass commits. The facts of an unhealthy bake are missing: they are read when the event is committed. */
export type PassEvent =
  | Extract<BakeEvent, { type: 'elapsed' }>
  | Exclude<JudgedPassEvent, UnhealthyPassEvent>
  | Omit<UnhealthyPassEvent, 'facts'>;

/** What a pass found: the event, and the measurements that led to it. */
export type PassResult = { readonly event: PassEvent; readonly measurements: readonly Measurement[] };

export type CommitDeps = {
  readonly store: BakeStore;
  readonly log: Log;
  readonly spread: PassDelay;
  readonly quiet: QuietCommits;
};

/**
 * Commits the event of a pass with its measurements, in one transaction; of passes that move nothing, many in one. Returns the new record, or `null`
 * where nothing was written: another process changed the bake during the pass, or the event makes no sense in its state.
 */
export async function commitPass(
  { store, log, spread, quiet }: CommitDeps,
  record: DeployRecord,
  pass: PassResult,
): Promise<DeployRecord | null> {
  const delayMs = await spread(record);
  const commit = quietCommitOf(record, pass, delayMs);
  if (commit !== null && (await quiet.write(commit))) {
    const after = { ...record, bake: commit.next, version: record.version + 1 };
    logPass(log, record, { result: { kind: 'committed', record: after }, measurements: pass.measurements });
    return after;
  }
  const result = await store.update(record.deploy.id, record.version, async (current, facts) => {
    const decision = decide(current, await withFacts(pass.event, current, facts), 'bakewatch');
    return decision.ok ? { ...decision, next: delayPass(decision.next, current.plan, delayMs), measurements: pass.measurements } : decision;
  });
  logPass(log, record, { result, measurements: pass.measurements });
  return result.kind === 'committed' ? result.record : null;
}

/** The commit of a pass, if it moves nothing: the bake goes on as before, and the decision needs no facts that are read under its lock. */
function quietCommitOf(record: DeployRecord, { event, measurements }: PassResult, delayMs: number): QuietCommit | null {
  if (record.bake.state !== 'baking' || event.type !== 'judged' || 'before' in event || needsFacts(event, record)) return null;
  const decision = decide(record, event, 'bakewatch');
  if (!decision.ok || decision.next.state !== 'baking' || decision.effects.length > 0) return null;
  const { next, timeline } = decision;
  return { version: record.version, ruleSet: record.ruleSet, next: delayPass(next, record.plan, delayMs), timeline, measurements };
}

function needsFacts(event: PassEvent, record: DeployRecord): boolean {
  return 'before' in event || mayRollBackUndecided(record.bake, event, record.plan) || mayShift(record, event);
}

/** Adds what the decision needs: all facts for a bake that may be rolled back now; the freeze for a bake that may shift traffic now. */
async function withFacts(event: PassEvent, record: DeployRecord, facts: () => Promise<Facts>): Promise<BakeEvent> {
  if ('before' in event) return { ...event, facts: await facts() };
  if (event.type === 'judged' && mayRollBackUndecided(record.bake, event, record.plan)) return { ...event, facts: await facts() };
  if (!mayShift(record, event)) return event;
  const { freeze } = await facts();
  return { ...event, freeze: freeze !== null && isInForce(freeze, event.at) ? freeze : null };
}

function mayShift({ bake, plan }: DeployRecord, event: PassEvent): boolean {
  if (plan.traffic === null) return false;
  return bake.state === 'baking' ? event.type === 'judged' && event.until >= bake.endsAt : bake.state === 'warming';
}

type CommittedPass = { readonly result: UpdateResult; readonly measurements: readonly Measurement[] };

function logPass(log: Log, { deploy, bake }: DeployRecord, { result, measurements }: CommittedPass): void {
  const after = result.kind === 'committed' ? result.record.bake.state : result.kind;
  const fields = {
    service: deploy.service,
    environment: deploy.environment,
    release: deploy.release.version,
    deploy: deploy.id,
    before: bake.state,
    after,
    outcomes: measurements.map((m) => `${m.check}:${m.result.outcome}`).join(' '),
  };
  if (result.kind === 'committed' && after !== bake.state) log.info(fields, 'bake moved');
  else log.debug(fields, 'pass committed');
}
