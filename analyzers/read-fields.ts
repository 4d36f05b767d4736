import { z } from 'zod';
import type { ConditionContext, RuleCursor } from '../src/core/judge/condition-rule.ts';
import { readShare } from '../src/core/judge/read-amount.ts';
import { type Amount, duration } from '../src/core/rules/written-values.ts';

/** Fields that several conditions share. */
export const Way = z.enum(['up', 'down', 'both']);
export const directionField = Way.optional().describe('Which way is worse. Default: the `direction` of the check.');
export const slowerThanField = duration({ min: '1ms', max: '1h' })
  .optional()
  .describe('For latency: what counts as slow. Default: the lowest bucket bound that at most a tenth of the past exceeded.');

/** Reads `direction`, and notes which ways it calls worse. */
export function readDirection(cursor: RuleCursor, { ways }: ConditionContext): { readonly direction?: 'up' | 'down' | 'both' } {
  const direction = cursor.at('direction').take(directionField);
  for (const way of ['up', 'down'] as const) if (direction === way || direction === 'both') ways.add(way);
  return direction === undefined ? {} : { direction };
}

/** Reads `slower_than`, which makes sense for a latency check only. */
export function readSlowerThan(cursor: RuleCursor, { kind }: ConditionContext, schema: z.ZodType<number | undefined> = slowerThanField) {
  const at = cursor.at('slower_than');
  if (kind !== null && kind !== 'latency' && at.isPresent) {
    at.keyProblem(`is for a latency check, and this one asks for a ${kind}`);
  }
  const value = at.take(schema);
  return value === undefined ? {} : { slower_than: value };
}

/** Reads `tolerance`, a share. `max`: the largest plain number that makes sense; 1 is the whole. */
export function readTolerance(cursor: RuleCursor, schema: z.ZodType<Amount | undefined>, max: number): { readonly tolerance?: number } {
  const at = cursor.at('tolerance');
  const amount = at.take(schema);
  const tolerance = amount === undefined ? null : readShare(at, amount, max);
  return tolerance === null ? {} : { tolerance };
}

/** Reads a field as it is written. */
export function readField<S extends z.ZodType>(cursor: RuleCursor, name: string, schema: S): { readonly [key: string]: z.output<S> } {
  const value = cursor.at(name).take(schema);
  return value === undefined ? {} : { [name]: value };
}

/** Reports a comparison with a control that does not exist. */
export function requireControl(at: RuleCursor, to: { readonly kind: string } | undefined, { hasControl }: ConditionContext): void {
  if (to?.kind !== 'control' || hasControl) return;
  at.problem('there is no control to compare with', 'add a `control:` section with `canary` and `stable` matchers');
}
