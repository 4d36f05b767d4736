import { formatDuration } from '../core/base/duration.ts';
import { defaultFalseAlarms } from '../core/judge/check.ts';
import { readShare } from '../core/judge/read-amount.ts';
import type { Like, RuleSet } from '../core/rules/rule-set.ts';
import type { Stage } from '../core/rules/stage.ts';
import { show } from '../core/rules/written-values.ts';
import type { Cursor } from './cursor.ts';
import { matcherProblems } from './query-problems.ts';
import { readStages, stagesDurationMs } from './read-stages.ts';
import {
  BakeSection,
  BaselineSection,
  ControlSection,
  Notify,
  OnFailure,
  RollbackSection,
  TrafficSection,
  Undecided,
} from './rule-file.ts';
import { type RulesContext, unknownInstance } from './rules-context.ts';

const dayMs = 86_400_000;

/** Reads the `bake` section with its defaults. An invalid part is reported and gets its default, so that the rest can be checked. */
export function readBake(cursor: Cursor): { readonly bake: RuleSet['bake']; readonly stages: readonly Stage[] } {
  if (cursor.isPresent) cursor.isMapOf(Object.keys(BakeSection.shape));
  const everyMs = cursor.at('every').take(BakeSection.shape.every) ?? 15_000;
  const warmupMs = cursor.at('warmup').take(BakeSection.shape.warmup) ?? 30_000;
  const stages = readStages(cursor.at('stages'), everyMs);
  if (stages.length > 0 && cursor.at('for').isPresent) {
    cursor.at('for').keyProblem('cannot be used together with `stages`, which have their own durations', 'keep one of the two');
  }
  const writtenMs = stages.length > 0 ? undefined : cursor.at('for').take(BakeSection.shape.for);
  const forMs = stages.length > 0 ? stagesDurationMs(stages, warmupMs) : (writtenMs ?? 900_000);
  const extendMs = cursor.at('extend').take(BakeSection.shape.extend) ?? forMs;
  if (forMs < everyMs) {
    const at = cursor.at('for').isPresent ? cursor.at('for') : cursor.at('every');
    at.problem(
      `a bake of ${formatDuration(forMs)} is shorter than one tick of ${formatDuration(everyMs)}`,
      '`for` must be at least `every`',
    );
  }
  return { bake: { forMs, everyMs, warmupMs, extendMs }, stages };
}

const [minFalseAlarms, maxFalseAlarms] = [0.0001, 0.2];

/** Reads `bake.false_alarms`: the maximum probability that a healthy bake fails. */
export function readFalseAlarms(cursor: Cursor): number {
  const at = cursor.at('false_alarms');
  const amount = at.isPresent ? at.take(BakeSection.shape.false_alarms) : undefined;
  const share = amount === undefined ? null : readShare(at, amount, maxFalseAlarms);
  if (amount === undefined || share === null) return defaultFalseAlarms;
  if (share >= minFalseAlarms && share <= maxFalseAlarms) return share;
  const why = share < minFalseAlarms ? 'too low: nothing would be found' : 'too high';
  at.problem(`${amount.text} is ${why}`, 'write 0.01% to 20%');
  return defaultFalseAlarms;
}

/** Reads the `baseline` section with its defaults. */
export function readBaseline(cursor: Cursor): RuleSet['baseline'] {
  if (cursor.isPresent) cursor.isMapOf(Object.keys(BaselineSection.shape));
  const historyMs = cursor.at('history').take(BaselineSection.shape.history) ?? 14 * dayMs;
  const timezone = cursor.at('timezone').take(BaselineSection.shape.timezone) ?? 'UTC';
  const written = cursor.at('like').take(BaselineSection.shape.like);
  const defaults: readonly Like[] = [{ kind: 'before' }, { kind: 'days_ago', days: 1 }, { kind: 'days_ago', days: 7 }];
  for (const [i, like] of (written ?? []).entries()) {
    if (reaches(like, historyMs)) continue;
    cursor
      .at('like')
      .at(i)
      .problem(`lies before the history of ${formatDuration(historyMs)}`, 'make `history` longer, or remove this entry');
  }
  return { historyMs, like: written ?? defaults.filter((like) => reaches(like, historyMs)), timezone };
}

function reaches(like: Like, historyMs: number): boolean {
  return like.kind === 'before' || like.days * dayMs <= historyMs;
}

/** Reads the `control` section. Returns `null` if the section is missing. */
export function readControl(cursor: Cursor): RuleSet['control'] {
  if (!cursor.isPresent || !cursor.isMapOf(Object.keys(ControlSection.shape))) return null;
  const canary = cursor.at('canary').take(ControlSection.shape.canary);
  const stable = cursor.at('stable').take(ControlSection.shape.stable);
  if (canary !== undefined) matcherProblems(cursor.at('canary'), canary);
  if (stable !== undefined) matcherProblems(cursor.at('stable'), stable);
  if (canary === undefined || stable === undefined) return null;
  if (canary.trim() === stable.trim()) {
    cursor.at('stable').problem('is the same as `canary`', 'match only the stable release, such as version="$known_good"');
  }
  return { canary, stable };
}

/** Reads what Bakewatch may do: `on_failure`, `traffic`, `rollback` and `notify`, with their defaults. */
export function readAction(
  top: Cursor,
  context: RulesContext,
  stages: readonly Stage[],
): Pick<RuleSet, 'onFailure' | 'whenUndecided' | 'traffic' | 'rollback' | 'notify'> {
  const rollback = readRollback(top.at('rollback'), context);
  const hasRollback = top.at('rollback').isPresent;
  const traffic = readTraffic(top, context, stages);
  const canAct = hasRollback || stages.length > 0;
  const written = top.at('on_failure').take(OnFailure.optional());
  if ((written === 'rollback' && !canAct) || (written === 'approve' && !hasRollback)) {
    top
      .at('on_failure')
      .problem(`\`${written}\` needs a hook that can roll back`, 'add `rollback: { hook: NAME }`, or write `on_failure: notify`');
  }
  const whenUndecided = readUndecided(top.at('when_undecided'), canAct);
  const notify = readNotify(top.at('notify'), context);
  return { onFailure: written ?? (canAct ? 'rollback' : 'notify'), ...(whenUndecided && { whenUndecided }), traffic, rollback, notify };
}

/** Reads `traffic`. Stages need a traffic hook, and a traffic hook needs stages. */
function readTraffic(top: Cursor, context: RulesContext, stages: readonly Stage[]): RuleSet['traffic'] {
  const cursor = top.at('traffic');
  const isStaged = top.at('bake').at('stages').isPresent;
  if (!cursor.isPresent) {
    if (!isStaged) return null;
    const hint = "add `traffic: { hook: NAME }`, with a NAME under `traffic` in the operator's config";
    top.at('bake').at('stages').keyProblem('need a traffic hook', hint);
    return null;
  }
  if (!cursor.isMapOf(Object.keys(TrafficSection.shape))) return null;
  if (!isStaged) cursor.keyProblem('does nothing without stages', 'add them, such as `bake: { stages: [5% 10m, 25% 10m, 100% 15m] }`');
  const hook = cursor.at('hook').take(TrafficSection.shape.hook);
  const unknown = hook === undefined ? null : unknownInstance('traffic hook', hook, context.traffic);
  if (unknown) cursor.at('hook').problem(...unknown);
  return hook === undefined || stages.length === 0 ? null : { hook, stages };
}

function readRollback(cursor: Cursor, context: RulesContext): RuleSet['rollback'] {
  if (!cursor.isPresent || !cursor.isMapOf(Object.keys(RollbackSection.shape))) return null;
  const hook = cursor.at('hook').take(RollbackSection.shape.hook);
  const verifyMs = cursor.at('verify').take(RollbackSection.shape.verify);
  const unknown = hook === undefined ? null : unknownInstance('hook', hook, context.hooks);
  if (unknown) cursor.at('hook').problem(...unknown);
  return hook === undefined || verifyMs === undefined ? null : { hook, verifyMs };
}

function readNotify(cursor: Cursor, context: RulesContext): readonly string[] {
  if (!cursor.isPresent || cursor.take(Notify) === undefined) return [];
  const names: string[] = [];
  for (const item of cursor.items) {
    const name = String(item.value);
    const unknown = unknownInstance('notifier', name, context.notifiers);
    if (unknown) item.problem(...unknown);
    if (names.includes(name)) item.problem(`${show(name)} occurs twice`);
    names.push(name);
  }
  return names;
}

function readUndecided(cursor: Cursor, canAct: boolean): RuleSet['whenUndecided'] {
  const written = cursor.take(Undecided.optional());
  if (written === 'roll_back' && !canAct) {
    cursor.problem('`roll_back` needs a hook that can roll back', 'add `rollback: { hook: NAME }`, or write `when_undecided: hold`');
  }
  return written;
}
