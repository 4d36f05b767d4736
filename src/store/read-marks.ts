import { z } from 'zod';
import { markKinds, type VerdictMark } from '../core/bake/verdict-mark.ts';
import { read } from './read.ts';

const StoredMarks = z.array(z.object({ kind: z.enum(markKinds), by: z.string(), why: z.string(), at: z.number() }));

/** The marks of one deploy, as the database joins them to it. */
export function readMarks(value: unknown): readonly VerdictMark[] {
  return read(StoredMarks, value, 'marks');
}
