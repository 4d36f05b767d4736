import { EffectError } from '../core/errors.ts';

/** How much of a command's output is kept with an attempt. */
export const maxOutputBytes = 32_768;

/** The first line that a `current` command printed. Throws `EffectError` `failed` where there is none, or none that can be a fingerprint. */
export function firstLine(stdout: string): string {
  const line = stdout.trim().split('\n', 1)[0]?.trim() ?? '';
  if (line === '') throw new EffectError('failed', 'the `current` command printed nothing');
  if (line.length > 500)
    throw new EffectError('failed', `the \`current\` command printed a line of ${line.length} characters, at most 500 can be kept`);
  return line;
}

/** The last line of an output as the end of a message, with a colon before it; empty where nothing was printed. */
export function lastWords(output: string): string {
  const line = output.trim().split('\n').at(-1)?.trim() ?? '';
  if (line === '') return '';
  return `: ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`;
}
