import type { RuleSet } from '../core/rules/rule-set.ts';
import { RuleName } from '../core/rules/written-values.ts';
import { Cursor } from './cursor.ts';
import { Problems } from './problems.ts';
import { controlProblems } from './query-problems.ts';
import { readCheck } from './read-check.ts';
import { readExtended } from './read-extended.ts';
import { readAction, readBake, readBaseline, readControl, readFalseAlarms } from './read-sections.ts';
import { readServices } from './read-services.ts';
import { readUnless, unlessProblems } from './read-unless.ts';
import { RuleFile } from './rule-file.ts';
import type { CheckContext, RulesContext, RulesText } from './rules-context.ts';

const maxChecks = 50;

/**
 * Parses a rule file, and returns the rules of the first service that it names. Without a `context` the operator's config is unknown, and the names of instances are not checked.
 * Throws a `ConfigError` with all problems.
 */
export function parseRules(text: string, file: string, context: RulesContext | null): RuleSet {
  const problems = new Problems();
  const [ruleSet] = readRules({ text, file, context: context ?? {} }, problems)?.ruleSets ?? [];
  problems.throwIfAny();
  if (!ruleSet) throw new Error('a rule file without a problem must have a rule set');
  return ruleSet;
}

/** The rules of a file: one rule set for each service that it names. */
export type RulesReading = { readonly ruleSets: readonly RuleSet[]; readonly top: Cursor };

/** Parses a rule file and adds its problems to `problems`. The result is valid only if no problem was added. */
export function readRules(rules: RulesText, problems: Problems): RulesReading | null {
  const tree = readExtended(rules, problems);
  if (tree === null) return null;
  const top = Cursor.top(tree, problems);
  if (!top.isMapOf(Object.keys(RuleFile.shape))) return null;
  if (!top.at('rules').isPresent) top.at('rules').problem('is required', 'begin the file with `rules: 1`');
  else top.at('rules').take(RuleFile.shape.rules);
  const services = readServices(top);
  const environment = top.at('environment').take(RuleFile.shape.environment) ?? '';
  const { bake, stages } = readBake(top.at('bake'));
  const falseAlarms = readFalseAlarms(top.at('bake'));
  const baseline = readBaseline(top.at('baseline'));
  const control = readControl(top.at('control'));
  const checkContext: CheckContext = { context: rules.context, hasControl: top.at('control').isPresent, bake };
  const checks = readChecks(top.at('checks'), checkContext);
  const used = new Set(checks.map(({ provider }) => provider));
  controlProblems(
    top.at('control'),
    [...used].flatMap((name) => rules.context.providers?.get(name) ?? []),
  );
  const unless = readUnless(top.at('unless'));
  unlessProblems(top, { checks, unless });
  const action = readAction(top, rules.context, stages);
  const shared = { environment, bake, falseAlarms, baseline, control, checks, ...(unless && { unless }), ...action };
  return { ruleSets: services.map((one) => ({ ...one, ...shared })), top };
}

function readChecks(cursor: Cursor, checkContext: CheckContext): RuleSet['checks'] {
  if (!cursor.isMap('write each check under its name: `checks: { errors: { … } }`')) return [];
  if (cursor.keys.length === 0) cursor.keyProblem('there must be at least one check');
  if (cursor.keys.length > maxChecks) cursor.keyProblem(`there are ${cursor.keys.length} checks, and the maximum is ${maxChecks}`);
  return cursor.keys.slice(0, maxChecks).flatMap((name) => {
    const at = cursor.at(name);
    const validName = RuleName.safeParse(name);
    if (!validName.success) at.keyProblem(validName.error.issues[0]?.message ?? 'is not a name');
    const check = readCheck(at, name, checkContext);
    return check ? [check] : [];
  });
}
