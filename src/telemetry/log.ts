import type { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Log } from '../core/base/log.ts';
import { prettyLine } from './pretty-line.ts';

/**
 * Creates a structured logger. It writes one line of JSON per event to standard error, because standard output is for the result of a command.
 * `terminal`: lines for people are written there instead.
 */
export function createLog(level: string, { terminal = null }: { readonly terminal?: Writable | null } = {}): Log {
  const target =
    terminal === null
      ? pino.destination({ fd: 2, sync: true })
      : { write: (line: string) => void terminal.write(`${prettyLine(line, terminal)}\n`) };
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    target,
  );
}
