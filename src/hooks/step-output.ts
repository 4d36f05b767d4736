import { EffectError } from '../core/base/errors.ts';
import type { OnOutput } from '../ports/hook.ts';

/** Makes a listener for each of several programs that run one after another: it reports the output of the earlier programs, too. */
export function createStepOutput(onOutput: OnOutput | undefined): () => OnOutput {
  let earlier = '';
  let current = '';
  return () => {
    earlier += current;
    current = '';
    return (soFar) => {
      current = soFar;
      onOutput?.(earlier + current);
    };
  };
}

/** Rethrows an `EffectError` with the output of the earlier programs before its own. */
export function prependOutput(output: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof EffectError)) throw error;
    const { kind, message, exitCode, status, targetGone, retryAfterMs } = error;
    throw new EffectError(kind, message, { cause: error, output: output + error.output, exitCode, status, targetGone, retryAfterMs });
  };
}
