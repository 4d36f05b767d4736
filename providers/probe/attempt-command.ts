import { EffectError, ProviderError } from '../../src/core/base/errors.ts';
import type { CommandTarget } from '../../src/core/rules/probe.ts';
import { lastLine, maxOutputBytes } from '../../src/net/last-line.ts';
import { ProcessError, type ProcessResult } from '../../src/net/process.ts';
import { sshRun } from '../../src/net/ssh.ts';
import type { SshConnection } from '../../src/net/ssh-connection.ts';
import type { AttemptDeps, ProbeResult } from './deps.ts';

type CommandAttempt = { readonly target: CommandTarget; readonly withinMs: number };

/** Runs the command to its end: exit code 0 passes. Throws `ProviderError` where it could not be run at all. */
export async function attemptCommand(deps: AttemptDeps, trying: CommandAttempt, signal: AbortSignal): Promise<ProbeResult> {
  const { ssh } = trying.target;
  if (ssh === null) return runHere(deps, trying, signal);
  const connection = deps.connections.get(ssh);
  if (connection === undefined) throw new ProviderError('bad_query', `there is no ssh connection ${ssh} any more`);
  return runThere({ deps, connection }, trying, signal);
}

async function runHere({ run }: AttemptDeps, { target, withinMs }: CommandAttempt, signal: AbortSignal): Promise<ProbeResult> {
  const [program] = target.argv;
  const startedAt = performance.now();
  try {
    const result = await run({ argv: target.argv, cwd: target.cwd ?? undefined, timeoutMs: withinMs, maxOutputBytes }, signal);
    return endOf(result, startedAt);
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    if (error.kind === 'timeout') return { passed: false, seen: `${error.message}${lastLine(error.output)}` };
    if (error.kind === 'aborted' || signal.aborted)
      throw new ProviderError('timeout', `${program} had not ended in the time there was, and was killed`);
    throw new ProviderError('bad_query', error.message);
  }
}

type There = { readonly deps: AttemptDeps; readonly connection: SshConnection };

async function runThere({ deps, connection }: There, { target, withinMs }: CommandAttempt, signal: AbortSignal): Promise<ProbeResult> {
  const startedAt = performance.now();
  // Both together are `within`; a login that takes half of it is none.
  const connect_timeout = Math.min(connection.connect_timeout, withinMs / 2);
  const command = { what: 'the command', argv: target.argv, timeoutMs: withinMs - connect_timeout };
  try {
    return endOf(await sshRun({ ...connection, connect_timeout }, command, { run: deps.run, signal }), startedAt);
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    if (signal.aborted) throw new ProviderError('timeout', `the command on ${connection.host} had not ended in the time there was`);
    if (error.kind === 'unreachable') throw new ProviderError('unavailable', error.message);
    if (error.exitCode !== null && notFound.has(error.exitCode)) throw new ProviderError('bad_query', error.message);
    return { passed: false, seen: error.message };
  }
}

/** What a remote shell says of a program that is not there or cannot be run. */
const notFound = new Set([126, 127]);

function endOf({ exitCode, signalName, output }: ProcessResult, startedAt: number): ProbeResult {
  if (exitCode === 0) return { passed: true, seen: `exit code 0 in ${Math.round(performance.now() - startedAt)} ms` };
  const end = exitCode === null ? `killed by ${signalName}` : `exit code ${exitCode}`;
  return { passed: false, seen: `${end}${lastLine(output)}` };
}
