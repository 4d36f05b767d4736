import { EffectError } from '../core/base/errors.ts';

/** The first line that a `current` command printed. Throws `EffectError` `failed` if it is empty or too long for a fingerprint. */
export function firstLine(stdout: string): string {
  const line = stdout.trim().split('\n', 1)[0]?.trim() ?? '';
  if (line === '') throw new EffectError('failed', 'the `current` command printed nothing');
  if (line.length > 500)
    throw new EffectError('failed', `the \`current\` command printed a line of ${line.length} characters; the maximum is 500`);
  return line;
}
