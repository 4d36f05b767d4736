import { z } from 'zod';

/** What a bake is compared with: the time before it, the same time some days ago, or the old release at the same time. */
export const ComparedTo = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('before') }),
  z.strictObject({ kind: z.literal('control') }),
  z.strictObject({ kind: z.literal('days_ago'), days: z.number().int().min(1).max(35) }),
]);
export type ComparedTo = z.output<typeof ComparedTo>;
