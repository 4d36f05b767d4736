import { z } from '@hono/zod-openapi';

const instant = z.iso.datetime();

/** One attempt of a hook. */
export const AttemptAnswer = z.object({
  order: z.string(),
  number: z.number(),
  started_at: instant,
  ended_at: instant.nullable(),
  outcome: z.string().nullable().openapi({ description: 'null: under way, or its end was never recorded' }),
  may_run_until: instant.nullable().openapi({ description: 'until when it may be running; null: it has ended, or that is not known' }),
  output: z.string().openapi({ description: 'the output of the hook so far, without secrets' }),
});
