import { EffectError } from '../core/base/errors.ts';

/** A program of the operator that ends with this says: the release that I was to put back is gone, and I did nothing. */
const goneExitCode = 44;
/** The same of a program that is asked by HTTP: 410 Gone. */
const goneStatus = 410;

/** Understands an error as the far side's word that the target is gone, where it is; throws it on. */
export function heedGone(error: unknown): never {
  if (!(error instanceof EffectError) || (error.exitCode !== goneExitCode && error.status !== goneStatus)) throw error;
  const { message, output, exitCode, status } = error;
  throw new EffectError('refused', message, { cause: error, output, exitCode, status, targetGone: true });
}
