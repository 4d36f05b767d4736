import { z } from 'zod';
import { announcedTopics, type QueuedEffect, topics } from '../core/bake/effect.ts';
import { Reasons, read } from './read.ts';
import { StoredOrder, StoredShift } from './read-bake.ts';

/** The content of a notice, as it is stored. */
export const StoredNotice = z.object({ kind: z.literal('notify'), topic: z.enum(topics), at: z.number(), reasons: Reasons });

const StoredEffect = z.discriminatedUnion('kind', [
  z.object({ id: z.string(), bakeId: z.string(), kind: z.literal('roll_back'), order: StoredOrder }),
  z.object({ id: z.string(), bakeId: z.string(), kind: z.literal('shift'), place: z.string(), shift: StoredShift }),
  z.object({
    id: z.string(),
    bakeId: z.string(),
    kind: z.literal('remember_running'),
    moment: z.enum(['deployed', 'passed']).exactOptional(),
  }),
  z.object({
    id: z.string(),
    bakeId: z.string(),
    kind: z.literal('look_around'),
    after: z.enum(['failure', 'rollback']),
    at: z.number(),
    until: z.number(),
  }),
  z.object({ id: z.string(), bakeId: z.string(), kind: z.literal('notify'), notifier: z.string(), notice: StoredNotice }),
  z.object({
    id: z.string(),
    kind: z.literal('announce'),
    notifier: z.string(),
    topic: z.enum(announcedTopics),
    service: z.string().nullable(),
    at: z.number(),
    title: z.string(),
    reasons: Reasons,
    notBefore: z.number().exactOptional(),
  }),
  z.object({ id: z.string(), kind: z.literal('digest'), notifier: z.string(), at: z.number() }),
]);

/** The effect of a queued job's payload. */
export function readEffect(value: unknown): QueuedEffect {
  return read(StoredEffect, value, 'effect');
}
