import { z } from 'zod';

/** When a shift between two samples counts. The names are Kayenta's, as far as it has them. */
export const Comparison = z.strictObject({
  /** The minimum shift, as a share of the estimated shift: how far from zero the interval must lie. */
  tolerance: z.number().min(0).max(1).default(0.25),
  confidence: z.number().min(0.5).max(0.9999).default(0.98),
  effect_size: z.enum(['mean_ratio', 'cles']).default('mean_ratio'),
  allowed_increase: z.number().min(0).optional(),
  allowed_decrease: z.number().min(0).optional(),
  direction: z.enum(['up', 'down', 'both']).optional(),
});
export type Comparison = z.output<typeof Comparison>;
