import { z } from 'zod';
import { analyzers } from '../../analyzers/index.ts';
import type { ConditionRule } from '../core/judge/condition-rule.ts';
import { Damping } from '../core/rules/written-values.ts';
import type { TicksKind } from '../core/series/ticks.ts';

/** One condition that rules may name, and the analyzer that judges it. */
export type KnownCondition = ConditionRule & { readonly analyzer: string };

/** Every condition of every analyzer, in the order of the index. */
export const conditions: readonly KnownCondition[] = [...analyzers.values()].flatMap(({ type, conditions: own }) =>
  own.map((condition) => ({ ...condition, analyzer: type })),
);

/** The conditions that may stand as a bare word. */
export const bareConditions = conditions.filter(({ isBare }) => isBare);

/** "above, below, slower_than with for_more_than, …": all conditions, or those that judge a kind of check. */
export function listConditions(kind?: TicksKind): string {
  return conditions
    .filter(({ kinds }) => kind === undefined || kinds.includes(kind))
    .map(({ name }) => name)
    .join(', ');
}

/** `` `anomaly` ``, or `` `regression`, `drop` and `mann_whitney` ``. */
export function quoted(names: readonly string[], last = 'and'): string {
  const words = names.map((name) => `\`${name}\``);
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}` : words.join('');
}

const [undamped, damped] = [conditions.filter(({ damping }) => damping === null), conditions.filter(({ damping }) => damping !== null)];

/** Flap damping of conditions that need several readings, unless the rule says otherwise. */
function longerDampings(): string {
  return damped
    .map(({ name, damping }) => ({ name, damping: damping?.(Number.MAX_SAFE_INTEGER) ?? { k: 1, n: 1 } }))
    .filter(({ damping }) => damping.n > 1)
    .map(({ name, damping }) => `, for \`${name}\` ${damping.k} of ${damping.n}`)
    .join('');
}

const fields = Object.fromEntries(conditions.flatMap((condition) => Object.entries(condition.fields)));

/** One entry of `fail_when` as a map: the keys of every condition, and the flap damping. */
export const FailWhen = z
  .strictObject({
    ...fields,
    for: Damping.optional().describe(
      `Flap damping: how many of the last readings must be bad, such as \`2 of 3\`. Default: 1 of 1${longerDampings()}. Not for ${quoted(undamped.map(({ name }) => name))}, which weigh all readings together.`,
    ),
  })
  .describe(`One reason to fail. One of: ${listConditions()}.`);

/** The keys of an entry of `fail_when`. */
export const failWhenKeys: readonly string[] = [...Object.keys(fields), 'for'];

/** A condition whose defaults are meant. */
export const BareCondition = z.enum(bareConditions.map(({ name }) => name));
