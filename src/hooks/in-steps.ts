import { EffectError } from '../core/base/errors.ts';
import type { OnOutput } from '../ports/hook.ts';

/** Listens to several programs that run one after another: each step's text follows those of the steps before it. */
export function inSteps(onOutput: OnOutput | undefined): () => OnOutput {
  let before = '';
  let current = '';
  return () => {
    before += current;
    current = '';
    return (soFar) => {
      current = soFar;
      onOutput?.(before + current);
    };
  };
}

/** Puts what the programs before it printed in front of what the failed one did, and throws the error on. */
export function after(output: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof EffectError)) throw error;
    const { kind, message, exitCode, status, targetGone, retryAfterMs } = error;
    throw new EffectError(kind, message, { cause: error, output: output + error.output, exitCode, status, targetGone, retryAfterMs });
  };
}
