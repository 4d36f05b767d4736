import { EffectError } from '../core/base/errors.ts';

/** A program of the operator exits with this code to say: the target release is gone from the platform, and nothing was done. */
const goneExitCode = 44;
/** The same for a program that is called by HTTP: 410 Gone. */
const goneStatus = 410;

/** Rethrows an error; if its exit code or status says that the target is gone, as `EffectError` `refused` with `targetGone`. */
export function rethrowTargetGone(error: unknown): never {
  if (!(error instanceof EffectError) || (error.exitCode !== goneExitCode && error.status !== goneStatus)) throw error;
  const { message, output, exitCode, status } = error;
  throw new EffectError('refused', message, { cause: error, output, exitCode, status, targetGone: true });
}
