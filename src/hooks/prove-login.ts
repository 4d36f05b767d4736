import { EffectError } from '../core/base/errors.ts';
import type { RunProcess } from '../net/process.ts';
import { sshRun } from '../net/ssh.ts';
import type { SshConnection } from '../net/ssh-connection.ts';

const timeoutMs = 30_000;

/**
 * Logs in and runs `true`. Any exit code of the other machine proves the login: a key that is tied to a command refuses `true`. Throws `EffectError` if the
 * login fails.
 */
export async function proveLogin(
  connection: SshConnection,
  tools: { readonly run: RunProcess; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await sshRun(connection, { what: 'the login', argv: ['true'], timeoutMs }, tools);
  } catch (error) {
    if (!(error instanceof EffectError) || error.kind !== 'failed' || error.exitCode === null) throw error;
  }
}
