import { redact } from './redact.ts';

/**
 * What an ssh connection came to, told by the client's own log at level DEBUG1. Exit code 255 alone says nothing: it stands for every trouble of
 * the connection, for a remote command that was killed, and for one that itself ends with 255.
 * `not_sent`: the command certainly did not reach a shell · `exited`: it ended with the exit code · `unknown`: it may have run.
 */
export type SshEnd = 'not_sent' | 'exited' | 'killed' | 'unknown';

/** Judges a log; in doubt the command may have run. */
export function endOf(log: string): SshEnd {
  if (/^debug1: client_input_channel_req: channel \d+ rtype exit-status/m.test(log)) return 'exited';
  if (/^debug1: client_input_channel_req: channel \d+ rtype exit-signal/m.test(log)) return 'killed';
  if (/Authenticated to |Authentication succeeded|Entering interactive session|Sending command/.test(log)) return 'unknown';
  return /^debug1: /m.test(log) || neverSent.test(log) ? 'not_sent' : 'unknown';
}

const neverSent =
  /Could not resolve hostname|Connection refused|Connection timed out|No route to host|Network is unreachable|Permission denied \(|Host key verification failed|host key is known|Bad configuration option|Too many authentication failures/;

/** What the client itself said last, without its debug lines: "Host key verification failed." */
export function complaintIn(log: string): string {
  const lines = log
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(debug\d|OpenSSH_|Warning: Permanently|Authenticated to|Transferred:|Bytes per)/.test(line));
  const text = redact(lines.slice(-2).join(' ').replace(/\s+/g, ' ').trim());
  return text.length > 300 ? `…${text.slice(-300)}` : text;
}
