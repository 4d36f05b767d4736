import type { NonEmpty } from '../../core/base/non-empty.ts';
import type { Secret } from '../../core/base/secret.ts';
import { lastLine, maxOutputBytes } from '../last-line.ts';
import { ProcessError, type RunProcess } from '../process.ts';
import { LoginError } from './login.ts';
import { parseToken } from './parse-token.ts';
import type { TokenSource } from './token-cache.ts';

/** A program of the operator that prints a token. */
export type TokenCommand = {
  readonly argv: NonEmpty<string>;
  readonly env: Readonly<Record<string, string>>;
  /** To remove from its messages. */
  readonly secrets: readonly Secret[];
  readonly timeoutMs: number;
};

/** Gets tokens from a program. Its output is never shown, except the last line of its errors, without secrets. */
export function createCommandTokens(
  { argv, env, secrets, timeoutMs }: TokenCommand,
  deps: { run: RunProcess; now: () => number },
): TokenSource {
  return async (signal) => {
    const request = { argv, env, secrets, timeoutMs, maxOutputBytes, wantsAnswer: true };
    const result = await deps.run(request, signal).catch((error: unknown) => {
      if (!(error instanceof ProcessError)) throw error;
      throw new LoginError(error.kind === 'not_started' ? 'refused' : 'timeout', `the token command: ${error.message}`);
    });
    if (result.exitCode !== 0) {
      const end = result.exitCode === null ? `was killed by ${result.signalName}` : `ended with exit code ${result.exitCode}`;
      throw new LoginError('refused', `the token command ${end}${lastLine(result.stderr)}`);
    }
    const token = result.answer === undefined ? { fault: 'it printed too much' } : parseToken(result.answer.reveal(), deps.now());
    if ('fault' in token) throw new LoginError('refused', `the token command: ${token.fault}`);
    return token;
  };
}
