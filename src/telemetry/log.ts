import { pino } from 'pino';
import type { Log } from '../core/base/log.ts';

/** Creates a structured logger. It writes one line of JSON per event to standard error, because standard output is for the result of a command. */
export function createLog(level: string): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    pino.destination({ fd: 2, sync: true }),
  );
}
