import { z } from 'zod';
import { parseDuration } from './duration.ts';
import { nameProblem } from './name-pattern.ts';
import { Secret } from './secret.ts';

/** A duration as people write it (`15s`, `1h30m`, `7d`). Parses to milliseconds. */
export const Duration = z.string({ error: missingUnit }).transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  context.addIssue({
    code: 'custom',
    message: `"${text.slice(0, 60)}" is not a duration; write a number and a unit, such as 30s, 15m, 1h30m or 7d`,
  });
  return z.NEVER;
});

function missingUnit({ input }: { readonly input?: unknown }): string | undefined {
  return typeof input === 'number' ? `${input} is not a duration; add a unit, such as ${input}s or ${input}m` : undefined;
}

/** A text that must never be printed. The config loader has already replaced `${ENV}` and `file:` references by their values. */
export const SecretText = z
  .string()
  .min(1)
  .transform((text) => new Secret(text));

/** A name that may reach a command, a query or a URL. */
export const Name = z.string().superRefine((text, context) => {
  const problem = nameProblem(text);
  if (problem) context.addIssue({ code: 'custom', message: `"${text.slice(0, 60)}" ${problem}` });
});
