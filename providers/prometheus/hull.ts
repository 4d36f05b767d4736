import { type CheckableCondition, escapeRegex, formatCondition, toCondition } from './conditions.ts';
import { isTargetLabel, namesTargets } from './instances.ts';
import { remembered } from './remembered.ts';
import { formatMatcher, type Matcher, type Selector } from './selector.ts';

/** The samples that are read: from just after `after` to `to`. */
export type SampleSpan = { readonly after: number; readonly to: number };

/** A selector whose conditions can all be checked here. */
export type CheckableSelector = {
  readonly selector: Selector;
  readonly conditions: readonly CheckableCondition[];
  /** Equal for selectors that select the same. */
  readonly key: string;
  /**
   * What selectors must have in common to be joined by `hullOf`: the metric, the labels, and word for word each condition that excludes values or is not
   * the only one on its label.
   */
  readonly signature: string;
};

/** A selection of raw samples. */
export type SampleSelection = CheckableSelector & {
  readonly span: SampleSpan;
  /** The bounds that are asked of a native histogram; missing: only its count is. */
  readonly bounds?: readonly number[] | undefined;
};

/** One selection, and those that it contains. Equal roots have equal keys. */
export type SelectionTree = { readonly key: string; readonly root: SampleSelection; readonly members: readonly SampleSelection[] };

/** A text longer than this is refused by some servers (VictoriaMetrics: 16,384 bytes). */
export const maxHullLength = 8_000;

// Most selectors share their conditions with others: ten thousand bakes have as many services, and few codes.
const conditionOf = remembered((_, matcher: Matcher) => toCondition(matcher));
const sameText = remembered((text) => text);

/**
 * Makes the conditions of a selector checkable. `null`: one of them can only be checked by the server, or the selector excludes targets and names none, so
 * that all others are its targets.
 */
export function toCheckable(selector: Selector): CheckableSelector | null {
  const excludesTargets = selector.matchers.some(({ label }) => label === 'job' || label === 'instance');
  if (excludesTargets && !namesTargets(selector)) return null;
  const conditions = selector.matchers.map((matcher) => conditionOf(formatMatcher(matcher), matcher));
  const known = conditions.filter((condition) => condition !== null);
  if (known.length < conditions.length) return null;
  return { selector, conditions: known, key: keyOf(selector.metric, known), signature: signatureOf(selector.metric, known) };
}

/**
 * Puts each selection below one that contains it: `errors{a="x",code="500"}` below `errors{a="x"}`. The ones below have no further condition on the labels
 * of a target, so that their instances are among those of the root.
 */
export function toTrees(selections: readonly SampleSelection[]): readonly SelectionTree[] {
  const byKey = Map.groupBy(selections, (selection) => selection.key);
  const below = Map.groupBy(byKey, ([key, [first]]) => widest(first, byKey) ?? key);
  return [...below].flatMap(([key, lists]) => {
    const root = byKey.get(key)?.[0];
    return root ? [{ key, root, members: lists.flatMap(([, same]) => same) }] : [];
  });
}

/** More conditions have too many combinations to look all of them up. */
const maxConditions = 6;

/** The key of the widest selection that contains this one. */
function widest(selection: SampleSelection | undefined, known: ReadonlyMap<string, unknown>): string | null {
  if (selection === undefined || selection.conditions.length > maxConditions) return null;
  const { metric } = selection.selector;
  const kept = selection.conditions.filter(({ label }) => isTargetLabel(label));
  const rest = selection.conditions.filter(({ label }) => !isTargetLabel(label));
  const subsets = Array.from({ length: 2 ** rest.length - 1 }, (_, bits) => rest.filter((_, i) => bits & (1 << i)));
  subsets.sort((a, b) => a.length - b.length);
  for (const subset of subsets) {
    const key = keyOf(metric, [...kept, ...subset]);
    if (known.has(key)) return key;
  }
  return null;
}

function keyOf(metric: string, conditions: readonly CheckableCondition[]): string {
  return [metric, ...new Set(conditions.map(({ key }) => key).sort())].join('\n');
}

function signatureOf(metric: string, conditions: readonly CheckableCondition[]): string {
  const parts = conditions.map((condition) => (isVariable(condition, conditions) ? `${condition.label}=?` : condition.key));
  return sameText([metric, ...parts.sort()].join('\n'));
}

function isVariable({ label, op }: CheckableCondition, conditions: readonly CheckableCondition[]): boolean {
  return (op === '=' || op === '=~') && conditions.filter((other) => other.label === label).length === 1;
}

/** The conditions of one selector that matches everything that any of the selections matches. They have one signature. */
export function hullOf(selections: readonly SampleSelection[]): readonly CheckableCondition[] {
  const [first] = selections;
  if (first === undefined) return [];
  return first.conditions.map((condition) => {
    if (!isVariable(condition, first.conditions)) return condition;
    const variants = new Map<string, CheckableCondition>();
    for (const { conditions } of selections) for (const one of conditions) if (one.label === condition.label) variants.set(one.key, one);
    return oneOf(condition, [...variants.values()]);
  });
}

function oneOf(first: CheckableCondition, variants: readonly CheckableCondition[]): CheckableCondition {
  if (variants.length === 1) return first;
  const { label } = first;
  const texts = variants.map(({ op, value }) => (op === '=' ? escapeRegex(value) : `(?:${value})`)).sort();
  const union = { label, op: '=~', value: texts.join('|') } as const;
  return { ...union, key: formatCondition(union), test: anyOf(variants) };
}

function anyOf(variants: readonly CheckableCondition[]): CheckableCondition['test'] {
  const exact = new Set(variants.filter(({ op }) => op === '=').map(({ value }) => value));
  const patterns = variants.filter(({ op }) => op === '=~');
  return (value) => {
    if (exact.has(value)) return true;
    const results = patterns.map(({ test }) => test(value));
    return results.includes(true) || (results.includes(null) ? null : false);
  };
}

/** Whether labels fulfill all conditions. `null`: only the server can tell. */
export function matchesAll(conditions: readonly CheckableCondition[], labels: Readonly<Record<string, string>>): boolean | null {
  let isSure = true;
  for (const { label, test } of conditions) {
    const result = test(labels[label] ?? '');
    if (result === false) return false;
    if (result === null) isSure = false;
  }
  return isSure || null;
}
