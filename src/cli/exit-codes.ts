import { AppError, ConfigError } from '../core/base/errors.ts';

/** What the exit codes mean, for `--help`. */
export const exitCodeHelp =
  'Exit codes: 0 passed, or clear with --until clear · 1 error · 2 usage · 3 rolled back · 4 failed, needs a person · 5 inconclusive · 6 canceled or superseded · 7 timed out · 78 the config cannot be used';

/** The exit code of `deploy --wait` and `wait` for a final state. */
export function exitCodeOf(state: string): number {
  const codes: Readonly<Record<string, number>> = { passed: 0, rolled_back: 3, failed: 4, inconclusive: 5, canceled: 6, superseded: 6 };
  return codes[state] ?? 1;
}

/** The exit code of a wait that exceeded its timeout. */
export const timeoutExitCode = 7;

/** The exit code for an error. For a config that cannot be used it is 78 (EX_CONFIG of sysexits.h). */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof ConfigError) return 78;
  return error instanceof AppError && error.code === 'invalid' ? 2 : 1;
}
