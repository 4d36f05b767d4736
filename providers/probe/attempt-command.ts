import { EffectError, ProviderError } from '../../src/core/base/errors.ts';
import type { CommandTarget } from '../../src/core/rules/probe.ts';
import { lastLine, maxOutputBytes } from '../../src/net/last-line.ts';
import { ProcessError, type ProcessResult } from '../../src/net/process.ts';
import { sshRun } from '../../src/net/ssh.ts';
import type { SshConnection } from '../../src/net/ssh-connection.ts';
import type { AttemptDeps, ProbeResult } from './deps.ts';

type CommandAttempt = { readonly target: CommandTarget; readonly withinMs: number };

/** Runs the command to its end. Exit code 0 passes. Throws `ProviderError` where it could not be run. */
export async function attemptCommand(deps: AttemptDeps, attempt: CommandAttempt, signal: AbortSignal): Promise<ProbeResult> {
  const { ssh } = attempt.target;
  if (ssh === null) return runLocally(deps, attempt, signal);
  const connection = deps.connections.get(ssh);
  if (connection === undefined) throw new ProviderError('bad_query', `the config has no ssh connection named "${ssh}" any more`);
  return runOverSsh({ deps, connection }, attempt, signal);
}

async function runLocally({ run }: AttemptDeps, { target, withinMs }: CommandAttempt, signal: AbortSignal): Promise<ProbeResult> {
  const [program] = target.argv;
  const startedAt = performance.now();
  try {
    const result = await run({ argv: target.argv, cwd: target.cwd ?? undefined, timeoutMs: withinMs, maxOutputBytes }, signal);
    return resultOf(result, startedAt);
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    if (error.kind === 'timeout') return { passed: false, seen: `${error.message}${lastLine(error.output)}` };
    if (error.kind === 'aborted' || signal.aborted)
      throw new ProviderError('timeout', `${program} did not end before the deadline and was killed`);
    throw new ProviderError('bad_query', error.message);
  }
}

type SshDeps = { readonly deps: AttemptDeps; readonly connection: SshConnection };

async function runOverSsh({ deps, connection }: SshDeps, { target, withinMs }: CommandAttempt, signal: AbortSignal): Promise<ProbeResult> {
  const startedAt = performance.now();
  // `within` covers the login and the command. The login may take at most half of it.
  const connect_timeout = Math.min(connection.connect_timeout, withinMs / 2);
  const command = { what: 'the command', argv: target.argv, timeoutMs: withinMs - connect_timeout };
  try {
    return resultOf(await sshRun({ ...connection, connect_timeout }, command, { run: deps.run, signal }), startedAt);
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    if (signal.aborted) throw new ProviderError('timeout', `the command on ${connection.host} did not end before the deadline`);
    if (error.kind === 'unreachable') throw new ProviderError('unavailable', error.message);
    if (error.exitCode !== null && notFound.has(error.exitCode)) throw new ProviderError('bad_query', error.message);
    return { passed: false, seen: error.message };
  }
}

/** The exit codes of a remote shell for a program that does not exist or cannot be run. */
const notFound = new Set([126, 127]);

function resultOf({ exitCode, signalName, output }: ProcessResult, startedAt: number): ProbeResult {
  if (exitCode === 0) return { passed: true, seen: `exit code 0 in ${Math.round(performance.now() - startedAt)} ms` };
  const end = exitCode === null ? `killed by ${signalName}` : `exit code ${exitCode}`;
  return { passed: false, seen: `${end}${lastLine(output)}` };
}
