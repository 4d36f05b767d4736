import { z } from '@hono/zod-openapi';
import { Duration } from '../core/base/option-schemas.ts';
import { Summary } from './deploy-schemas.ts';

const maxSinceMs = 366 * 86_400_000;

export const ServiceParam = z.object({
  service: z
    .string()
    .max(200)
    .openapi({ param: { name: 'service', in: 'path' }, example: 'shop' }),
});
export const ServiceQuery = z.strictObject({
  environment: z.string().max(200).optional(),
  since: z
    .string()
    .default('30d')
    .pipe(Duration)
    .refine((ms) => ms > 0 && ms <= maxSinceMs, { message: 'more than 0s, and at most 366d' })
    .openapi({ type: 'string', example: '30d', description: 'how far back from now' }),
});

const instant = z.iso.datetime();
const Took = z.object({ n: z.number(), median_ms: z.number(), p90_ms: z.number() }).nullable();

const Dora = z
  .object({
    from: instant,
    to: instant,
    deploys: z.object({ count: z.number(), per_day: z.number() }),
    change_failure: z.object({
      failed: z.number(),
      of: z.number(),
      rate: z.number().nullable(),
      interval_95: z.object({ low: z.number(), high: z.number() }).nullable(),
      not_counted: z.object({
        open: z.number(),
        inconclusive: z.number(),
        canceled: z.number(),
        superseded: z.number(),
        rollbacks: z.number(),
        adopted: z.number(),
        false_alarm: z.number(),
        elsewhere: z.number(),
      }),
    }),
    restore: z.object({ took: Took, open: z.number() }),
    lead_time: Took,
  })
  .openapi('Dora');

const KnownGood = z.object({
  version: z.string(),
  commit: z.string().nullable(),
  unverified: z.boolean().openapi({ description: 'no release is verified; the bake of this one ended with nothing seen against it' }),
  url: z.string(),
});
const Place = z.object({ environment: z.string(), recent: z.array(Summary), known_good: KnownGood.nullable(), dora: Dora });
export const ServiceKeys = z.object({ service: z.string(), environments: z.array(Place) }).openapi('Service');
