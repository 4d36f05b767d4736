import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EffectError } from '../core/base/errors.ts';
import type { NonEmpty } from '../core/base/non-empty.ts';
import { lastLine, maxOutputBytes } from './last-line.ts';
import { ProcessError, type ProcessResult, type RunProcess } from './process.ts';
import { shellQuote } from './shell-quote.ts';
import type { SshConnection } from './ssh-connection.ts';
import { complaintIn, endOf } from './ssh-log.ts';

/**
 * A remote command; `what` names it in messages. The time for connecting is added to `timeoutMs`. With `answerBytes`, the result has up to that much of
 * the unchanged standard output as `answer`.
 */
export type RemoteCommand = {
  readonly what: string;
  readonly argv: NonEmpty<string>;
  readonly timeoutMs: number;
  readonly answerBytes?: number;
  /** Called with the output up to now, as `ProcessRequest.onOutput` is. */
  readonly onOutput?: ((soFar: string) => void) | undefined;
};

/**
 * Runs one command on the host and returns its result if the exit code is 0. Throws `EffectError`: `unreachable` if the command certainly did not reach
 * the shell of the host, `timeout` if it may have run, `failed` if it ended with another exit code.
 */
export async function sshRun(
  connection: SshConnection,
  command: RemoteCommand,
  { run, signal }: { readonly run: RunProcess; readonly signal: AbortSignal },
): Promise<ProcessResult> {
  const folder = await mkdtemp(join(tmpdir(), 'bakewatch-ssh-'));
  try {
    const logFile = join(folder, 'log');
    const argv = await clientArgv(connection, { folder, logFile, remote: shellQuote(command.argv) });
    const timeoutMs = command.timeoutMs + connection.connect_timeout;
    const readLog = () => readFile(logFile, 'utf8').catch(() => '');
    const { answerBytes, onOutput } = command;
    const request = { argv, timeoutMs, maxOutputBytes: answerBytes ?? maxOutputBytes, wantsAnswer: answerBytes !== undefined, onOutput };
    const result = await run(request, signal).catch(async (error: unknown) => {
      throw error instanceof ProcessError ? errorOfStop(connection, command, { error, log: await readLog() }) : error;
    });
    if (result.exitCode === 0) return result;
    throw errorOfExit(connection, command, { result, log: await readLog() });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The client reads no configuration, asks no questions, trusts no unknown host and offers no other key. It logs into a separate file. */
async function clientArgv(
  { ssh, host, user, port, identity_file, known_hosts, host_key, connect_timeout }: SshConnection,
  { folder, logFile, remote }: { readonly folder: string; readonly logFile: string; readonly remote: string },
): Promise<NonEmpty<string>> {
  const knownHosts = known_hosts ?? join(folder, 'known_hosts');
  if (host_key !== undefined) {
    const name = port === 22 ? host : `[${host}]:${port}`;
    await writeFile(knownHosts, `${name} ${host_key}\n`, { mode: 0o600 });
  }
  const settings = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: '/dev/null',
    UpdateHostKeys: 'no',
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    PreferredAuthentications: 'publickey',
    ForwardAgent: 'no',
    ClearAllForwardings: 'yes',
    ConnectTimeout: String(Math.max(1, Math.ceil(connect_timeout / 1_000))),
    ServerAliveInterval: '5',
    ServerAliveCountMax: '3',
    LogLevel: 'DEBUG1',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return [ssh, '-F', '/dev/null', '-T', '-E', logFile, ...flags, '-i', identity_file, '-p', String(port), `${user}@${host}`, '--', remote];
}

/** The error for a client that did not start or that we killed. If the command was sent, it may still be running. */
function errorOfStop(
  { host }: SshConnection,
  { what, timeoutMs }: RemoteCommand,
  { error, log }: { readonly error: ProcessError; readonly log: string },
): EffectError {
  const { kind, message, output } = error;
  if (kind === 'not_started') return new EffectError('unreachable', message, { cause: error });
  if (endOf(log) === 'not_sent')
    return new EffectError('unreachable', `${host} did not accept the connection in time`, { cause: error, output });
  const why = kind === 'timeout' ? `did not end within ${timeoutMs / 1_000} s` : 'was interrupted';
  return new EffectError('timeout', `${what} on ${host} ${why}: it may still be running there`, { cause: error, output });
}

function errorOfExit(
  { host }: SshConnection,
  { what }: RemoteCommand,
  { result, log }: { readonly result: ProcessResult; readonly log: string },
): EffectError {
  const { exitCode, output } = result;
  const end = exitCode === 255 || exitCode === null ? endOf(log) : 'exited';
  // Before it opens its log, the client writes to its output. If no command was sent, the output holds nothing else.
  const complaint = complaintIn(end === 'not_sent' ? `${output}\n${log}` : log);
  switch (end) {
    case 'exited':
      return new EffectError('failed', `${what} on ${host} exited with ${exitCode}${lastLine(output)}`, { output, exitCode });
    case 'not_sent':
      return new EffectError('unreachable', `${host} was not reached${complaint && `: ${complaint}`}`, { output });
    case 'killed':
      return new EffectError('timeout', `${what} on ${host} was killed by a signal: it may have done its work`, { output });
    case 'unknown':
      return new EffectError('timeout', `the connection to ${host} was lost: ${what} may have run${complaint && ` (${complaint})`}`, {
        output,
      });
  }
}
