import { z } from 'zod';
import { Amount, duration } from '../core/rules/written-values.ts';
import { Ratio } from './ratio-file.ts';

/** `slo` of a check as people write it. */
export const SloSection = z
  .strictObject({
    objective: Amount.describe('The share of events that must be good, such as `99.9%`.'),
    window: duration({ min: '1d', max: '90d' })
      .optional()
      .describe(
        'The time over which the objective must hold. It sizes the budget that the words are about, and changes no limit. Default: 30d.',
      ),
    ratio: Ratio.describe('The bad events and all events.'),
  })
  .describe(
    'An objective of the service: the check fails when its error budget burns more than 14.4 times too fast over 1h and 5m, or 6 times over 6h and 30m, and did not before the deploy.',
  );
