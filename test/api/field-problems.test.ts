import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldProblems } from '../../src/api/errors.ts';

const Body = z.strictObject({ version: z.string(), topic: z.enum(['passed', 'failed']), id: z.uuid(), why: z.string().max(3) });

test('what is wrong with a call is said in words', () => {
  const { error } = Body.safeParse({ topic: 'pased', id: 'nosuch', why: 'because', wy: 1 });
  expect(fieldProblems(error as z.core.$ZodError, 'json', Object.keys(Body.shape))).toEqual([
    { path: 'body.version', message: 'is required' },
    { path: 'body.topic', message: 'must be one of passed, failed' },
    { path: 'body.id', message: 'must be the id of a deploy, such as `bakewatch status --json` shows' },
    { path: 'body.why', message: 'Too big: expected string to have <=3 characters' },
    { path: 'body', message: 'there is no field "wy" (did you mean `why`? known: version, topic, id, why)' },
  ]);
});
