import { analyzers } from '../../analyzers/index.ts';
import { didYouMean } from '../core/base/did-you-mean.ts';
import { formatDuration } from '../core/base/duration.ts';
import type { ConditionContext } from '../core/judge/condition-rule.ts';
import type { Condition, Question, RuleSet } from '../core/rules/rule-set.ts';
import { Damping, show } from '../core/rules/written-values.ts';
import { bareConditions, conditions, failWhenKeys, type KnownCondition, listConditions } from './conditions.ts';
import type { Cursor } from './cursor.ts';

const maxConditions = 20;
const known = `known: ${listConditions()}`;
/** What a check fails on that does not say when it fails. */
const defaultCondition: Condition = { analyzer: 'regression', params: {}, damping: { k: 1, n: 1 } };

/** The conditions under which a check fails, and which ways they call worse. Everything wrong is reported. */
export function readConditions(
  cursor: Cursor,
  kind: Question['kind'] | null,
  { hasControl, bake }: Pick<ConditionContext, 'hasControl' | 'bake'>,
): { readonly failWhen: readonly Condition[]; readonly ways: ReadonlySet<'up' | 'down'> } {
  const items = cursor.items;
  if (!cursor.isPresent) return { failWhen: [defaultCondition], ways: new Set() };
  if (items.length === 0) cursor.problem('must have at least one entry', known);
  if (items.length > maxConditions) cursor.problem(`has ${items.length} entries, at most ${maxConditions} are allowed`);
  const context: ConditionContext = { kind, hasControl, bake, ways: new Set() };
  const failWhen = items.slice(0, maxConditions).flatMap((item) => {
    const condition = typeof item.value === 'string' ? readBare(item, item.value, context) : readEntry(item, context);
    return condition ? [condition] : [];
  });
  return { failWhen, ways: context.ways };
}

/** Whether one of the conditions compares with the past. Parameters that no analyzer takes are reported where they are read. */
export function comparesWithPast(failWhen: readonly Condition[], { forMs }: RuleSet['bake']): boolean {
  const context = { forMs, historyMs: forMs, like: [{ kind: 'before' }] } as const;
  return failWhen.some(({ analyzer, params, damping }) => {
    try {
      return (analyzers.get(analyzer)?.bind(params, { ...context, damping }).needs.historyMs ?? 0) > 0;
    } catch {
      return false;
    }
  });
}

function readBare(cursor: Cursor, word: string, context: ConditionContext): Condition | null {
  const condition = bareConditions.find(({ name }) => name === word);
  if (condition !== undefined) {
    reportWrongKind(cursor, condition, context);
    return { analyzer: condition.analyzer, params: condition.read(cursor, context), damping: defaultDamping(condition, context.bake) };
  }
  const isUnfinished = failWhenKeys.includes(word);
  const names = bareConditions.map(({ name }) => name);
  cursor.problem(
    isUnfinished ? `\`${word}\` says nothing by itself` : `${show(word)} is not a known condition`,
    isUnfinished ? known : didYouMean(word, names, 'bare words'),
  );
  return null;
}

function readEntry(cursor: Cursor, context: ConditionContext): Condition | null {
  if (!cursor.isMapOf(failWhenKeys)) return null;
  const damping = readDamping(cursor.at('for'), context.bake);
  const written = conditions.filter(({ fields }) => Object.keys(fields).some((key) => cursor.at(key).isPresent));
  const read = written.map((condition) => readCondition(cursor, condition, context));
  const [only] = read;
  if (read.length > 1) {
    const keys = cursor.keys.filter((key) => key !== 'for').join(', ');
    cursor.problem(`mixes ${keys}`, 'make them entries of their own; any one is enough to fail');
    return null;
  }
  const [condition] = written;
  if (only === undefined || condition === undefined) {
    if (cursor.keys.every((key) => failWhenKeys.includes(key))) cursor.problem('says nothing that could fail', known);
    return null;
  }
  return { ...only, damping: damping ?? defaultDamping(condition, context.bake) };
}

function readCondition(cursor: Cursor, condition: KnownCondition, context: ConditionContext): Omit<Condition, 'damping'> {
  const keys = Object.keys(condition.fields).filter((key) => cursor.at(key).isPresent);
  if (condition.damping === null && cursor.at('for').isPresent) {
    cursor.at('for').keyProblem(`does not apply to ${condition.name}, which weighs all readings together`, 'leave `for` out');
  }
  const [key = ''] = keys;
  reportWrongKind(cursor.at(key), condition, context);
  const { map, analyzer } = condition;
  if (map === undefined) return { analyzer, params: condition.read(cursor, context) };
  return { analyzer, params: cursor.at(key).isMapOf(Object.keys(map)) ? condition.read(cursor.at(key), context) : {} };
}

/** Reports a condition that does not judge what the check asks for. */
function reportWrongKind(cursor: Cursor, { name, kinds }: KnownCondition, { kind }: ConditionContext): void {
  if (kind === null || kinds.includes(kind)) return;
  const [only] = kinds.length === 1 ? kinds : [];
  const message = only === undefined ? `is not for a ${kind} check` : `is for a ${only} check, and this one asks for a ${kind}`;
  const hint = `write one of: ${listConditions(kind)}`;
  if (cursor.value === name) cursor.problem(`\`${name}\` ${message}`, hint);
  else cursor.keyProblem(message, hint);
}

function defaultDamping({ damping }: KnownCondition, bake: RuleSet['bake']): Condition['damping'] {
  return damping?.(Math.floor(bake.forMs / bake.everyMs)) ?? { k: 1, n: 1 };
}

function readDamping(cursor: Cursor, bake: RuleSet['bake']): Condition['damping'] | undefined {
  const damping = cursor.take(Damping.optional());
  if (damping && damping.n * bake.everyMs > bake.forMs) {
    const duration = `${damping.n} readings every ${formatDuration(bake.everyMs)} take ${formatDuration(damping.n * bake.everyMs)}`;
    cursor.problem(`${duration}, longer than the bake of ${formatDuration(bake.forMs)}`);
  }
  return damping;
}
