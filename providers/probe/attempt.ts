import type { ProbeTarget } from '../../src/core/rules/probe.ts';
import { HttpError } from '../../src/net/http-error.ts';
import { transportError } from '../refusal.ts';
import { attemptCommand } from './attempt-command.ts';
import { attemptConnect } from './attempt-connect.ts';
import { attemptHttp } from './attempt-http.ts';
import type { AttemptDeps, ProbeResult } from './deps.ts';

/** Makes one attempt of at most `withinMs`. A failed attempt is a result. Throws `ProviderError` only for a problem on our side, or when the signal aborts. */
export async function attempt(
  deps: AttemptDeps,
  { target, withinMs }: { readonly target: ProbeTarget; readonly withinMs: number },
  signal: AbortSignal,
): Promise<ProbeResult> {
  try {
    switch (target.kind) {
      case 'http':
        return await attemptHttp(deps, { target, withinMs }, signal);
      case 'tcp':
        return await attemptConnect(deps, { target, withinMs }, signal);
      case 'command':
        return await attemptCommand(deps, { target, withinMs }, signal);
    }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    if (error.kind === 'aborted' || (error.code !== null && ownProblems.has(error.code))) throw transportError(error);
    return { passed: false, seen: error.message };
  }
}

/** Problems of our own name server or network, or too many open files. An unknown host name is more often a typo in the rules than a bad deploy. */
const ownProblems = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
]);
