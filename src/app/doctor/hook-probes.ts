import { AppError, EffectError } from '../../core/base/errors.ts';
import type { RuleSet } from '../../core/rules/rule-set.ts';
import { nothingToProve } from '../../hooks/rehearsal-findings.ts';
import type { Place } from '../../ports/hook.ts';
import type { ExamAnswer, ExamProbe } from '../../usecases/examine.ts';
import { rehearseRollback, rehearseShift, targetsOf } from '../../usecases/rehearsal.ts';
import type { ServerAdapters } from '../open-adapters.ts';
import type { DatabaseAccess } from './database-probes.ts';

type HookAccess = Pick<ServerAdapters, 'hooks' | 'shiftHooks'> & Pick<DatabaseAccess, 'opened'> & { readonly ruleSets: readonly RuleSet[] };

/** A rehearsal asks the platform a few questions; none should take longer. */
const limitMs = 30_000;

/** Rehearses every rollback and every shift of traffic that the rules name. It reads only, and leaves no trace in the database. */
export function hookProbes({ hooks, shiftHooks, opened, ruleSets }: HookAccess): readonly ExamProbe[] {
  const rollbacks = ruleSets.flatMap(({ service, environment, rollback }): readonly ExamProbe[] => {
    const hook = rollback === null ? undefined : hooks.get(rollback.hook)?.hook;
    if (rollback === null || hook === undefined) return [];
    const place = { service, environment };
    const ask = (signal: AbortSignal) =>
      rehearse(opened, place, async ([now, before]) => rehearseRollback(hook, { place, now, before }, signal));
    return [{ part: 'hook', name: `${rollback.hook}: ${service}/${environment}`, limitMs, ask }];
  });
  const shifts = ruleSets.flatMap(({ service, environment, traffic }): readonly ExamProbe[] => {
    const hook = traffic === null ? undefined : shiftHooks.get(traffic.hook)?.hook;
    if (traffic === null || hook === undefined) return [];
    const place = { service, environment };
    const weight = traffic.stages[0]?.weight ?? 100;
    const ask = (signal: AbortSignal) =>
      rehearse(opened, place, ([{ version }]) => rehearseShift(hook, { place, version, weight }, signal));
    return [{ part: 'traffic', name: `${traffic.hook}: ${service}/${environment}`, limitMs, ask }];
  });
  const used = [...rollbacks, ...shifts].map(({ name }) => name.split(': ')[0]);
  const unused = [...hooks.keys(), ...shiftHooks.keys()].filter((name) => !used.includes(name));
  return [...rollbacks, ...shifts, ...unused.map((name) => unusedProbe(name, hooks.has(name) ? 'hook' : 'traffic'))];
}

function unusedProbe(name: string, part: string): ExamProbe {
  return { part, name, limitMs, ask: async () => ({ outcome: 'not_tried', reason: 'no rule set names it' }) };
}

type DrillTargets = Awaited<ReturnType<typeof targetsOf>>;

async function rehearse(opened: HookAccess['opened'], place: Place, work: (targets: DrillTargets) => Promise<string>): Promise<ExamAnswer> {
  const found = await findTargets(opened, place);
  if ('outcome' in found) return found;
  try {
    return { outcome: 'ok', reason: await work(found) };
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    if (error.message.startsWith(nothingToProve)) return { outcome: 'not_tried', reason: error.message };
    return {
      outcome: 'fail',
      reason: error.message,
      hint: `\`bakewatch drill ${place.service}\` rehearses from the machine of the server`,
    };
  }
}

async function findTargets(opened: HookAccess['opened'], place: Place): Promise<DrillTargets | ExamAnswer> {
  const unknown = 'the known-good release is unknown, because the database';
  const notTried = (reason: string, hint: string): ExamAnswer => ({ outcome: 'not_tried', reason, hint });
  try {
    const database = await opened;
    return database === null ? notTried(`${unknown} does not run`, 'start the server') : await targetsOf(database, place);
  } catch (error) {
    if (!(error instanceof AppError)) return notTried(`${unknown} lacks the tables of this version`, 'start the server, which migrates it');
    if (error.code !== 'conflict') return notTried(`${unknown} cannot be reached`, 'see `database` above');
    return notTried(`${place.service} has no known-good release yet`, 'let a bake pass, or run `bakewatch adopt`');
  }
}
