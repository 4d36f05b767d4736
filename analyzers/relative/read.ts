import type { z } from 'zod';
import type { ConditionContext, RuleCursor } from '../../src/core/judge/condition-rule.ts';
import { readShare } from '../../src/core/judge/read-amount.ts';
import { Amount, CompareTo, duration } from '../../src/core/rules/written-values.ts';
import { readSlowerThan, requireControl } from '../read-fields.ts';

/** The keys of `relative`. */
export const relativeFields = {
  to: CompareTo.describe(
    'What is compared with: `before` (just before the deploy), `1d` or `7d` (the same time that many days ago) or `control`.',
  ),
  more_than: Amount.optional().describe('Fails when the reading is more than this share above the baseline; `50%` means over 1.5 times.'),
  less_than: Amount.optional().describe('Fails when the reading is more than this share below the baseline; `20%` means under 0.8 times.'),
  slower_than: duration({ min: '1ms', max: '1h' }).optional().describe('For latency: the share of requests slower than this is compared.'),
} satisfies Record<string, z.ZodType>;

/** Reads `relative`: what is compared with, and by how much a reading may differ. */
export function readRelative(cursor: RuleCursor, context: ConditionContext): Readonly<Record<string, unknown>> {
  const to = cursor.at('to').take(relativeFields.to);
  requireControl(cursor.at('to'), to, context);
  const [more, less] = [cursor.at('more_than'), cursor.at('less_than')];
  if (more.isPresent && less.isPresent) less.keyProblem('cannot stand beside more_than', 'make them two entries of `fail_when`');
  if (!more.isPresent && !less.isPresent) cursor.problem('needs more_than or less_than', 'such as more_than: 50%');
  if (more.isPresent) context.ways.add('up');
  if (less.isPresent) context.ways.add('down');
  const slower = cursor.at('slower_than');
  if (context.kind === 'latency' && !slower.isPresent)
    slower.problem('is required for a latency check', 'such as slower_than: 500ms: the share slower than that is compared');
  return {
    ...(to !== undefined && { to }),
    ...readLimit(more, 'more_than', 10),
    ...readLimit(less, 'less_than', 1),
    ...readSlowerThan(cursor, context, relativeFields.slower_than),
  };
}

function readLimit(at: RuleCursor, name: 'more_than' | 'less_than', max: number): Readonly<Record<string, number>> {
  const amount = at.take(relativeFields[name]);
  const share = amount === undefined ? null : readShare(at, amount, max);
  return share === null ? {} : { [name]: share };
}
