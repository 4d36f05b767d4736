import { isIP } from 'node:net';
import { z } from 'zod';
import { Duration } from '../core/base/option-schemas.ts';

/** A path in an option of ssh. Blanks, quotes, `%` and `$` have a special meaning there. */
const SshPath = z
  .string()
  .regex(/^[^\s%"'\\$-][^\s%"'\\$]*$/, 'must be a path without blanks, quotes, %, $ and \\, and must not start with -');

const Host = z.string().refine((host) => isIP(host) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(host), {
  message: 'is not a host name or an IP address',
});

/** The options of an ssh connection. The host key must be known beforehand: an unknown key is never accepted. */
export const sshConnectionShape = {
  host: Host.describe('Name or address of the machine.'),
  user: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/, 'is not a user name')
    .describe('The account to log in to.'),
  port: z.int().min(1).max(65_535).default(22).describe('Port of the SSH server. Default: 22.'),
  identity_file: SshPath.describe('Private key without a passphrase.'),
  known_hosts: SshPath.optional().describe("File with the host's key, in the format of OpenSSH."),
  host_key: z
    .string()
    .trim()
    .regex(/^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}( [^\r\n]*)?$/, 'must be one public key, such as `ssh-ed25519 AAAA…`')
    .optional()
    .describe("The host's public key, instead of known_hosts."),
  connect_timeout: Duration.prefault('10s').describe('How long connecting may take. Default: 10s.'),
  ssh: SshPath.default('ssh').describe('The OpenSSH client. Default: ssh.'),
};

/** Returns true if exactly one option pins the host key. Every schema with `sshConnectionShape` is refined with this. */
export function isPinned({ known_hosts, host_key }: { known_hosts?: string | undefined; host_key?: string | undefined }): boolean {
  return (known_hosts === undefined) !== (host_key === undefined);
}

/** The problem of a connection that is not pinned. */
export const unpinned = {
  message: 'exactly one of known_hosts and host_key is needed, so that the machine can be recognized',
  path: ['host_key'],
};

/** The schema of a connection. */
export const SshConnection = z.strictObject(sshConnectionShape).refine(isPinned, unpinned);

/** The parsed connection. */
export type SshConnection = z.output<typeof SshConnection>;
