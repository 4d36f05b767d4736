import { z } from 'zod';
import type { AnalyzerInput, VerdictByTick } from '../src/core/judge/analyzer.ts';
import { lengthOf } from '../src/core/series/ticks.ts';
import { defineAnalyzer } from './define.ts';
import { calibrate, type RegressionParams } from './regression/calibrate.ts';
import { Calibration } from './regression/calibration.ts';
import { judgeCalibrated } from './regression/judge.ts';

const Regression = z.strictObject({
  tolerance: z.number().min(0).optional(),
  direction: z.enum(['up', 'down', 'both']).optional(),
});

/** How much history is worth having: a fortnight holds each weekday twice; more is never asked for than the rules allow. */
const historyMs = 14 * 86_400_000;

/**
 * Compares the bake with the metric's own healthy past (or the old release beside it) and fails on evidence: anytime-valid for counts, calibrated on
 * pseudo deploys for everything. Looking often costs nothing, and the tolerance is never below what healthy stretches of the same metric needed.
 */
export const regression = defineAnalyzer({
  type: 'regression',
  summary: 'Fails on statistical evidence that it is worse than its own past (or the control), however often it is looked at.',
  kinds: ['ratio', 'rate', 'latency', 'value'],
  params: Regression,
  example: { tolerance: 0.5 },
  needs: (_params, context) => ({ control: true, historyMs: Math.min(historyMs, Math.max(context.historyMs, context.forMs)) }),
  calibrate: (input, params) => calibrate(input, params),
  analyze: (input, params) => follow(input, params)(lengthOf(input.bake.ticks)),
  follow,
});

function follow(input: AnalyzerInput, params: RegressionParams): VerdictByTick {
  const { bake, control, calibration, minSamples, ...rest } = input;
  const frozen = Calibration.safeParse(calibration);
  const learned = frozen.success ? frozen.data : calibrate({ ...rest, stepMs: bake.stepMs }, params);
  return judgeCalibrated(input, params, learned);
}
