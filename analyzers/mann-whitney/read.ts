import { z } from 'zod';
import { formatDuration } from '../../src/core/base/duration.ts';
import type { ConditionContext, RuleCursor } from '../../src/core/judge/condition-rule.ts';
import { readShare } from '../../src/core/judge/read-amount.ts';
import { Amount, CompareTo, duration } from '../../src/core/rules/written-values.ts';
import { directionField, readDirection, readField, readSlowerThan, requireControl, slowerThanField } from '../read-fields.ts';

const effectLimit = z.number().min(0).max(1e6).optional();

/** The keys of `mann_whitney`. */
export const mannWhitneyFields = {
  to: CompareTo.optional().describe(
    'What is compared with: `control`, `before`, `1d` … Default: the control where there is one, else `before`.',
  ),
  tolerance: Amount.optional().describe('How far from zero the shift must surely be, as a share of the estimated shift. Default: 25%.'),
  confidence: Amount.optional().describe('How sure the test must be, each time it looks: 50% to 99.99%. Default: 98%.'),
  interval: duration({ min: '1s', max: '7d' })
    .optional()
    .describe(
      'How often everything so far is judged. Every look is one more chance of a false alarm. Default: once, at the end of the bake.',
    ),
  effect_size: z
    .enum(['mean_ratio', 'cles'])
    .optional()
    .describe(
      'What `allowed_increase` and `allowed_decrease` limit: the ratio of the means, or how likely a reading of the new release is the larger one of a pair. Default: `mean_ratio`.',
    ),
  allowed_increase: effectLimit.describe('Higher is bad only from this effect size on. Default: 1, for `cles` 0.5.'),
  allowed_decrease: effectLimit.describe('Lower is bad only from this effect size down. Default: 1, for `cles` 0.5.'),
  nan_strategy: z
    .enum(['remove', 'replace'])
    .optional()
    .describe('What a tick without a number means: nothing (`remove`), or zero (`replace`; for rate and value). Default: `remove`.'),
  direction: directionField,
  slower_than: slowerThanField,
};

/** Reads `mann_whitney`. */
export function readMannWhitney(cursor: RuleCursor, context: ConditionContext): Readonly<Record<string, unknown>> {
  const to = cursor.at('to').take(mannWhitneyFields.to);
  requireControl(cursor.at('to'), to, context);
  return {
    ...(to !== undefined && { to }),
    ...readShareOf(cursor, 'tolerance'),
    ...readConfidence(cursor),
    ...readInterval(cursor, context),
    ...readEffect(cursor),
    ...readMissing(cursor, context),
    ...readDirection(cursor, context),
    ...readSlowerThan(cursor, context),
  };
}

function readShareOf(cursor: RuleCursor, name: 'tolerance' | 'confidence'): { readonly [key: string]: number } {
  const amount = cursor.at(name).take(mannWhitneyFields[name]);
  const share = amount === undefined ? null : readShare(cursor.at(name), amount, 1);
  return share === null ? {} : { [name]: share };
}

function readConfidence(cursor: RuleCursor): { readonly confidence?: number } {
  const { confidence } = readShareOf(cursor, 'confidence');
  if (confidence === undefined) return {};
  if (confidence >= 0.5 && confidence <= 0.9999) return { confidence };
  cursor.at('confidence').problem('no test can be that sure, or that unsure', 'write 50% to 99.99%');
  return {};
}

function readInterval(cursor: RuleCursor, { bake }: ConditionContext): { readonly interval?: number } {
  const interval = cursor.at('interval').take(mannWhitneyFields.interval);
  if (interval === undefined) return {};
  const wrong =
    interval < bake.everyMs
      ? `shorter than one tick of ${formatDuration(bake.everyMs)}`
      : `longer than the bake of ${formatDuration(bake.forMs)}`;
  if (interval < bake.everyMs || interval > bake.forMs) cursor.at('interval').problem(`${formatDuration(interval)} is ${wrong}`);
  return { interval };
}

function readEffect(cursor: RuleCursor): Readonly<Record<string, unknown>> {
  const effect = readField(cursor, 'effect_size', mannWhitneyFields.effect_size);
  const limits = {
    ...readField(cursor, 'allowed_increase', mannWhitneyFields.allowed_increase),
    ...readField(cursor, 'allowed_decrease', mannWhitneyFields.allowed_decrease),
  };
  for (const [name, limit] of Object.entries(limits)) {
    if (effect.effect_size === 'cles' && Number(limit) > 1) cursor.at(name).problem(`${Number(limit)} is no probability`, 'write 0 to 1');
  }
  return { ...effect, ...limits };
}

function readMissing(cursor: RuleCursor, { kind }: ConditionContext): Readonly<Record<string, unknown>> {
  const strategy = readField(cursor, 'nan_strategy', mannWhitneyFields.nan_strategy);
  if (strategy.nan_strategy === 'replace' && (kind === 'ratio' || kind === 'latency')) {
    const hint = 'leave it out: ticks without requests are left out';
    cursor.at('nan_strategy').problem('a share of no requests is not zero', hint);
  }
  return strategy;
}
