import { pino } from 'pino';
import type { Log } from '../core/base/log.ts';

/** A structured logger: one line of JSON an event on standard error, so that standard output stays for what was asked for. */
export function createLog(level: string): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    pino.destination({ fd: 2, sync: true }),
  );
}
