import { z } from 'zod';
import { Amount, CompareTo, duration } from './values.ts';

/** Which way is worse. */
export const Way = z.enum(['up', 'down', 'both']);

const direction = Way.optional().describe('Which way is worse. Default: the `direction` of the check.');
const slowerThan = duration({ min: '1ms', max: '1h' })
  .optional()
  .describe('For latency: what counts as slow. Default: the lowest bucket bound that at most a tenth of the past exceeded.');

export const Regression = z.strictObject({
  tolerance: Amount.optional().describe(
    'How much worse than its own past it may be at least; `50%` means 1.5 times. More is tolerated where the past itself varies more. Default: 25%.',
  ),
  direction,
});

export const Drop = z.strictObject({
  tolerance: Amount.optional().describe(
    'How much less than before it may be at least; `10%` means 0.9 times. Default: as for `regression`.',
  ),
});

export const Anomaly = z.strictObject({
  sensitivity: z
    .number()
    .min(1)
    .max(100)
    .optional()
    .describe('How many robust standard deviations off a reading may be; less finds more, and cries wolf more often. Default: 5.'),
  direction,
  slower_than: slowerThan,
});

export const MannWhitney = z.strictObject({
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
  allowed_increase: z
    .number()
    .min(0)
    .max(1e6)
    .optional()
    .describe('Higher is bad only from this effect size on. Default: 1, for `cles` 0.5.'),
  allowed_decrease: z
    .number()
    .min(0)
    .max(1e6)
    .optional()
    .describe('Lower is bad only from this effect size down. Default: 1, for `cles` 0.5.'),
  nan_strategy: z
    .enum(['remove', 'replace'])
    .optional()
    .describe('What a tick without a number means: nothing (`remove`), or zero (`replace`; for rate and value). Default: `remove`.'),
  direction,
  slower_than: slowerThan,
});

/** Conditions that may stand as a bare word: their defaults are meant. */
export const BareCondition = z.enum(['regression', 'drop', 'anomaly', 'mann_whitney']);
