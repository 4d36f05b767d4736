import { z } from 'zod';
import { clopperPearson } from '../src/core/base/clopper-pearson.ts';
import { formatDuration } from '../src/core/base/duration.ts';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { type ConditionContext, eachReading, type RuleCursor } from '../src/core/judge/condition-rule.ts';
import type { Damping } from '../src/core/judge/damping.ts';
import { explain } from '../src/core/judge/explanation.ts';
import { constantFold, type Fold, foldOf } from '../src/core/judge/fold.ts';
import { readBound, readShare } from '../src/core/judge/read-amount.ts';
import { boundFor, type Reading } from '../src/core/judge/readings.ts';
import { Amount, duration } from '../src/core/rules/written-values.ts';
import { inUnitOfBounds } from '../src/core/series/check-unit.ts';
import { formatValue } from '../src/core/series/format-value.ts';
import { defineAnalyzer } from './define.ts';
import { judgeReadings } from './judge-readings.ts';
import { higher, loosenWritten, lower, maxShare, multiples } from './loosen.ts';
import { amountOf, formOf } from './words.ts';

const Bounds = z
  .strictObject({ above: z.number().optional(), below: z.number().optional() })
  .refine(({ above, below }) => above !== undefined || below !== undefined, { message: 'needs above or below' });
const Slow = z.strictObject({ slower_than: z.number().positive(), for_more_than: z.number().min(0).max(1) });

const boundFields = {
  above: Amount.optional().describe('Fails above this: a share or percentage for a ratio, a number otherwise.'),
  below: Amount.optional().describe('Fails below this: a share or percentage for a ratio, a number otherwise.'),
};
const slowFields = {
  slower_than: duration({ min: '1ms', max: '1h' }).optional().describe('For latency, with `for_more_than`: what counts as slow.'),
  for_more_than: Amount.optional().describe('For latency, with `slower_than`: fails when more than this share of requests is slow.'),
};

/** A fixed limit set by the owner: the measured value stays within fixed bounds, whatever the past was like. */
export const threshold = defineAnalyzer({
  type: 'threshold',
  summary: 'Each reading stays within fixed bounds.',
  kinds: ['ratio', 'rate', 'latency', 'value'],
  params: z.union([Bounds, Slow]),
  example: { above: 0.1 },
  conditions: [
    {
      name: 'above, below',
      fields: boundFields,
      isBare: false,
      kinds: ['ratio', 'rate', 'value'],
      damping: eachReading,
      read: readBounds,
    },
    {
      name: 'slower_than with for_more_than',
      fields: slowFields,
      isBare: false,
      kinds: ['latency'],
      damping: eachReading,
      read: readSlow,
    },
  ],
  loosen: (params, kind) => {
    const max = kind === 'ratio' ? maxShare : Number.POSITIVE_INFINITY;
    return (
      loosenWritten(params, 'for_more_than', { looser: multiples, max: maxShare }) ??
      loosenWritten(params, 'above', { looser: higher, max }) ??
      loosenWritten(params, 'below', { looser: lower, max })
    );
  },
  needs: () => ({ control: false, historyMs: 0 }),
  start: (input, params, { damping }) =>
    'slower_than' in params ? judgeSlow(input, params, damping) : judgeBounds(input, params, damping),
});

function judgeBounds(input: AnalyzerInput, { above, below }: z.output<typeof Bounds>, damping: Damping): Fold {
  const { kind } = input.bake.shape;
  if (kind === 'latency')
    return constantFold({ outcome: 'inconclusive', ...explain('a latency check needs slower_than and for_more_than') });
  const direction = below === undefined ? 'up' : above === undefined ? 'down' : input.direction;
  const form = formOf({ ...input, direction });
  // A share is not allowed to be larger, unless the rule says otherwise.
  const most = form.kind === 'ratio' ? '' : 'at most ';
  const allowed = (limit: number, isUpper: boolean) => `${isUpper ? most : 'at least '}${amountOf(form, limit)}`;
  const range =
    above !== undefined && below !== undefined
      ? `${amountOf(form, below)} to ${amountOf(form, above)}`
      : allowed(above ?? below ?? 0, above !== undefined);
  const limitOf = ({ value }: { readonly value: number }) =>
    above !== undefined && (value > above || below === undefined) ? above : (below ?? above ?? 0);
  const isBreach = ({ value }: { readonly value: number }) =>
    (above !== undefined && value > above) || (below !== undefined && value < below);
  return foldOf(
    judgeReadings(input, {
      damping,
      form,
      isBreach,
      limitOf,
      compared: (reading) => ({
        ending: `, allowed ${isBreach(reading) ? allowed(limitOf(reading), limitOf(reading) === above) : range}`,
        because: `the limit is ${amountOf(form, limitOf(reading))}`,
        breach: limitOf(reading) === above ? 'exceeded' : 'not reached',
        passing: 'within the limit',
      }),
      rulesOutHarm: (all) => kind !== 'ratio' || isShareWithin(all, { above, below }),
    }),
  );
}

function judgeSlow(input: AnalyzerInput, { slower_than, for_more_than }: z.output<typeof Slow>, damping: Damping): Fold {
  const { shape } = input.bake;
  const slowerThan = inUnitOfBounds(slower_than, input.unit);
  const bound = shape.kind === 'latency' ? boundFor(shape.le, slowerThan) : null;
  if (shape.kind === 'latency' && shape.le.length > 0 && bound === null) {
    const why = 'the histogram cannot show what is slower: add a bucket there';
    return constantFold({ outcome: 'inconclusive', ...explain(`no bucket bound at or above ${formatDuration(slower_than)}`, why) });
  }
  const form = formOf(input, bound ?? slowerThan);
  const isRaised = bound !== null && bound > slowerThan * 1.000001;
  const limit = formatValue('share', for_more_than);
  return foldOf(
    judgeReadings(input, {
      damping,
      slowerThan,
      form,
      isBreach: ({ value }) => value > for_more_than,
      limitOf: () => for_more_than,
      compared: () => ({ ending: `, allowed ${limit}`, because: `the limit is ${limit}`, passing: 'within the limit' }),
      notes: isRaised ? [`the histogram has no bound at ${formatDuration(slower_than)}: the next one above is used`] : [],
      rulesOutHarm: (all) => isShareWithin(all, { above: for_more_than }),
    }),
  );
}

/** How often the limits of a share may be wrong, on each side. */
const delta = 0.05;

/** Whether the share of all readings together lies within the bounds, with 95 % confidence. A limit of 0 can never be ruled out by counting. */
function isShareWithin({ value, size }: Reading, { above, below }: z.output<typeof Bounds>): boolean {
  const [low, high] = clopperPearson(value * size, size, delta);
  return (above === undefined || high < above) && (below === undefined || low > below);
}

function readBounds(cursor: RuleCursor, { kind, ways }: ConditionContext): { readonly above?: number; readonly below?: number } {
  const params: { above?: number; below?: number } = {};
  for (const side of ['above', 'below'] as const) {
    const at = cursor.at(side);
    if (!at.isPresent) continue;
    ways.add(side === 'above' ? 'up' : 'down');
    const amount = at.take(boundFields[side]);
    const bound = amount === undefined || kind === null || kind === 'latency' ? null : readBound(at, amount, { kind, side });
    if (bound !== null) params[side] = bound;
  }
  if (params.above !== undefined && params.below !== undefined && params.above <= params.below) {
    cursor.at('above').problem('every value is above the one bound or below the other', '`above` must be greater than `below`');
  }
  return params;
}

function readSlow(cursor: RuleCursor, { ways }: ConditionContext): { readonly slower_than?: number; readonly for_more_than?: number } {
  ways.add('up');
  const [slower, share] = [cursor.at('slower_than'), cursor.at('for_more_than')];
  if (!slower.isPresent) slower.problem('is required with for_more_than', 'such as slower_than: 500ms');
  if (!share.isPresent) share.problem('is required with slower_than', 'such as for_more_than: 5%');
  const slowerThan = slower.take(slowFields.slower_than);
  const amount = share.take(slowFields.for_more_than);
  const forMoreThan = amount === undefined ? null : readShare(share, amount);
  return { ...(slowerThan !== undefined && { slower_than: slowerThan }), ...(forMoreThan !== null && { for_more_than: forMoreThan }) };
}
