import { z } from 'zod';
import type { Json } from '../src/core/base/json.ts';
import type { ConditionContext, RuleCursor } from '../src/core/judge/condition-rule.ts';
import { Amount } from '../src/core/rules/written-values.ts';
import { defineAnalyzer } from './define.ts';
import { loosenFrom, maxShare, tolerances } from './loosen.ts';
import { directionField, readDirection, readTolerance } from './read-fields.ts';
import { calibrate } from './regression/calibrate.ts';
import { Calibration } from './regression/calibration.ts';
import { judgeCalibrated } from './regression/judge.ts';

const Regression = z.strictObject({
  tolerance: z.number().min(0).optional(),
  direction: z.enum(['up', 'down', 'both']).optional(),
});

const regressionFields = {
  tolerance: Amount.optional().describe(
    'How much worse than its own past it may be at least; `50%` means 1.5 times. More is tolerated where the past itself varies more. Default: 25%.',
  ),
  direction: directionField,
};
const dropFields = {
  tolerance: Amount.optional().describe(
    'How much less than before it may be at least; `10%` means 0.9 times. Default: as for `regression`.',
  ),
};

/** How much history is useful: a fortnight holds each weekday twice; more is never read than the rules allow. */
const maxHistoryMs = 14 * 86_400_000;

/**
 * Compares the bake with the metric's own healthy past (or with the old release at the same time) and fails on evidence: anytime-valid for counts,
 * calibrated on pseudo deploys for everything. Looking often costs nothing, and the tolerance is never below what healthy stretches of the same
 * metric needed.
 */
export const regression = defineAnalyzer({
  type: 'regression',
  summary: 'Fails on statistical evidence that it is worse than its own past (or the control), however often it is looked at.',
  kinds: ['ratio', 'rate', 'latency', 'value'],
  params: Regression,
  example: { tolerance: 0.5 },
  conditions: [
    {
      name: 'regression',
      fields: {
        regression: z
          .strictObject(regressionFields)
          .optional()
          .describe('Fails on statistical evidence that it is worse than its own past (or the control), however often it is looked at.'),
      },
      map: regressionFields,
      isBare: true,
      damping: null,
      read: readRegression,
    },
    {
      name: 'drop',
      fields: {
        drop: z.strictObject(dropFields).optional().describe('The same, where less is worse: for orders, logins and other business rates.'),
      },
      map: dropFields,
      isBare: true,
      damping: null,
      read: (cursor, { ways }) => {
        ways.add('down');
        return { ...readTolerance(cursor, dropFields.tolerance, 1), direction: 'down' };
      },
    },
  ],
  loosen: (params) =>
    loosenFrom(params, 'tolerance', { list: tolerances, max: params.direction === 'down' ? maxShare : Number.POSITIVE_INFINITY }),
  needs: (_params, context) => ({ control: true, historyMs: Math.min(maxHistoryMs, Math.max(context.historyMs, context.forMs)) }),
  calibrate: (input, params) => calibrate(input, params),
  readCalibration: (stored) => Calibration.safeParse(stored).data ?? null,
  start(input, params) {
    const { bake, control, calibration, minSamples, ...rest } = input;
    return judgeCalibrated(input, params, learnedOf(calibration) ?? calibrate({ ...rest, stepMs: bake.stepMs }, params));
  },
});

function readRegression(cursor: RuleCursor, context: ConditionContext): Readonly<Record<string, unknown>> {
  const direction = readDirection(cursor, context);
  return { ...readTolerance(cursor, regressionFields.tolerance, direction.direction === 'down' ? 1 : 10), ...direction };
}

function learnedOf(calibration: Json | null | undefined): Calibration | null {
  // What is handed in came from `calibrate` or `readCalibration`.
  return (calibration ?? null) as Calibration | null;
}
