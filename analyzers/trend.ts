import { z } from 'zod';
import type { Json } from '../src/core/base/json.ts';
import { Amount } from '../src/core/rules/written-values.ts';
import { defineAnalyzer } from './define.ts';
import { loosenFrom, maxShare, tolerances } from './loosen.ts';
import { directionField, readDirection, readTolerance } from './read-fields.ts';
import { calibrateTrend, TrendCalibration } from './trend/calibrate.ts';
import { judgeTrend } from './trend/judge.ts';

const Trend = z.strictObject({
  tolerance: z.number().min(0).default(0.1),
  direction: z.enum(['up', 'down', 'both']).optional(),
});

const fields = {
  tolerance: Amount.optional().describe(
    'How much the fitted line may rise over the bake, as a share of its level. More is tolerated where healthy bakes of the past rose more. Default: 10%.',
  ),
  direction: directionField,
};

/** How much history is useful: a week holds every day of the week; more is never read than the rules allow. */
const maxHistoryMs = 7 * 86_400_000;

/**
 * Finds leaks: memory, queues and connections that grow all through the bake. Fails if a line through the bake certainly rises by more than is
 * tolerated, and by more than through any stretch of the metric's own past.
 */
export const trend = defineAnalyzer({
  type: 'trend',
  summary: 'A line through the bake does not rise by more than is tolerated, nor by more than in healthy stretches of the past.',
  kinds: ['rate', 'value'],
  params: Trend,
  example: { tolerance: 0.1 },
  conditions: [
    {
      name: 'trend',
      fields: {
        trend: z
          .strictObject(fields)
          .optional()
          .describe('Fails where it rises all through the bake, by more than is tolerated and more than it ever does by itself: a leak.'),
      },
      map: fields,
      isBare: true,
      damping: null,
      read: (cursor, context) => {
        const direction = readDirection(cursor, context);
        return { ...readTolerance(cursor, fields.tolerance, direction.direction === 'down' ? 1 : 10), ...direction };
      },
    },
  ],
  loosen: (params) =>
    loosenFrom(params, 'tolerance', { list: tolerances, max: params.direction === 'down' ? maxShare : Number.POSITIVE_INFINITY }),
  needs: (_params, { historyMs, forMs }) => ({ control: false, historyMs: Math.min(maxHistoryMs, Math.max(historyMs, forMs)) }),
  calibrate: (input) => calibrateTrend(input),
  readCalibration: (stored) => TrendCalibration.safeParse(stored).data ?? null,
  start(input, { tolerance, direction = input.direction }) {
    const { bake, control, calibration, minSamples, ...rest } = input;
    return judgeTrend(input, { tolerance, direction }, learnedOf(calibration) ?? calibrateTrend({ ...rest, stepMs: bake.stepMs }));
  },
});

function learnedOf(calibration: Json | null | undefined): TrendCalibration | null {
  // What is handed in came from `calibrate` or `readCalibration`.
  return (calibration ?? null) as TrendCalibration | null;
}
