import { redact } from './redact.ts';

/**
 * How a remote command ended, according to the log of the ssh client at level DEBUG1. Exit code 255 alone is ambiguous: it stands for every connection
 * error, for a remote command that was killed, and for one that ends with 255 itself.
 * `not_sent`: the command certainly did not reach a shell. `exited`: it ended with the exit code. `killed`: by a signal. `unknown`: it may have run.
 */
export type SshEnd = 'not_sent' | 'exited' | 'killed' | 'unknown';

/** Reads the end of the command from a log. In doubt, the command may have run. */
export function endOf(log: string): SshEnd {
  if (/^debug1: client_input_channel_req: channel \d+ rtype exit-status/m.test(log)) return 'exited';
  if (/^debug1: client_input_channel_req: channel \d+ rtype exit-signal/m.test(log)) return 'killed';
  if (/Authenticated to |Authentication succeeded|Entering interactive session|Sending command/.test(log)) return 'unknown';
  return /^debug1: /m.test(log) || notSent.test(log) ? 'not_sent' : 'unknown';
}

const notSent =
  /Could not resolve hostname|Connection refused|Connection timed out|No route to host|Network is unreachable|Permission denied \(|Host key verification failed|host key is known|Bad configuration option|Too many authentication failures/;

/** The last two messages of the client itself, without debug lines, such as "Host key verification failed." */
export function complaintIn(log: string): string {
  const lines = log
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(debug\d|OpenSSH_|Warning: Permanently|Authenticated to|Transferred:|Bytes per)/.test(line));
  const text = redact(lines.slice(-2).join(' ').replace(/\s+/g, ' ').trim());
  return text.length > 300 ? `…${text.slice(-300)}` : text;
}
