import { isIP } from 'node:net';
import { z } from 'zod';
import { Duration } from '../core/fields.ts';
import { OrderCommand, PlaceCommand } from './placeholders.ts';

/** A path as an option of ssh, which gives a meaning to blanks, quotes, `%` and `$`. */
const SshPath = z.string().regex(/^[^\s%"'\\$-][^\s%"'\\$]*$/, 'must be a path without blanks, quotes, %, $ and \\, and not start with -');

const Host = z.string().refine((host) => isIP(host) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(host), {
  message: 'is not a host name or an IP address',
});

const hostFields = {
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

type Pins = { readonly known_hosts?: string | undefined; readonly host_key?: string | undefined };
const isPinned = ({ known_hosts, host_key }: Pins) => (known_hosts === undefined) !== (host_key === undefined);
const pinning = { message: 'exactly one of known_hosts and host_key is needed, so that the machine can be recognized', path: ['host_key'] };

/** A machine, how to log in there, and how it is recognized: its key must be known beforehand, there is no way to accept an unknown one. */
export const SshHost = z.strictObject(hostFields).refine(isPinned, pinning);
export type SshHost = z.output<typeof SshHost>;

/** What the operator writes for a rollback over ssh. */
export const SshOptions = z
  .strictObject({
    ...hostFields,
    rollback: OrderCommand.describe('Remote program and arguments that put the target back; placeholders such as {version} are filled in.'),
    current: PlaceCommand.optional().describe('Remote program and arguments that print what runs now, on the first line.'),
    timeout: Duration.prefault('5m').describe('How long the remote program may take. Default: 5m.'),
  })
  .refine(isPinned, pinning);
export type SshOptions = z.output<typeof SshOptions>;
